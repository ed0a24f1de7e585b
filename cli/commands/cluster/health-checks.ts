/** What is looked at to tell whether a cluster is well; each look ends in findings, never in an exception. */
import { type Client, ClientError, type QueueStatsRow } from "../../../src/client/index.ts";
import { inParallel } from "../../../src/core/in-parallel.ts";
import { formatCount } from "../../render/format.ts";
import { deadLetterQueues, groupOfDeadLetters } from "../dlq/dead-letters.ts";
import { allBrokers, type BrokerProcess } from "./all-brokers.ts";
import { type BrokerFacts, brokerFacts } from "./broker-facts.ts";

export interface Finding {
  readonly status: "ok" | "warn" | "fail";
  readonly check: "nameserver" | "registered" | "broker" | "disk" | "version" | "master" | "dlq";
  readonly subject: string;
  readonly detail: string;
  readonly [key: string]: unknown;
}

export interface HealthBounds {
  /** Shares of a disk, 0 to 1. */
  readonly diskWarnShare: number;
  readonly diskFailShare: number;
  /** Dead letters from then on count as new. */
  readonly deadLettersSinceMs: number;
}

export type Cluster = Awaited<ReturnType<Client["admin"]["cluster"]["describe"]>>;

/** A send that waits longer shows a broker that cannot keep up. */
const sendWaitWarnMs = 1_000;
const namesShown = 5;

/** Throws ClientError when no nameserver answers: then nothing is known. */
export async function clusterFindings(
  client: Client,
  bounds: HealthBounds,
): Promise<readonly Finding[]> {
  const views = await nameserverViews(client);
  const clusters = views.flatMap(({ cluster }) => cluster ?? []);
  const processes = distinct(clusters.flatMap(allBrokers));
  const told = await inParallel(processes, (broker) => factsOf(client, broker));
  return [
    ...views.map(({ finding }) => finding),
    ...processes.map((broker) => registration(broker, views)),
    ...told.flatMap(({ broker, facts }) => brokerFindings(broker, facts, bounds)),
    ...versionFindings(told.flatMap(({ facts }) => (facts instanceof Error ? [] : [facts]))),
    ...(await masterFindings(client, processes)),
    ...(await deadLetterFindings(client, bounds.deadLettersSinceMs)),
  ];
}

/** What one nameserver knows; nothing when it does not answer. */
export interface NameserverView {
  readonly nameserver: string;
  readonly cluster: Cluster | undefined;
}

interface NameserverLook extends NameserverView {
  readonly finding: Finding;
}

async function nameserverViews({ admin }: Client): Promise<readonly NameserverLook[]> {
  let failure: unknown;
  const views = await inParallel(
    admin.cluster.nameservers,
    async (nameserver): Promise<NameserverLook> => {
      const look = (status: Finding["status"], detail: string): Finding => ({
        status,
        check: "nameserver",
        subject: nameserver,
        detail,
      });
      try {
        const cluster = await admin.cluster.describeAt(nameserver);
        const count = allBrokers(cluster).length;
        const finding = look(count === 0 ? "fail" : "ok", `answers, knows ${count} brokers`);
        return { nameserver, cluster, finding };
      } catch (error) {
        failure = error;
        return { nameserver, cluster: undefined, finding: look("fail", reason(error)) };
      }
    },
  );
  if (views.every(({ cluster }) => cluster === undefined)) {
    throw failure;
  }
  return views;
}

export function distinct(processes: readonly BrokerProcess[]): readonly BrokerProcess[] {
  return [...new Map(processes.map((each) => [each.address, each])).values()];
}

/** Nameservers do not talk to each other: clients of one that lacks a broker do not find it. */
export function registration(broker: BrokerProcess, views: readonly NameserverView[]): Finding {
  const lacking = views.filter(
    ({ cluster }) =>
      cluster !== undefined &&
      !allBrokers(cluster).some(({ address }) => address === broker.address),
  );
  const answering = views.filter(({ cluster }) => cluster !== undefined).length;
  return {
    status: lacking.length === 0 ? "ok" : "fail",
    check: "registered",
    subject: nameOf(broker),
    detail:
      lacking.length === 0
        ? `known to ${answering} of ${views.length} nameservers`
        : `not known to ${lacking.map(({ nameserver }) => nameserver).join(", ")}`,
  };
}

async function factsOf(
  { admin }: Client,
  broker: BrokerProcess,
): Promise<{ readonly broker: BrokerProcess; readonly facts: BrokerFacts | Error }> {
  try {
    return { broker, facts: brokerFacts(await admin.cluster.runtimeInfo(broker.address)) };
  } catch (error) {
    return { broker, facts: error instanceof Error ? error : new Error(String(error)) };
  }
}

function brokerFindings(
  broker: BrokerProcess,
  facts: BrokerFacts | Error,
  bounds: HealthBounds,
): readonly Finding[] {
  const subject = nameOf(broker);
  if (facts instanceof Error) {
    return [{ status: "fail", check: "broker", subject, detail: reason(facts) }];
  }
  const waits = facts.sendWaitMs > sendWaitWarnMs;
  return [
    {
      status: !facts.isActive ? "fail" : waits ? "warn" : "ok",
      check: "broker",
      subject,
      detail: !facts.isActive
        ? "answers, but takes no sends"
        : waits
          ? `sends wait ${facts.sendWaitMs} ms for their turn`
          : `answers and takes sends, ${facts.version}`,
    },
    diskFinding(subject, facts.diskUsed, bounds),
  ];
}

function diskFinding(subject: string, used: number | undefined, bounds: HealthBounds): Finding {
  if (used === undefined) {
    return { status: "warn", check: "disk", subject, detail: "the broker does not tell" };
  }
  const status =
    used >= bounds.diskFailShare ? "fail" : used >= bounds.diskWarnShare ? "warn" : "ok";
  return { status, check: "disk", subject, detail: `${(used * 100).toFixed(1)} % used` };
}

export function versionFindings(facts: readonly BrokerFacts[]): readonly Finding[] {
  const versions = [...new Set(facts.map(({ version }) => version))].sort();
  if (versions.length === 0) {
    return [];
  }
  return [
    {
      status: versions.length > 1 ? "warn" : "ok",
      check: "version",
      subject: "all brokers",
      detail: versions.join(", "),
    },
  ];
}

/** Queues of a broker without a master can be read from a replica and written by nobody. */
export async function masterFindings(
  client: Client,
  processes: readonly BrokerProcess[],
): Promise<readonly Finding[]> {
  const names = [...new Set(processes.map(({ brokerName }) => brokerName))].sort();
  const led = new Set(
    processes.filter(({ brokerId }) => brokerId === 0).map(({ brokerName }) => brokerName),
  );
  const headless = names.filter((name) => !led.has(name));
  if (headless.length === 0) {
    return names.length === 0
      ? []
      : [
          {
            status: "ok",
            check: "master",
            subject: "all brokers",
            detail: `${names.length} masters`,
          },
        ];
  }
  const counts = await queuesOn(client, new Set(headless));
  return headless.map((name) => ({
    status: "fail",
    check: "master",
    subject: name,
    detail: `no master: ${counts.get(name) ?? 0} queues cannot be written`,
  }));
}

async function queuesOn(
  { admin }: Client,
  brokerNames: ReadonlySet<string>,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  await inParallel(await admin.topics.names(), async (topic) => {
    const route = await admin.topics.route(topic).catch(unlessGone);
    for (const { brokerName, writeQueueCount } of route?.queues ?? []) {
      if (brokerNames.has(brokerName)) {
        counts.set(brokerName, (counts.get(brokerName) ?? 0) + writeQueueCount);
      }
    }
  });
  return counts;
}

export async function deadLetterFindings(
  client: Client,
  sinceMs: number,
): Promise<readonly Finding[]> {
  const { admin } = client;
  const groups = (await admin.topics.names()).flatMap((topic) => groupOfDeadLetters(topic) ?? []);
  const grown = await inParallel(groups, async (group) => {
    const found = await deadLetterQueues(admin, group).catch(unlessGone);
    const counts = await inParallel(found?.queues ?? [], (row) =>
      newMessages(client, row, sinceMs).catch(unlessGone),
    );
    return { group, count: counts.reduce<number>((sum, count) => sum + (count ?? 0), 0) };
  });
  const bad = grown
    .filter(({ count }) => count > 0)
    .sort((left, right) => right.count - left.count);
  if (bad.length === 0) {
    return [{ status: "ok", check: "dlq", subject: "all groups", detail: "no new dead letters" }];
  }
  const findings = bad.slice(0, namesShown).map(
    ({ group, count }): Finding => ({
      status: "warn",
      check: "dlq",
      subject: group,
      detail: `${formatCount(count)} new dead letters`,
    }),
  );
  return bad.length <= namesShown
    ? findings
    : [
        ...findings,
        {
          status: "warn",
          check: "dlq",
          subject: `${bad.length - namesShown} more groups`,
          detail: "new dead letters",
        },
      ];
}

async function newMessages(
  { pull }: Client,
  [queue, stats]: QueueStatsRow,
  sinceMs: number,
): Promise<number> {
  if (stats.maxOffset === stats.minOffset || stats.lastUpdateTimestamp < sinceMs) {
    return 0;
  }
  return stats.maxOffset - (await pull.offsetAtTime(queue, sinceMs));
}

/** Between two questions a topic may go away, and a broker fall silent, which another check tells. */
export function unlessGone(error: unknown): undefined {
  if (!(error instanceof ClientError)) {
    throw error;
  }
}

export function nameOf({ brokerName, brokerId, address }: BrokerProcess): string {
  return `${brokerName}${brokerId === 0 ? "" : `/${brokerId}`} ${address}`;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
