/** Topics: what there is, how they are set, what they hold, who consumes them. */
import {
  type BrokerStatsData,
  decodeBrokerStats,
} from "../../protocol/remoting/bodies/broker-stats.ts";
import { noDataVersion } from "../../protocol/remoting/bodies/data-version.ts";
import { decodeGroupList, decodeTopicList } from "../../protocol/remoting/bodies/name-list.ts";
import type { TopicRoute } from "../../protocol/remoting/bodies/topic-route.ts";
import { decodeTopicStats } from "../../protocol/remoting/bodies/topic-stats.ts";
import {
  decodeTopicConfig,
  decodeTopicTable,
  type TopicConfig,
  type TopicTable,
} from "../../protocol/remoting/bodies/topic-table.ts";
import { viewBrokerStats } from "../../protocol/remoting/requests/broker-admin.ts";
import { deleteTopicInNameserver } from "../../protocol/remoting/requests/nameserver.ts";
import {
  deleteTopic,
  getAllTopicConfigs,
  getSystemTopics,
  getTopicConfig,
  getTopicGroups,
  getTopicStats,
  updateTopic,
} from "../../protocol/remoting/requests/topic.ts";
import { responseCode } from "../../protocol/remoting/response-code.ts";
import { type ConnectionPool, mustSucceed } from "../connection-pool.ts";
import { ClientError } from "../errors.ts";
import type { RouteCache } from "../route-cache.ts";
import type { BrokerAddress } from "./broker-address.ts";
import { type MetadataPage, metadataPageRows, readPages } from "./metadata-pages.ts";
import type { QueueStatsRow } from "./queue-rows.ts";

type TopicPage = MetadataPage<TopicConfig>;

export interface TopicSettings {
  readonly topic: string;
  readonly readQueueCount: number;
  readonly writeQueueCount: number;
  /** RocketMQ's bits: 4 read, 2 write. */
  readonly perm: number;
  readonly order?: boolean | undefined;
  readonly topicSysFlag?: number | undefined;
  /** SINGLE_TAG when absent. */
  readonly filterType?: string | undefined;
  /** `+name=value` sets an attribute, `-name` removes it; the others stay. */
  readonly attributeChanges?: readonly string[] | undefined;
}

/** RocketMQ's names of what it counts by topic, and by topic and group (315). */
export type CountName = "TOPIC_PUT_NUMS" | "TOPIC_PUT_SIZE" | "GROUP_GET_NUMS" | "GROUP_GET_SIZE";

export class TopicAdmin {
  readonly #pool: ConnectionPool;
  readonly #routes: RouteCache;

  constructor(pool: ConnectionPool, routes: RouteCache) {
    this.#pool = pool;
    this.#routes = routes;
  }

  /** All topics that a nameserver knows, retry and system topics included. */
  names(): Promise<readonly string[]> {
    return this.#routes.topics();
  }

  /** As that one nameserver knows them. */
  namesAt(nameserver: string): Promise<readonly string[]> {
    return this.#routes.topicsAt(nameserver);
  }

  /** As that one nameserver tells it; undefined when it has none. */
  routeAt(nameserver: string, topic: string): Promise<TopicRoute | undefined> {
    return this.#routes.routeAt(nameserver, topic);
  }

  /** Throws ClientError `no_route`. */
  route(topic: string): Promise<TopicRoute> {
    return this.#routes.route(topic);
  }

  /** The next question for the topic's route goes to a nameserver again. */
  forget(topic: string): void {
    this.#routes.forget(topic);
  }

  /** Leaders of the brokers that serve a topic. Throws ClientError `no_route`, also when none has a leader. */
  async leaders(topic: string): Promise<readonly BrokerAddress[]> {
    const { brokers } = await this.#routes.route(topic);
    const leaders = brokers.flatMap(({ brokerName, clusterName, addresses }) => {
      const address = addresses.get(0);
      return address === undefined ? [] : [{ brokerName, clusterName, address }];
    });
    if (leaders.length === 0) {
      throw new ClientError("no_route", `topic '${topic}' has no broker that can be written`);
    }
    return leaders.sort((left, right) => (left.brokerName < right.brokerName ? -1 : 1));
  }

  /** A topic's settings on one broker, undefined when it does not have it. */
  async config(address: string, topic: string): Promise<TopicConfig | undefined> {
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

  /** Settings of all topics of one broker, those of the system included. */
  async configs(address: string): Promise<readonly TopicConfig[]> {
    const reply = await this.#pool.ask(address, { code: getAllTopicConfigs.code, fields: [] });
    return decodeTopicTable(reply.source, reply.bodyStart, reply.bodyEnd).topics;
  }

  /** As `configs`, page by page and in the order of pages, with the version of all of them. */
  async table(address: string): Promise<TopicTable> {
    const { pages, rows } = await readPages<TopicConfig, TopicPage>(
      async (topicSeq, dataVersion) => {
        const reply = await this.#pool.ask(address, {
          code: getAllTopicConfigs.code,
          fields: getAllTopicConfigs.encode({
            ...{ topicSeq, dataVersion },
            maxTopicNum: metadataPageRows,
          }),
        });
        const table = decodeTopicTable(reply.source, reply.bodyStart, reply.bodyEnd);
        const { totalTopicNum } = getAllTopicConfigs.decodeReply(reply.fields);
        return { dataVersion: table.dataVersion, rows: table.topics, total: totalTopicNum };
      },
    );
    return { dataVersion: pages[0]?.dataVersion ?? noDataVersion, topics: rows };
  }

  /** Topics that one broker needs for itself. */
  async systemNames(address: string): Promise<readonly string[]> {
    const reply = await this.#pool.ask(address, { code: getSystemTopics.code, fields: [] });
    return decodeTopicList(reply.source, reply.bodyStart, reply.bodyEnd);
  }

  /** Creates or changes a topic on one broker. */
  async update(address: string, settings: TopicSettings): Promise<void> {
    const { topic, readQueueCount, writeQueueCount, perm, attributeChanges = [] } = settings;
    await this.#pool.ask(address, {
      code: updateTopic.code,
      fields: updateTopic.encode({
        topic,
        defaultTopic: "TBW102",
        readQueueCount,
        writeQueueCount,
        perm,
        topicFilterType: settings.filterType ?? "SINGLE_TAG",
        topicSysFlag: settings.topicSysFlag ?? 0,
        order: settings.order ?? false,
        ...(attributeChanges.length === 0 ? {} : { attributes: attributeChanges.join(",") }),
      }),
    });
    this.#routes.forget(topic);
  }

  /** Drops a topic on one broker, with its messages and the groups' offsets in it. */
  async delete(address: string, topic: string): Promise<void> {
    await this.#pool.ask(address, {
      code: deleteTopic.code,
      fields: deleteTopic.encode({ topic }),
    });
    this.#routes.forget(topic);
  }

  /** Drops a topic's route at one nameserver; with a cluster's name, only its brokers' part of the route. */
  async deleteRoute(nameserver: string, topic: string, clusterName?: string): Promise<void> {
    await this.#pool.ask(nameserver, {
      code: deleteTopicInNameserver.code,
      fields: deleteTopicInNameserver.encode({ topic, clusterName }),
    });
    this.#routes.forget(topic);
  }

  /** Min and max offset of every queue that a topic has on one broker. */
  async stats(address: string, topic: string): Promise<readonly QueueStatsRow[]> {
    const reply = await this.#pool.ask(address, {
      code: getTopicStats.code,
      fields: getTopicStats.encode({ topic }),
    });
    return decodeTopicStats(reply.source, reply.bodyStart, reply.bodyEnd);
  }

  /** Groups that consume a topic on one broker, or have offsets there. */
  async groups(address: string, topic: string): Promise<readonly string[]> {
    const reply = await this.#pool.ask(address, {
      code: getTopicGroups.code,
      fields: getTopicGroups.encode({ topic }),
    });
    return decodeGroupList(reply.source, reply.bodyStart, reply.bodyEnd);
  }

  /** What one broker counted for a topic, or for `topic@group`; undefined when it counted nothing yet. */
  async counts(
    address: string,
    statsName: CountName,
    statsKey: string,
  ): Promise<BrokerStatsData | undefined> {
    const reply = await this.#pool.invoke(address, {
      code: viewBrokerStats.code,
      fields: viewBrokerStats.encode({ statsName, statsKey }),
    });
    if (reply.code === responseCode.systemError) {
      return undefined;
    }
    mustSucceed(address, reply);
    return decodeBrokerStats(reply.source, reply.bodyStart, reply.bodyEnd);
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
}
