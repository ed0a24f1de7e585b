/** What nameservers keep besides routes: their settings, their table of values, and who may write to brokers. */
import { decodeTextTable } from "../../protocol/remoting/bodies/text-table.ts";
import {
  decodePropertiesText,
  encodePropertiesText,
} from "../../protocol/remoting/properties-text.ts";
import {
  addWritePerm,
  deleteKvConfig,
  getKvConfig,
  getKvList,
  getNameserverConfig,
  putKvConfig,
  updateNameserverConfig,
  wipeWritePerm,
} from "../../protocol/remoting/requests/nameserver.ts";
import { responseCode } from "../../protocol/remoting/response-code.ts";
import { type ConnectionPool, mustSucceed } from "../connection-pool.ts";

export interface TableKey {
  readonly namespace: string;
  readonly key: string;
}

/** Where the order of topics is set: each value is `broker:queues`, several separated by semicolons. */
export const orderNamespace = "ORDER_TOPIC_CONFIG";

export class NameserverAdmin {
  readonly #pool: ConnectionPool;

  constructor(pool: ConnectionPool) {
    this.#pool = pool;
  }

  /** A value of one nameserver's table, undefined when it has none. */
  async value(nameserver: string, { namespace, key }: TableKey): Promise<string | undefined> {
    const reply = await this.#pool.invoke(nameserver, {
      code: getKvConfig.code,
      fields: getKvConfig.encode({ namespace, key }),
    });
    if (reply.code === responseCode.queryNotFound) {
      return undefined;
    }
    mustSucceed(nameserver, reply);
    return getKvConfig.decodeReply(reply.fields).value;
  }

  /** All values of a namespace by key, none when it is not there. */
  async values(nameserver: string, namespace: string): Promise<ReadonlyMap<string, string>> {
    const reply = await this.#pool.invoke(nameserver, {
      code: getKvList.code,
      fields: getKvList.encode({ namespace }),
    });
    if (reply.code === responseCode.queryNotFound) {
      return new Map();
    }
    mustSucceed(nameserver, reply);
    return decodeTextTable(reply.source, reply.bodyStart, reply.bodyEnd);
  }

  async setValue(nameserver: string, entry: TableKey & { readonly value: string }): Promise<void> {
    await this.#pool.ask(nameserver, {
      code: putKvConfig.code,
      fields: putKvConfig.encode(entry),
    });
  }

  async deleteValue(nameserver: string, entry: TableKey): Promise<void> {
    await this.#pool.ask(nameserver, {
      code: deleteKvConfig.code,
      fields: deleteKvConfig.encode(entry),
    });
  }

  /** Settings by name, in the order in which the nameserver tells them. */
  async config(nameserver: string): Promise<ReadonlyMap<string, string>> {
    const reply = await this.#pool.ask(nameserver, { code: getNameserverConfig.code, fields: [] });
    return decodePropertiesText(reply.source, reply.bodyStart, reply.bodyEnd);
  }

  async setConfig(nameserver: string, settings: ReadonlyMap<string, string>): Promise<void> {
    await this.#pool.ask(nameserver, {
      code: updateNameserverConfig.code,
      fields: [],
      body: encodePropertiesText(settings),
    });
  }

  /** No producer is sent to the broker any more. Resolves with the number of topics that it serves. */
  async wipeWritePerm(nameserver: string, brokerName: string): Promise<number> {
    const reply = await this.#pool.ask(nameserver, {
      code: wipeWritePerm.code,
      fields: wipeWritePerm.encode({ brokerName }),
    });
    return wipeWritePerm.decodeReply(reply.fields).topicCount;
  }

  /** Undoes `wipeWritePerm`. */
  async addWritePerm(nameserver: string, brokerName: string): Promise<number> {
    const reply = await this.#pool.ask(nameserver, {
      code: addWritePerm.code,
      fields: addWritePerm.encode({ brokerName }),
    });
    return addWritePerm.decodeReply(reply.fields).topicCount;
  }
}
