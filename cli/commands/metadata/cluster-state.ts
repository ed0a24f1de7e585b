/** What a cluster has of what a document speaks of: asked from every broker that is meant, and every nameserver. */
import {
  type BrokerAddress,
  type Client,
  type GroupConfig,
  gather,
  type TopicConfig,
} from "../../../src/client/index.ts";
import type { FlagValues } from "../../flag.ts";
import { type brokerChoiceFlags, chosenBrokers } from "../cluster/chosen-brokers.ts";
import { isSystemGroup } from "../group/group-names.ts";
import { isSystemTopic } from "../topic/topic-names.ts";

export interface BrokerState {
  readonly broker: BrokerAddress;
  /** Topics that somebody made, by name. */
  readonly topics: ReadonlyMap<string, TopicConfig>;
  /** Groups that somebody made, by name. */
  readonly groups: ReadonlyMap<string, GroupConfig>;
  /** By `topic@group`, then queue id; empty when they were not asked for. */
  readonly offsets: ReadonlyMap<string, ReadonlyMap<number, number>>;
}

export interface NameserverState {
  readonly address: string;
  /** By namespace, then key. */
  readonly values: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

export interface ClusterState {
  /** By name. */
  readonly brokers: readonly BrokerState[];
  readonly nameservers: readonly NameserverState[];
}

export interface StateQuestion {
  readonly brokers: FlagValues<typeof brokerChoiceFlags>;
  /** Of which values are asked. */
  readonly namespaces: readonly string[];
  readonly withOffsets: boolean;
}

/** Throws ClientError when one of them does not answer: half a cluster is no basis for anything. */
export async function readCluster(client: Client, question: StateQuestion): Promise<ClusterState> {
  const { admin } = client;
  const { clusters, brokers: all } = await admin.cluster.describe();
  // Every broker has topics of its cluster's and its own name.
  const reserved = new Set([...clusters.keys(), ...all.map(({ brokerName }) => brokerName)]);
  const { answers, failures } = await gather(
    await chosenBrokers(client, question.brokers),
    async ({ address }) => ({
      topics: await admin.topics.configs(address),
      groups: await admin.groups.configs(address),
      offsets: question.withOffsets ? await admin.groups.offsets(address) : new Map(),
    }),
  );
  for (const { error } of failures) {
    throw error;
  }
  const nameservers: NameserverState[] = [];
  for (const address of admin.cluster.nameservers) {
    const values = new Map<string, ReadonlyMap<string, string>>();
    for (const namespace of question.namespaces) {
      values.set(namespace, await admin.nameservers.values(address, namespace));
    }
    nameservers.push({ address, values });
  }
  return {
    brokers: answers.map(({ broker, value: { topics, groups, offsets } }) => ({
      broker,
      topics: byName(
        topics,
        ({ topic }) => topic,
        (name) => isSystemTopic(name) || reserved.has(name),
      ),
      groups: byName(groups, ({ group }) => group, isSystemGroup),
      offsets,
    })),
    nameservers,
  };
}

function byName<T>(
  rows: readonly T[],
  nameOf: (row: T) => string,
  isSystem: (name: string) => boolean,
): ReadonlyMap<string, T> {
  return new Map(
    rows
      .map((row) => [nameOf(row), row] as const)
      .filter(([name]) => !isSystem(name))
      .sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}
