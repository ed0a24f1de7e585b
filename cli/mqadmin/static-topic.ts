/** What updateStaticTopic and remappingStaticTopic share: who is there, the files that tell what was, the changes. */
import {
  type Client,
  encodeStaticTopicPlan,
  type StaticTopicPlan,
} from "../../src/client/index.ts";
import { joinPath } from "../../src/io/disk.ts";
import { notFound } from "../command-error.ts";
import { askRocketmq, type Lack } from "../rocketmq-only.ts";
import { hashOrder } from "./java-order.ts";
import { option, required } from "./option.ts";
import { fileName, writeOutputFile } from "./output-file.ts";
import { type MappedTopic, refused, type StaticTopics } from "./static-topic-checks.ts";
import { emptyTopic } from "./static-topic-plan.ts";
import type { AdminCall } from "./subcommand.ts";

const lack: Lack = {
  why: "mq's brokers have no topics whose queues are spread over brokers by a table",
  instead: "mq topic create --cluster gives each broker queues of its own",
};

export const staticTopicOptions = [
  option("c", "clusters", "brokers of these clusters, separated by commas", { oneOf: "target" }),
  option("b", "brokers", "names of brokers, separated by commas", { oneOf: "target" }),
  required("t", "topic", "name of the topic"),
  option("mf", "mapFile", "does again what such a file tells, which ends with .before or .after"),
  option("fr", "forceReplace", "true: with -mf also where a broker has something newer"),
] as const;

/** Leaders by the names of their brokers. */
export type Leaders = ReadonlyMap<string, string>;

export interface StaticTopicPlace {
  readonly topic: string;
  /** Of all clusters. */
  readonly leaders: Leaders;
  /** Names of the brokers that `-b` or `-c` names. */
  readonly targets: readonly string[];
  /** The names of the brokers of each cluster. */
  readonly clusters: readonly (readonly string[])[];
  /** Where the topic is. */
  readonly known: StaticTopics;
}

/** Throws CommandError where there is no such broker. */
export async function placeOf({ client, line }: AdminCall): Promise<StaticTopicPlace> {
  const { brokers, clusters } = await client.admin.cluster.describe();
  const words = (key: string): readonly string[] =>
    line
      .text(key)
      .split(",")
      .map((word) => word.trim());
  const targets = line.has("b")
    ? words("b")
    : words("c").flatMap((name) => clusters.get(name) ?? []);
  const leaders = new Map(
    brokers.flatMap(({ brokerName, addresses }) => {
      const address = addresses.get(0);
      return address === undefined ? [] : [[brokerName, address] as const];
    }),
  );
  const lost = targets.find((name) => !leaders.has(name));
  if (lost !== undefined || targets.length === 0) {
    throw notFound(
      lost === undefined ? "no broker is there" : `no broker named '${lost}' leads`,
      "mq mqadmin clusterList shows those that there are",
    );
  }
  const topic = line.text("t");
  return {
    ...{ topic, leaders },
    targets: hashOrder([...new Set(targets)], (name) => name),
    clusters: [...clusters.values()],
    known: await knownTopics(client, leaders, topic),
  };
}

async function knownTopics(client: Client, leaders: Leaders, topic: string): Promise<StaticTopics> {
  const found: (readonly [string, NonNullable<Awaited<ReturnType<typeof ask>>>])[] = [];
  const ask = (address: string) => client.admin.staticTopics.topic(address, topic);
  for (const [name, address] of leaders) {
    const each = await ask(address);
    if (each !== undefined) {
      found.push([name, each]);
    }
  }
  return new Map(hashOrder(found, ([name]) => name));
}

/** Writes what is there, or is going to be, into the folder for such files; resolves with the path. */
export function writePlan(
  { environment, process }: AdminCall,
  plan: StaticTopicPlan,
  suffix: "before" | "after",
): string {
  const name = fileName(`${plan.topic}-${plan.epoch}.${suffix}`);
  const path = joinPath(process.temporaryFolder(), name);
  writeOutputFile(environment, path, encodeStaticTopicPlan(plan));
  return path;
}

/** Tells in a file what is there before anything changes. */
export function writeBefore(
  call: AdminCall,
  { topic, known }: StaticTopicPlace,
  epoch: number,
): void {
  const path = writePlan(
    call,
    { topic, epoch, type: "CREATE_OR_UPDATE", mapIn: [], mapOut: [], brokers: known },
    "before",
  );
  call.printer.print("The old mapping data is written to file %s%n", path);
}

/** The plan with the brokers of the same clusters that have none of the queues: they are told of the topic, too. */
export function withOthers(
  plan: StaticTopicPlan,
  clusters: StaticTopicPlace["clusters"],
): ReadonlyMap<string, MappedTopic> {
  const brokers = new Map<string, MappedTopic>();
  let queueCount = 0;
  for (const [name, { config, mapping }] of plan.brokers) {
    if (mapping === undefined) {
      throw refused(`'${plan.topic}' is no static topic on broker ${name}`);
    }
    brokers.set(name, { config, mapping });
    queueCount = mapping.totalQueues;
  }
  const names = clusters.filter((each) => each.some((name) => brokers.has(name))).flat();
  for (const name of names.filter((each) => !brokers.has(each))) {
    const { config, mapping } = emptyTopic(plan.topic, name);
    brokers.set(name, {
      config,
      mapping: { ...mapping, epoch: plan.epoch, totalQueues: queueCount },
    });
  }
  return new Map(hashOrder([...brokers], ([name]) => name));
}

/** Tells these brokers what they have of the topic. Throws CommandError, also where one of them has no leader. */
export async function tellBrokers(
  client: Client,
  leaders: Leaders,
  topics: Iterable<readonly [brokerName: string, topic: MappedTopic | undefined]>,
  options: { readonly isForced: boolean },
): Promise<void> {
  const rows = [...topics].flatMap(([name, topic]) =>
    topic === undefined ? [] : [[leaderAddress(leaders, name), topic] as const],
  );
  for (const [address, topic] of rows) {
    await askRocketmq(address, lack, client.admin.staticTopics.update(address, topic, options));
  }
}

export function leaderAddress(leaders: Leaders, brokerName: string): string {
  const address = leaders.get(brokerName);
  if (address === undefined) {
    throw notFound(`broker '${brokerName}' has no leader`);
  }
  return address;
}
