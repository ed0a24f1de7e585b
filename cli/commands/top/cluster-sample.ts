/**
 * One look at how much has gone through a cluster, over requests that RocketMQ and mq answer alike: what each broker
 * counted (28), and how far all groups are (317). Two looks make rates that are exact over the time between them.
 */
import { type BrokerAddress, type Client, ClientError, gather } from "../../../src/client/index.ts";
import { inParallel } from "../../../src/core/in-parallel.ts";
import type { Clock } from "../../../src/io/clock.ts";
import type { MissingPart } from "../../render/listing.ts";
import { type BrokerFacts, brokerFacts } from "../cluster/broker-facts.ts";
import { missingParts } from "../cluster/chosen-brokers.ts";
import { isSystemTopic } from "../topic/topic-names.ts";

export interface QueuePlace {
  readonly brokerOffset: number;
  readonly consumerOffset: number;
}

export interface BrokerSample {
  readonly broker: BrokerAddress;
  /** Monotonic time of the answer. */
  readonly atMs: number;
  readonly facts: BrokerFacts;
  /** Since the broker started. */
  readonly messagesIn: number;
  readonly messagesOut: number;
  readonly bytesIn: number;
  /** By group, topic and queue; undefined when the broker does not tell. */
  readonly groups: ReadonlyMap<string, ReadonlyMap<string, QueuePlace>> | undefined;
}

export interface TopicSample {
  readonly topic: string;
  readonly atMs: number;
  /** The ends of its queues, by broker and queue. */
  readonly ends: ReadonlyMap<string, number>;
}

export interface ClusterSample {
  readonly brokers: readonly BrokerSample[];
  readonly topics: readonly TopicSample[];
  readonly missing: readonly MissingPart[];
}

export interface SampleOptions {
  readonly brokers: readonly BrokerAddress[];
  readonly hasGroups: boolean;
  readonly hasTopics: boolean;
}

/** Throws ClientError when no broker answers. */
export async function sampleCluster(
  client: Client,
  clock: Clock,
  { brokers, hasGroups, hasTopics }: SampleOptions,
): Promise<ClusterSample> {
  const { answers, failures } = await gather(brokers, async (broker) => {
    const info = await client.admin.cluster.runtimeInfo(broker.address);
    const atMs = clock.elapsedMs();
    return {
      broker,
      atMs,
      facts: brokerFacts(info),
      messagesIn: count(info, "msgPutTotalTodayNow"),
      messagesOut: count(info, "msgGetTotalTodayNow"),
      bytesIn: count(info, "putMessageSizeTotal"),
      groups: hasGroups ? await groupsAt(client, broker.address) : undefined,
    };
  });
  return {
    brokers: answers.map(({ value }) => value),
    topics: hasTopics ? await topicEnds(client, clock) : [],
    missing: missingParts(failures),
  };
}

function count(info: ReadonlyMap<string, string>, name: string): number {
  const value = Number(info.get(name) ?? 0);
  return Number.isFinite(value) ? value : 0;
}

async function groupsAt({ admin }: Client, address: string): Promise<BrokerSample["groups"]> {
  try {
    const { groups } = await admin.brokers.consumption(address, { isOrdered: false });
    return new Map(
      [...groups].map(([group, stats]) => [
        group,
        new Map(
          stats
            .flatMap(({ queues }) => queues)
            .map(([{ topic, queueId }, place]) => [`${topic}\n${queueId}`, place]),
        ),
      ]),
    );
  } catch (error) {
    // An old broker, or one that answers operators elsewhere.
    if (error instanceof ClientError && error.kind === "refused") {
      return undefined;
    }
    throw error;
  }
}

/** The topic of a queue's key in `groups`. */
export function topicOfQueue(key: string): string {
  return key.slice(0, key.indexOf("\n"));
}

async function topicEnds({ admin }: Client, clock: Clock): Promise<readonly TopicSample[]> {
  const { brokers, clusters } = await admin.cluster.describe();
  const reserved = new Set([...brokers.map(({ brokerName }) => brokerName), ...clusters.keys()]);
  const names = (await admin.topics.names()).filter(
    (name) => !isSystemTopic(name) && !reserved.has(name),
  );
  const found = await inParallel(names, async (topic): Promise<readonly TopicSample[]> => {
    try {
      const { answers } = await gather(await admin.topics.leaders(topic), ({ address }) =>
        admin.topics.stats(address, topic),
      );
      const ends = answers.flatMap(({ value }) =>
        value.map(
          ([{ brokerName, queueId }, { maxOffset }]) =>
            [`${brokerName}\n${queueId}`, maxOffset] as const,
        ),
      );
      return [{ topic, atMs: clock.elapsedMs(), ends: new Map(ends) }];
    } catch (error) {
      // It went away, or its brokers fell silent, which is told elsewhere.
      if (error instanceof ClientError) {
        return [];
      }
      throw error;
    }
  });
  return found.flat();
}
