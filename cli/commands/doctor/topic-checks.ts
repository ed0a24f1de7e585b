/** Topics and groups that look alive and are not: no route, nobody who may write, backlogs that nobody consumes. */
import {
  type BrokerAddress,
  type Client,
  ClientError,
  type QueueProgressRow,
} from "../../../src/client/index.ts";
import { inParallel } from "../../../src/core/in-parallel.ts";
import { formatCount } from "../../render/format.ts";
import { deadLetterFindings, unlessGone } from "../cluster/health-checks.ts";
import { isSystemGroup } from "../group/group-names.ts";
import { isSystemTopic, permText } from "../topic/topic-names.ts";
import { type Diagnosis, fewOf, unwell, well } from "./diagnosis.ts";

const retryPrefix = "%RETRY%";
const permWrite = 2;

/** Looks at all topics and groups. Throws ClientError only when nobody can tell what there is. */
export async function lookAtTopics(
  client: Client,
  deadLettersSinceMs: number,
): Promise<readonly Diagnosis[]> {
  const { admin } = client;
  const { brokers, clusters } = await admin.cluster.describe();
  const reserved = new Set([...brokers.map(({ brokerName }) => brokerName), ...clusters.keys()]);
  const names = await admin.topics.names();
  const own = names.filter((name) => !isSystemTopic(name) && !reserved.has(name));
  const topics = (await inParallel(own, (topic) => lookAtTopic(client, topic))).flat();
  const groups = await lookAtGroups(client, new Set(names)).catch((error: unknown) => [
    unasked(error),
  ]);
  const dead = await deadLetterFindings(client, deadLettersSinceMs);
  return [
    ...(topics.length === 0
      ? [well("topic", "all topics", `${formatCount(own.length)} can be written`)]
      : fewOf(topics, "topics")),
    ...groups,
    ...dead.map(({ status, subject, detail }): Diagnosis => {
      const isWell = status === "ok";
      return {
        status,
        check: "dlq",
        subject,
        detail,
        cause: isWell ? null : "consumers gave up on these messages after their last retry",
        fix: isWell ? null : `mq dlq show ${subject}, then mq dlq redrive ${subject}`,
      };
    }),
  ];
}

/** Brokers may keep what groups they have from strangers. */
function unasked(error: unknown): Diagnosis {
  unlessGone(error);
  return unwell("warn", "group", {
    subject: "all groups",
    detail: `could not be asked for (${reasonOf(error)})`,
    cause: "no broker tells which groups it has",
    fix: "see the brokers above",
  });
}

async function lookAtTopic({ admin }: Client, topic: string): Promise<readonly Diagnosis[]> {
  try {
    const route = await admin.topics.route(topic);
    const led = route.queues.filter(({ brokerName }) =>
      route.brokers.some((each) => each.brokerName === brokerName && each.addresses.has(0)),
    );
    if (led.some(({ perm, writeQueueCount }) => (perm & permWrite) !== 0 && writeQueueCount > 0)) {
      return [];
    }
    const perms = [...new Set(led.map(({ perm }) => permText(perm)))].join(", ");
    return [
      led.length === 0
        ? unwell("fail", "topic", {
            subject: topic,
            detail: "no broker that has it has a master",
            cause: "its brokers are down but for their replicas",
            fix: "start their masters; mq cluster list shows who is there",
          })
        : unwell("warn", "topic", {
            subject: topic,
            detail: `no broker takes its messages (permission ${perms})`,
            cause: "its write permission was taken away, or its brokers are drained",
            fix: `mq topic update ${topic} --perm rw, or give the brokers back their permission (mqadmin addWritePerm)`,
          }),
    ];
  } catch (error) {
    if (error instanceof ClientError && error.kind === "no_route") {
      return [
        unwell("fail", "topic", {
          subject: topic,
          detail: "is listed and has no route",
          cause: "its brokers left the nameserver while it was looked at",
          fix: "look at the brokers above; a topic that is wanted nowhere: mq topic delete",
        }),
      ];
    }
    unlessGone(error);
    return [];
  }
}

interface GroupStanding {
  readonly group: string;
  readonly members: number;
  readonly lag: number;
  readonly retryLag: number;
  /** Topics that members subscribe to and no nameserver knows. */
  readonly missing: readonly string[];
}

async function lookAtGroups(
  client: Client,
  topics: ReadonlySet<string>,
): Promise<readonly Diagnosis[]> {
  const { admin } = client;
  const owners = new Map<string, BrokerAddress[]>();
  const { answers } = await admin.groups.all();
  for (const { broker, value } of answers) {
    for (const { group } of value.filter((each) => !isSystemGroup(each.group))) {
      owners.set(group, [...(owners.get(group) ?? []), broker]);
    }
  }
  const standings = await inParallel([...owners].sort(byName), ([group, brokers]) =>
    standingOf(client, group, brokers, topics),
  );
  const lonely = standings
    .filter(({ members, lag }) => members === 0 && lag > 0)
    .sort((left, right) => right.lag - left.lag);
  const lost = standings.filter(({ missing }) => missing.length > 0);
  const retrying = standings
    .filter(({ retryLag, members }) => retryLag > 0 && members > 0)
    .sort((left, right) => right.retryLag - left.retryLag);
  const groups = [...lonely.map(lonelyGroup), ...lost.map(lostGroup)];
  const retries = [...retrying.map(retryingGroup), ...orphans(topics, owners)];
  const count = formatCount(standings.length);
  return [
    ...(groups.length === 0
      ? [well("group", "all groups", `${count} consume, or have nothing to consume`)]
      : fewOf(groups, "groups")),
    ...(retries.length === 0
      ? [well("retry", "all groups", "nothing waits for a retry")]
      : fewOf(retries, "groups")),
  ];
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1;
}

async function standingOf(
  { admin }: Client,
  group: string,
  brokers: readonly BrokerAddress[],
  topics: ReadonlySet<string>,
): Promise<GroupStanding> {
  const clients = new Set<string>();
  const missing = new Set<string>();
  const rows: QueueProgressRow[] = [];
  for (const { address } of brokers) {
    const presence = await admin.groups.members(address, group).catch(unlessGone);
    for (const { clientId } of presence?.members ?? []) {
      clients.add(clientId);
    }
    for (const { topic } of presence?.subscriptions ?? []) {
      if (!topics.has(topic) && !topic.startsWith(retryPrefix)) {
        missing.add(topic);
      }
    }
    rows.push(...((await admin.groups.progress(address, group).catch(unlessGone)) ?? []));
  }
  const lagOf = (isRetry: boolean): number =>
    rows
      .filter(([{ topic }]) => topic.startsWith(retryPrefix) === isRetry)
      .reduce((sum, [, at]) => sum + Math.max(0, at.brokerOffset - at.consumerOffset), 0);
  return {
    group,
    members: clients.size,
    lag: lagOf(false) + lagOf(true),
    retryLag: lagOf(true),
    missing: [...missing].sort(),
  };
}

function lonelyGroup({ group, lag }: GroupStanding): Diagnosis {
  return unwell("warn", "group", {
    subject: group,
    detail: `${formatCount(lag)} messages wait, and nobody consumes them`,
    cause: "its consumers are stopped, cannot connect, or were given another group's name",
    fix: `start them; a group that is no longer wanted: mq group delete ${group}, or mq group reset-offset ${group} --to end`,
  });
}

function lostGroup({ group, missing }: GroupStanding): Diagnosis {
  return unwell("warn", "group", {
    subject: group,
    detail: `its members subscribe to ${missing.join(", ")}, which no nameserver knows`,
    cause: "the topic was never made, was deleted, or is misspelt",
    fix: `mq topic create ${missing[0]}, or correct the consumers`,
  });
}

function retryingGroup({ group, retryLag }: GroupStanding): Diagnosis {
  return unwell("warn", "retry", {
    subject: group,
    detail: `${formatCount(retryLag)} messages wait to be consumed again`,
    cause: "its consumers fail or give messages back",
    fix: `see the consumers' logs; mq topic tail '${retryPrefix}${group}' --offset start shows the messages`,
  });
}

/** Retry topics whose group is gone take part in nothing. */
function orphans(
  topics: ReadonlySet<string>,
  owners: ReadonlyMap<string, unknown>,
): readonly Diagnosis[] {
  return [...topics]
    .filter((topic) => topic.startsWith(retryPrefix))
    .map((topic) => topic.slice(retryPrefix.length))
    .filter((group) => !owners.has(group) && !isSystemGroup(group))
    .sort()
    .map((group) =>
      unwell("warn", "retry", {
        subject: group,
        detail: "has a retry topic and is no group any more",
        cause: "the group was deleted and its topic was left",
        fix: `mq topic delete '${retryPrefix}${group}' once nobody needs its messages`,
      }),
    );
}
