/** What an operator asks of a cluster, over the same public requests that RocketMQ's own tools use. */

import type { Cluster } from "../protocol/remoting/bodies/cluster.ts";
import {
  type ConsumeProgress,
  decodeConsumeStats,
} from "../protocol/remoting/bodies/consume-stats.ts";
import {
  type ConsumerConnection,
  decodeConsumerConnection,
} from "../protocol/remoting/bodies/consumer-connection.ts";
import { decodeGroupTable, type GroupConfig } from "../protocol/remoting/bodies/group-table.ts";
import { decodeGroupList } from "../protocol/remoting/bodies/name-list.ts";
import { decodeTextTable } from "../protocol/remoting/bodies/text-table.ts";
import type { TopicRoute } from "../protocol/remoting/bodies/topic-route.ts";
import { decodeTopicStats, type QueueStats } from "../protocol/remoting/bodies/topic-stats.ts";
import { decodeTopicConfig, type TopicConfig } from "../protocol/remoting/bodies/topic-table.ts";
import type { Command } from "../protocol/remoting/command.ts";
import { getBrokerRuntimeInfo } from "../protocol/remoting/requests/broker.ts";
import {
  getAllGroups,
  getConsumerConnections,
  getConsumeStats,
  invokeResetOffset,
} from "../protocol/remoting/requests/group.ts";
import { updateConsumerOffset } from "../protocol/remoting/requests/offset.ts";
import {
  getTopicConfig,
  getTopicGroups,
  getTopicStats,
  updateTopic,
} from "../protocol/remoting/requests/topic.ts";
import { responseCode } from "../protocol/remoting/response-code.ts";
import type { ConnectionPool } from "./connection-pool.ts";
import { refusal } from "./connection-pool.ts";
import { ClientError } from "./errors.ts";
import type { MessageQueue } from "./message.ts";
import { compareQueues, type RouteCache } from "./route-cache.ts";

/** A broker's leader as the nameserver knows it. */
export interface BrokerAddress {
  readonly brokerName: string;
  readonly clusterName: string;
  readonly address: string;
}

export interface TopicSettings {
  readonly topic: string;
  readonly queueCount: number;
  readonly perm: number;
}

/** RocketMQ's GET_BROKER_CONFIG: its whole configuration as `name=value` lines. */
const getBrokerConfigCode = 26;

export type QueueStatsRow = readonly [MessageQueue, QueueStats];
export type QueueProgressRow = readonly [MessageQueue, ConsumeProgress];

export class Admin {
  readonly #pool: ConnectionPool;
  readonly #routes: RouteCache;
  readonly #movesSingleQueuesAt = new Map<string, boolean>();

  constructor(pool: ConnectionPool, routes: RouteCache) {
    this.#pool = pool;
    this.#routes = routes;
  }

  /** All topics that a nameserver knows, retry and system topics included. */
  topics(): Promise<readonly string[]> {
    return this.#routes.topics();
  }

  cluster(): Promise<Cluster> {
    return this.#routes.cluster();
  }

  /** Throws ClientError `no_route`. */
  route(topic: string): Promise<TopicRoute> {
    return this.#routes.route(topic);
  }

  /** Leaders of all brokers, or of those of one cluster or name. */
  async brokers(
    only: { readonly cluster?: string; readonly broker?: string } = {},
  ): Promise<readonly BrokerAddress[]> {
    const { brokers } = await this.#routes.cluster();
    return brokers
      .map((broker) => ({
        brokerName: broker.brokerName,
        clusterName: broker.clusterName,
        address: broker.addresses.get(0) ?? "",
      }))
      .filter(({ address }) => address !== "")
      .filter(({ clusterName }) => only.cluster === undefined || clusterName === only.cluster)
      .filter(
        ({ brokerName, address }) =>
          only.broker === undefined || brokerName === only.broker || address === only.broker,
      )
      .sort((left, right) => (left.brokerName < right.brokerName ? -1 : 1));
  }

  /** A topic's settings on one broker, undefined when it does not have it. */
  async topicConfig(address: string, topic: string): Promise<TopicConfig | undefined> {
    const reply = await this.#pool.invoke(address, {
      code: getTopicConfig.code,
      fields: getTopicConfig.encode({ topic }),
    });
    if (reply.code === responseCode.topicNotExist) {
      return undefined;
    }
    if (reply.code === responseCode.requestCodeNotSupported) {
      return await this.#routedConfig(address, topic);
    }
    mustSucceed(address, reply);
    return decodeTopicConfig(reply.source, reply.bodyStart, reply.bodyEnd);
  }

  /** Creates or changes a topic on one broker. */
  async updateTopic(address: string, settings: TopicSettings): Promise<void> {
    await this.#pool.ask(address, {
      code: updateTopic.code,
      fields: updateTopic.encode({
        topic: settings.topic,
        defaultTopic: "TBW102",
        readQueueCount: settings.queueCount,
        writeQueueCount: settings.queueCount,
        perm: settings.perm,
        topicFilterType: "SINGLE_TAG",
        topicSysFlag: 0,
        order: false,
      }),
    });
    this.#routes.forget(settings.topic);
  }

  /** Min and max offset of every queue of a topic, over all its brokers. */
  async topicStats(topic: string): Promise<readonly QueueStatsRow[]> {
    const rows: QueueStatsRow[] = [];
    for (const { address } of await this.#leaders(topic)) {
      const reply = await this.#pool.ask(address, {
        code: getTopicStats.code,
        fields: getTopicStats.encode({ topic }),
      });
      rows.push(...decodeTopicStats(reply.source, reply.bodyStart, reply.bodyEnd));
    }
    return rows.sort(byQueue);
  }

  /** Groups that consume a topic or have offsets there. */
  async topicGroups(topic: string): Promise<readonly string[]> {
    const groups = new Set<string>();
    for (const { address } of await this.#leaders(topic)) {
      const reply = await this.#pool.ask(address, {
        code: getTopicGroups.code,
        fields: getTopicGroups.encode({ topic }),
      });
      for (const group of decodeGroupList(reply.source, reply.bodyStart, reply.bodyEnd)) {
        groups.add(group);
      }
    }
    return [...groups].sort();
  }

  /** Settings of all groups, by name; of several brokers' settings the first counts. */
  async groups(): Promise<ReadonlyMap<string, GroupConfig>> {
    const groups = new Map<string, GroupConfig>();
    for (const { address } of await this.brokers()) {
      const reply = await this.#pool.ask(address, { code: getAllGroups.code, fields: [] });
      const table = decodeGroupTable(reply.source, reply.bodyStart, reply.bodyEnd);
      for (const config of table.groups) {
        if (!groups.has(config.group)) {
          groups.set(config.group, config);
        }
      }
    }
    return new Map([...groups].sort(([left], [right]) => (left < right ? -1 : 1)));
  }

  /** Members of a group over all brokers, undefined when nobody is on line. */
  async members(group: string): Promise<ConsumerConnection | undefined> {
    for (const { address } of await this.brokers()) {
      const found = await this.#membersAt(address, group);
      if (found !== undefined) {
        return found;
      }
    }
    return undefined;
  }

  /** Where a group stands in every queue it has offsets for, over all brokers. */
  async progress(group: string, topic?: string): Promise<readonly QueueProgressRow[]> {
    const rows: QueueProgressRow[] = [];
    for (const { address } of await this.brokers()) {
      const reply = await this.#pool.ask(address, {
        code: getConsumeStats.code,
        fields: getConsumeStats.encode({ consumerGroup: group, ...(topic ? { topic } : {}) }),
      });
      rows.push(...decodeConsumeStats(reply.source, reply.bodyStart, reply.bodyEnd).queues);
    }
    return rows.sort(byQueue);
  }

  /**
   * Moves a group in one queue to an offset; the broker tells its members. Throws ClientError `members_online` where
   * only an idle group can be moved so.
   *
   * RocketMQ 4, and 5 without `useServerSideResetOffset`, ignores queue and offset of the request: it would move all
   * queues of a group that is on line to their ends. There, offsets of idle groups are committed instead.
   */
  async resetOffset(group: string, queue: MessageQueue, offset: number): Promise<void> {
    const { topic, queueId, brokerName } = queue;
    const address = await this.#routes.brokerAddress(topic, brokerName);
    if (await this.#movesSingleQueues(address)) {
      await this.#pool.ask(address, {
        code: invokeResetOffset.code,
        fields: invokeResetOffset.encode({
          topic,
          group,
          queueId,
          offset,
          timestamp: -1,
          isForce: true,
        }),
      });
      return;
    }
    if ((await this.#membersAt(address, group)) !== undefined) {
      throw new ClientError(
        "members_online",
        `${address} moves a group with members on line only as a whole and by time: stop its members first`,
      );
    }
    await this.#pool.ask(address, {
      code: updateConsumerOffset.code,
      fields: updateConsumerOffset.encode({
        consumerGroup: group,
        topic,
        queueId,
        commitOffset: offset,
      }),
    });
  }

  /** What a broker says of itself, as texts. */
  async runtimeInfo(address: string): Promise<ReadonlyMap<string, string>> {
    const reply = await this.#pool.ask(address, { code: getBrokerRuntimeInfo.code, fields: [] });
    return decodeTextTable(reply.source, reply.bodyStart, reply.bodyEnd);
  }

  /** RocketMQ 4 has no request for one topic's settings; its route says as much of them as we use. */
  async #routedConfig(address: string, topic: string): Promise<TopicConfig | undefined> {
    this.#routes.forget(topic);
    const route = await this.#routes.route(topic).catch((error: unknown) => {
      if (error instanceof ClientError && error.kind === "no_route") {
        return undefined;
      }
      throw error;
    });
    const broker = route?.brokers.find(({ addresses }) => addresses.get(0) === address);
    const queues = route?.queues.find(({ brokerName }) => brokerName === broker?.brokerName);
    if (queues === undefined) {
      return undefined;
    }
    const { readQueueCount, writeQueueCount, perm, topicSysFlag } = queues;
    return {
      topic,
      readQueueCount,
      writeQueueCount,
      perm,
      filterType: "SINGLE_TAG",
      topicSysFlag,
      order: false,
      attributes: new Map(),
    };
  }

  async #membersAt(address: string, group: string): Promise<ConsumerConnection | undefined> {
    const reply = await this.#pool.invoke(address, {
      code: getConsumerConnections.code,
      fields: getConsumerConnections.encode({ consumerGroup: group }),
    });
    if (reply.code === responseCode.consumerNotOnline) {
      return undefined;
    }
    mustSucceed(address, reply);
    return decodeConsumerConnection(reply.source, reply.bodyStart, reply.bodyEnd);
  }

  /** Asks a RocketMQ broker for its configuration; one that does not know that request is mq, which moves exactly. */
  async #movesSingleQueues(address: string): Promise<boolean> {
    const known = this.#movesSingleQueuesAt.get(address);
    if (known !== undefined) {
      return known;
    }
    const reply = await this.#pool.invoke(address, { code: getBrokerConfigCode, fields: [] });
    const text = reply.source.toString("utf8", reply.bodyStart, reply.bodyEnd);
    const answer =
      reply.code === responseCode.requestCodeNotSupported ||
      (reply.code === responseCode.success && /^useServerSideResetOffset=true$/m.test(text));
    this.#movesSingleQueuesAt.set(address, answer);
    return answer;
  }

  async #leaders(topic: string): Promise<readonly BrokerAddress[]> {
    const { brokers } = await this.#routes.route(topic);
    const leaders = brokers.flatMap(({ brokerName, clusterName, addresses }) => {
      const address = addresses.get(0);
      return address === undefined ? [] : [{ brokerName, clusterName, address }];
    });
    if (leaders.length === 0) {
      throw new ClientError("no_route", `topic '${topic}' has no broker that can be written`);
    }
    return leaders;
  }
}

function mustSucceed(address: string, reply: Command): void {
  if (reply.code !== responseCode.success) {
    throw refusal(address, reply);
  }
}

function byQueue(
  [left]: readonly [MessageQueue, unknown],
  [right]: readonly [MessageQueue, unknown],
): number {
  if (left.topic !== right.topic) {
    return left.topic < right.topic ? -1 : 1;
  }
  return compareQueues(left, right);
}
