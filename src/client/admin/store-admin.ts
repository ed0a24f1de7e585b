/**
 * What RocketMQ's brokers do with their store when an operator asks. A broker that does not, as `mq`'s, answers so: a
 * ClientError `refused` with code 3.
 */
import {
  type ColdDataFlow,
  decodeColdDataFlow,
} from "../../protocol/remoting/bodies/cold-data-flow.ts";
import { decodeQueueCheck, type QueueCheck } from "../../protocol/remoting/bodies/queue-check.ts";
import { encodePropertiesText } from "../../protocol/remoting/properties-text.ts";
import {
  checkRocksdbQueues,
  exportPopRecords,
  exportRocksdbConfig,
  getColdDataFlow,
  removeColdDataFlow,
  resetMasterFlushOffset,
  setLogReadAhead,
  switchTimerEngine,
  updateColdDataFlow,
} from "../../protocol/remoting/requests/broker-store.ts";
import type { ConnectionPool } from "../connection-pool.ts";

/** Where a broker keeps messages that wait for their time. */
export type TimerEngine = "rocksdb" | "files";

/** What a broker may keep in RocksDB instead of files of JSON. */
export type RocksdbConfig = "topics" | "subscriptionGroups" | "consumerOffsets";

/** For what a broker writes files or topics before it answers. */
const exportTimeoutMs = 30_000;

export class StoreAdmin {
  readonly #pool: ConnectionPool;

  constructor(pool: ConnectionPool) {
    this.#pool = pool;
  }

  /** Who reads old messages; undefined where the broker has no such table. */
  async coldDataFlow(address: string): Promise<ColdDataFlow | undefined> {
    const reply = await this.#pool.ask(address, { code: getColdDataFlow.code, fields: [] });
    return reply.bodyStart === reply.bodyEnd
      ? undefined
      : decodeColdDataFlow(reply.source, reply.bodyStart, reply.bodyEnd);
  }

  /** How many bytes of old messages a group may read until it is slowed down. */
  async limitColdReads(address: string, group: string, bytes: number): Promise<void> {
    await this.#pool.ask(address, {
      code: updateColdDataFlow.code,
      fields: [],
      body: encodePropertiesText([[group, String(bytes)]]),
    });
  }

  /** The group has the broker's own threshold again. */
  async unlimitColdReads(address: string, group: string): Promise<void> {
    await this.#pool.ask(address, {
      code: removeColdDataFlow.code,
      fields: [],
      body: Buffer.from(group, "utf8"),
    });
  }

  /** Whether the system reads the log ahead. Resolves with what the broker says of it. */
  async setLogReadAhead(address: string, isAhead: boolean): Promise<string | undefined> {
    const reply = await this.#pool.ask(address, {
      code: setLogReadAhead.code,
      fields: setLogReadAhead.encode({ mode: isAhead ? 0 : 1 }),
    });
    return reply.remark;
  }

  /** Sets up to where a replica believes that its leader has written. */
  async resetMasterFlushOffset(address: string, offset: number): Promise<void> {
    await this.#pool.ask(address, {
      code: resetMasterFlushOffset.code,
      fields: resetMasterFlushOffset.encode({ masterFlushOffset: offset }),
    });
  }

  async switchTimerEngine(address: string, engine: TimerEngine): Promise<void> {
    await this.#pool.ask(
      address,
      {
        code: switchTimerEngine.code,
        fields: switchTimerEngine.encode({ engine: engine === "rocksdb" ? "R" : "F" }),
      },
      exportTimeoutMs,
    );
  }

  /** Writes what the broker knows of popped messages into topics, for a broker without RocksDB. */
  async exportPopRecords(address: string): Promise<void> {
    await this.#pool.ask(address, { code: exportPopRecords.code, fields: [] }, exportTimeoutMs);
  }

  /** Writes settings that the broker has in RocksDB into its files of JSON; without any there, nothing. */
  async exportRocksdbConfig(address: string, configs: readonly RocksdbConfig[]): Promise<void> {
    await this.#pool.ask(
      address,
      {
        code: exportRocksdbConfig.code,
        fields: exportRocksdbConfig.encode({
          configType: configs.map((config) => `${config};`).join(""),
        }),
      },
      exportTimeoutMs,
    );
  }

  /** Makes a broker compare its queues in RocksDB with those in files; an empty topic means all. */
  async checkRocksdbQueues(address: string, topic: string, fromMs: number): Promise<QueueCheck> {
    const reply = await this.#pool.ask(address, {
      code: checkRocksdbQueues.code,
      fields: checkRocksdbQueues.encode({ topic, checkStoreTime: fromMs }),
    });
    return decodeQueueCheck(reply.source, reply.bodyStart, reply.bodyEnd);
  }
}
