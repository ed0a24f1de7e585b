/**
 * Finds messages again: by a key of theirs, by their producer's unique key, by their place in a broker's log. Over the
 * public requests 12 and 33, so of RocketMQ's brokers as well; those compare hashes of keys, so keys are compared here.
 */
import { int64Max } from "../protocol/remoting/define.ts";
import { queryMessage, viewMessageById } from "../protocol/remoting/requests/query.ts";
import { responseCode } from "../protocol/remoting/response-code.ts";
import { parseOffsetMessageId } from "../record/message-id.ts";
import { type ConnectionPool, refusal } from "./connection-pool.ts";
import { decodeMessages } from "./decode-messages.ts";
import { ClientError } from "./errors.ts";
import type { ReceivedMessage } from "./message.ts";
import type { RouteCache } from "./route-cache.ts";

export interface KeyQuery {
  /** Store time of the earliest and latest message wanted, in milliseconds, both included. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Messages asked of each broker and returned: 32 unless told; a broker may have a lower limit (RocketMQ: 64). */
  readonly countMax?: number;
  /** Leaves messages in the order in which the brokers told them. */
  readonly keepsOrder?: boolean;
}

const countMaxDefault = 32;
/** What a broker answers with code 1 when no record begins at the offset. */
const nothingThere = /can not find message by the offset/;

export class MessageFinder {
  readonly #pool: ConnectionPool;
  readonly #routes: RouteCache;

  constructor(pool: ConnectionPool, routes: RouteCache) {
    this.#pool = pool;
    this.#routes = routes;
  }

  /** Messages of a topic that have the key among their keys, newest first unless told otherwise. Throws ClientError. */
  queryByKey(
    topic: string,
    key: string,
    query: KeyQuery = {},
  ): Promise<readonly ReceivedMessage[]> {
    return this.#query(topic, key, query, false);
  }

  /** Messages of a topic with the producer's id, newest first; more than one when a send was repeated. Throws ClientError. */
  queryByUniqueKey(
    topic: string,
    uniqueKey: string,
    query: KeyQuery = {},
  ): Promise<readonly ReceivedMessage[]> {
    return this.#query(topic, uniqueKey, query, true);
  }

  /**
   * The message that an offset message id names, undefined when its broker has none there any more. Throws DecodeError
   * for a text that is no such id, ClientError when its broker cannot be asked.
   */
  async viewMessage(messageId: string): Promise<ReceivedMessage | undefined> {
    const { storeHost, physicalOffset } = parseOffsetMessageId(messageId);
    const isLongAddress = storeHost.host.includes(":");
    const host = isLongAddress ? `[${storeHost.host}]` : storeHost.host;
    const address = `${host}:${storeHost.port}`;
    const reply = await this.#pool.invoke(address, {
      code: viewMessageById.code,
      fields: viewMessageById.encode({ offset: physicalOffset }),
    });
    if (reply.code === responseCode.systemError && nothingThere.test(reply.remark ?? "")) {
      return undefined;
    }
    if (reply.code !== responseCode.success) {
      throw refusal(address, reply);
    }
    const brokerName = await this.#brokerNameAt(address);
    return decodeMessages(reply.source, reply.bodyStart, reply.bodyEnd, brokerName)[0];
  }

  async #query(
    topic: string,
    key: string,
    query: KeyQuery,
    isUniqueKey: boolean,
  ): Promise<readonly ReceivedMessage[]> {
    const countMax = query.countMax ?? countMaxDefault;
    const { brokers } = await this.#routes.route(topic);
    const fields = queryMessage.encode({
      topic,
      key,
      maxNum: countMax,
      beginTimestamp: query.fromMs ?? 0,
      endTimestamp: query.toMs ?? int64Max,
      isUniqueKey,
      indexType: isUniqueKey ? "U" : "K",
    });
    const found = await Promise.all(
      brokers.map(({ brokerName, addresses }) =>
        this.#queryBroker(brokerName, addresses.get(0) ?? addresses.values().next().value, fields),
      ),
    );
    const matching = found
      .flat()
      .filter((message) => message.topic === topic && hasKey(message, key, isUniqueKey));
    if (query.keepsOrder !== true) {
      matching.sort((left, right) => right.storeTimestampMs - left.storeTimestampMs);
    }
    return matching.slice(0, countMax);
  }

  async #queryBroker(
    brokerName: string,
    address: string | undefined,
    fields: Iterable<readonly [string, string]>,
  ): Promise<readonly ReceivedMessage[]> {
    if (address === undefined) {
      throw new ClientError("no_route", `broker '${brokerName}' has no address`);
    }
    const reply = await this.#pool.invoke(address, { code: queryMessage.code, fields });
    if (reply.code === responseCode.queryNotFound) {
      return [];
    }
    if (reply.code !== responseCode.success) {
      throw refusal(address, reply);
    }
    return decodeMessages(reply.source, reply.bodyStart, reply.bodyEnd, brokerName);
  }

  /** An id names an address; the nameserver knows whose it is. */
  async #brokerNameAt(address: string): Promise<string> {
    const { brokers } = await this.#routes.cluster();
    const broker = brokers.find(({ addresses }) => [...addresses.values()].includes(address));
    return broker?.brokerName ?? address;
  }
}

function hasKey(message: ReceivedMessage, key: string, isUniqueKey: boolean): boolean {
  return isUniqueKey ? message.uniqueKey === key : message.keys.includes(key);
}
