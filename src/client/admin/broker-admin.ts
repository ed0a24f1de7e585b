/** One broker, as its operator sees it: its settings, its producers, its upkeep, the entries of its queues. */
import {
  type BrokerConsumeStats,
  decodeBrokerConsumeStats,
} from "../../protocol/remoting/bodies/broker-consume-stats.ts";
import {
  decodeProducerConnection,
  decodeProducerTable,
} from "../../protocol/remoting/bodies/producer-table.ts";
import {
  decodeQueueEntries,
  type QueueEntries,
} from "../../protocol/remoting/bodies/queue-entries.ts";
import { decodeReplication, type Replication } from "../../protocol/remoting/bodies/replication.ts";
import { languageName } from "../../protocol/remoting/language.ts";
import {
  decodePropertiesText,
  encodePropertiesText,
} from "../../protocol/remoting/properties-text.ts";
import {
  cleanExpiredConsumeQueues,
  deleteExpiredCommitLog,
  getBrokerConfig,
  getHaStatus,
  queryConsumeQueue,
  updateBrokerConfig,
} from "../../protocol/remoting/requests/broker-admin.ts";
import {
  getAllProducers,
  getBrokerConsumeStats,
  getProducerConnections,
} from "../../protocol/remoting/requests/progress.ts";
import { cleanUnusedTopics } from "../../protocol/remoting/requests/topic.ts";
import { responseCode } from "../../protocol/remoting/response-code.ts";
import { type ConnectionPool, mustSucceed } from "../connection-pool.ts";
import { type GroupMember, memberOf } from "./group-presence.ts";

export interface ConnectedProducer {
  readonly clientId: string;
  /** `host:port` of the producer's end. */
  readonly address: string;
  readonly language: string;
  /** The number of its release, as RocketMQ counts them. */
  readonly version: number;
  /** When its last heartbeat came. */
  readonly lastUpdateMs: number;
}

/** Work that a broker also does by itself, now. */
export type Upkeep = "clean_queues" | "clean_topics" | "delete_expired_log";

const upkeepCodes = {
  clean_queues: cleanExpiredConsumeQueues.code,
  clean_topics: cleanUnusedTopics.code,
  delete_expired_log: deleteExpiredCommitLog.code,
} as const satisfies Record<Upkeep, number>;

export class BrokerAdmin {
  readonly #pool: ConnectionPool;

  constructor(pool: ConnectionPool) {
    this.#pool = pool;
  }

  /** Settings by name, in the order in which the broker tells them. */
  async config(address: string): Promise<ReadonlyMap<string, string>> {
    const reply = await this.#pool.ask(address, { code: getBrokerConfig.code, fields: [] });
    return decodePropertiesText(reply.source, reply.bodyStart, reply.bodyEnd);
  }

  async setConfig(address: string, settings: ReadonlyMap<string, string>): Promise<void> {
    await this.#pool.ask(address, {
      code: updateBrokerConfig.code,
      fields: [],
      body: encodePropertiesText(settings),
    });
  }

  async keepUp(address: string, upkeep: Upkeep): Promise<void> {
    await this.#pool.ask(address, { code: upkeepCodes[upkeep], fields: [] });
  }

  /** All connected producers by group. */
  async producers(address: string): Promise<ReadonlyMap<string, readonly ConnectedProducer[]>> {
    const reply = await this.#pool.ask(address, { code: getAllProducers.code, fields: [] });
    const groups = decodeProducerTable(reply.source, reply.bodyStart, reply.bodyEnd);
    return new Map(
      [...groups].map(([group, rows]) => [
        group,
        rows.map(({ clientId, clientAddress, language, version, lastUpdateTimestamp }) => ({
          clientId,
          address: clientAddress,
          language: languageName(language),
          version,
          lastUpdateMs: lastUpdateTimestamp,
        })),
      ]),
    );
  }

  /** Connected producers of one group, none when nobody is. */
  async producersOf(address: string, group: string): Promise<readonly GroupMember[]> {
    const reply = await this.#pool.invoke(address, {
      code: getProducerConnections.code,
      fields: getProducerConnections.encode({ producerGroup: group }),
    });
    if (reply.code === responseCode.systemError) {
      return [];
    }
    mustSucceed(address, reply);
    return decodeProducerConnection(reply.source, reply.bodyStart, reply.bodyEnd).map(memberOf);
  }

  /** Entries of a queue from an offset on, and whether a group would be given them. */
  async queueEntries(
    address: string,
    range: {
      readonly topic: string;
      readonly queueId: number;
      readonly first: number;
      readonly count: number;
      readonly group?: string | undefined;
    },
  ): Promise<QueueEntries> {
    const { topic, queueId, first, count, group } = range;
    const reply = await this.#pool.ask(address, {
      code: queryConsumeQueue.code,
      fields: queryConsumeQueue.encode({
        ...{ topic, queueId, index: first, count },
        ...(group === undefined ? {} : { consumerGroup: group }),
      }),
    });
    return decodeQueueEntries(reply.source, reply.bodyStart, reply.bodyEnd);
  }

  /** How far the broker's replicas are behind, or how far it is itself. */
  async replication(address: string): Promise<Replication> {
    const reply = await this.#pool.ask(address, { code: getHaStatus.code, fields: [] });
    return decodeReplication(reply.source, reply.bodyStart, reply.bodyEnd);
  }

  /** How far all groups have come; `isOrdered`: only in ordered topics. */
  async consumption(
    address: string,
    options: { readonly isOrdered: boolean; readonly timeoutMs?: number },
  ): Promise<BrokerConsumeStats> {
    const reply = await this.#pool.ask(
      address,
      {
        code: getBrokerConsumeStats.code,
        fields: getBrokerConsumeStats.encode({ isOrder: options.isOrdered }),
      },
      options.timeoutMs,
    );
    return decodeBrokerConsumeStats(reply.source, reply.bodyStart, reply.bodyEnd);
  }
}
