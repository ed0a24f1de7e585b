/** The topics that people made, apart from those that brokers have for themselves. */
import type { Admin } from "../../../src/client/index.ts";
import { isSystemTopic } from "./topic-names.ts";

export interface TopicNames {
  /** Sorted. */
  readonly all: readonly string[];
  readonly ordinary: readonly string[];
}

/** The names of all topics. A broker makes one of its own name, and one of its cluster's. */
export async function topicNames(admin: Admin): Promise<TopicNames> {
  const [{ brokers, clusters }, names] = await Promise.all([
    admin.cluster.describe(),
    admin.topics.names(),
  ]);
  const reserved = new Set([...brokers.map(({ brokerName }) => brokerName), ...clusters.keys()]);
  const all = [...names].toSorted();
  return { all, ordinary: all.filter((name) => !isSystemTopic(name) && !reserved.has(name)) };
}
