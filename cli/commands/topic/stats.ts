/** `mq topic stats`: how fast topics are written and read, and how far their groups are behind. */
import { type Admin, type BrokerAddress, ClientError, gather } from "../../../src/client/index.ts";
import { inParallel } from "../../../src/core/in-parallel.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { toggle } from "../../flag.ts";
import type { Column, MissingPart } from "../../render/listing.ts";
import { exitFor, missingParts } from "../cluster/chosen-brokers.ts";
import { topicGroups } from "./topic-groups.ts";
import { isSystemTopic } from "./topic-names.ts";

interface Flow {
  readonly perSecond: number;
  readonly lastDay: number;
}

const columns: readonly Column[] = [
  { key: "topic", head: "TOPIC" },
  { key: "group", head: "GROUP" },
  { key: "inPerSecond", head: "IN/S", align: "right", show: showRate },
  { key: "outPerSecond", head: "OUT/S", align: "right", show: showRate },
  { key: "inLastDay", head: "IN 24H", align: "right" },
  { key: "outLastDay", head: "OUT 24H", align: "right" },
  { key: "lag", head: "LAG", align: "right" },
];

export const command = defineCommand({
  spec: {
    path: ["topic", "stats"],
    summary: "show rates of topics and lag of their groups",
    description:
      "A line for each group of each topic. Rates are those of the brokers' last whole minute, so that the first one shows\nafter a minute; 24 h counts what the brokers counted since they started, at most a day.",
    arguments: [
      {
        name: "TOPIC",
        about: "name of a topic (all)",
        completes: "topic",
        isOptional: true,
        isMany: true,
      },
    ],
    flags: { all: toggle("system, retry and dead-letter topics as well", "a") },
    output: (z) =>
      z.object({
        topic: z.string(),
        group: z.string().nullable(),
        inPerSecond: z.number(),
        outPerSecond: z.number().nullable(),
        inLastDay: z.number(),
        outLastDay: z.number().nullable(),
        lag: z.number().nullable(),
      }),
    examples: ["mq topic stats orders", "mq topic stats --sort -lag --limit 10"],
  },
  async run(context, { arguments: named, flags }) {
    const topics = named.length > 0 ? named : await chosenTopics(context, flags.all);
    const missing = new Map<string, MissingPart>();
    const rows = await inParallel(topics, (topic) =>
      topicRows(context.client().admin, topic, named.length > 0, missing),
    );
    const items = rows.flat();
    await context.output.list({
      kind: "TopicStats",
      noun: "topic",
      nameKey: "topic",
      columns,
      items,
      summary: `${topics.length} topics`,
      missing: [...missing.values()],
    });
    return exitFor([...missing.values()]);
  },
});

async function chosenTopics(context: CommandContext, isAll: boolean): Promise<readonly string[]> {
  const { admin } = context.client();
  const { brokers, clusters } = await admin.cluster.describe();
  const reserved = new Set([...brokers.map(({ brokerName }) => brokerName), ...clusters.keys()]);
  const names = [...(await admin.topics.names())].sort();
  return isAll ? names : names.filter((name) => !isSystemTopic(name) && !reserved.has(name));
}

/** The rows of one topic; of a topic that went away meanwhile there are none, unless it was asked for by name. */
async function topicRows(
  admin: Admin,
  topic: string,
  isNamed: boolean,
  missing: Map<string, MissingPart>,
) {
  try {
    const leaders = await admin.topics.leaders(topic);
    const groups = await topicGroups(admin, topic);
    const note = (failures: Parameters<typeof missingParts>[0]): void => {
      for (const part of missingParts(failures)) {
        missing.set(part.address, part);
      }
    };
    const into = await flow(leaders, note, ({ address }) =>
      admin.topics.counts(address, "TOPIC_PUT_NUMS", topic),
    );
    const row = { topic, inPerSecond: into.perSecond, inLastDay: into.lastDay };
    if (groups.length === 0) {
      return [{ ...row, group: null, outPerSecond: null, outLastDay: null, lag: null }];
    }
    return await Promise.all(
      groups.map(async (group) => {
        const out = await flow(leaders, note, ({ address }) =>
          admin.topics.counts(address, "GROUP_GET_NUMS", `${topic}@${group}`),
        );
        return {
          ...row,
          group,
          outPerSecond: out.perSecond,
          outLastDay: out.lastDay,
          lag: await lagOf(admin, leaders, group, topic),
        };
      }),
    );
  } catch (error) {
    if (!isNamed && error instanceof ClientError && error.kind === "no_route") {
      return [];
    }
    throw error;
  }
}

/** Sums over brokers; one that counted nothing adds nothing. */
async function flow(
  leaders: readonly BrokerAddress[],
  note: (failures: Awaited<ReturnType<typeof gather>>["failures"]) => void,
  ask: (broker: BrokerAddress) => ReturnType<Admin["topics"]["counts"]>,
): Promise<Flow> {
  const { answers, failures } = await gather(leaders, ask);
  note(failures);
  let perSecond = 0;
  let lastDay = 0;
  for (const { value } of answers) {
    if (value !== undefined) {
      perSecond += value.minute.perSecond;
      // Sums of a day appear hours after the start; until then the shorter ones say as much (RocketMQ's statsAll).
      lastDay += value.day.sum || value.hour.sum || value.minute.sum;
    }
  }
  return { perSecond, lastDay };
}

async function lagOf(
  admin: Admin,
  leaders: readonly BrokerAddress[],
  group: string,
  topic: string,
): Promise<number> {
  const { answers } = await gather(leaders, ({ address }) =>
    admin.groups.progress(address, group, topic),
  );
  return answers
    .flatMap(({ value }) => value)
    .reduce((sum, [, at]) => sum + Math.max(0, at.brokerOffset - at.consumerOffset), 0);
}

function showRate(value: unknown): string {
  return typeof value === "number" ? value.toFixed(1) : "-";
}
