/** Reads queues at offsets of the caller's choice, and keeps consumer offsets of groups. */
import type { Command } from "../protocol/remoting/command.ts";
import {
  getMaxOffset,
  getMinOffset,
  queryConsumerOffset,
  searchOffsetByTimestamp,
  updateConsumerOffset,
} from "../protocol/remoting/requests/offset.ts";
import { pullFlag, pullMessage } from "../protocol/remoting/requests/pull.ts";
import { responseCode } from "../protocol/remoting/response-code.ts";
import type { ClientRequest } from "./connection.ts";
import { type ConnectionPool, refusal } from "./connection-pool.ts";
import { decodeMessages } from "./decode-messages.ts";
import { ClientError } from "./errors.ts";
import type { MessageQueue, ReceivedMessage } from "./message.ts";
import type { RouteCache } from "./route-cache.ts";

export interface PullOptions {
  /** Group in whose name is read; the broker must know or make it. */
  readonly group: string;
  readonly queue: MessageQueue;
  readonly offset: number;
  readonly countMax?: number | undefined;
  /** Tags joined by `||`; `*` (the default) takes all. The broker filters. */
  readonly expression?: string | undefined;
  /** Instead of tags: a condition over properties in RocketMQ's SQL92. Brokers without it refuse. */
  readonly sql?: string | undefined;
  /** How long the broker may hold the request while there is nothing; 0 answers at once. */
  readonly holdMs?: number | undefined;
}

export type PullResult =
  | {
      readonly kind: "found";
      readonly nextOffset: number;
      readonly minOffset: number;
      readonly maxOffset: number;
      readonly messages: readonly ReceivedMessage[];
    }
  | {
      /** Nothing new yet; only other tags; or an offset outside the queue. */
      readonly kind: "caught_up" | "nothing_matched" | "offset_moved";
      readonly nextOffset: number;
      readonly minOffset: number;
      readonly maxOffset: number;
    };

/** A group that every broker has: RocketMQ's own tools read in its name. */
const toolsGroup = "TOOLS_CONSUMER";

/** RocketMQ looks at what it holds every 5 s: an answer may be so much later than asked. */
const heldLongerMs = 5_000;

const emptyKinds = new Map<number, "caught_up" | "nothing_matched" | "offset_moved">([
  [responseCode.pullNotFound, "caught_up"],
  [responseCode.pullRetryImmediately, "nothing_matched"],
  [responseCode.pullOffsetMoved, "offset_moved"],
]);

export class PullConsumer {
  readonly #pool: ConnectionPool;
  readonly #routes: RouteCache;
  readonly #timeoutMs: number;

  constructor(pool: ConnectionPool, routes: RouteCache, timeoutMs: number) {
    this.#pool = pool;
    this.#routes = routes;
    this.#timeoutMs = timeoutMs;
  }

  /** The queues of a topic that can be read. Throws ClientError `no_route`. */
  queues(topic: string): Promise<readonly MessageQueue[]> {
    return this.#routes.readQueues(topic);
  }

  /** Reads from one queue. Throws ClientError. */
  async pull(options: PullOptions): Promise<PullResult> {
    const { queue, holdMs = 0 } = options;
    const fields = pullMessage.encode({
      consumerGroup: options.group,
      topic: queue.topic,
      queueId: queue.queueId,
      queueOffset: options.offset,
      maxMsgNums: options.countMax ?? 32,
      sysFlag: pullFlag.subscription | (holdMs > 0 ? pullFlag.suspend : 0),
      commitOffset: 0,
      suspendTimeoutMillis: holdMs,
      subscription: options.sql ?? options.expression ?? "*",
      subVersion: "0",
      expressionType: options.sql === undefined ? "TAG" : "SQL92",
      brokerName: queue.brokerName,
    });
    const address = await this.#address(queue);
    const request = { code: pullMessage.code, fields };
    const timeoutMs = this.#timeoutMs + (holdMs > 0 ? holdMs + heldLongerMs : 0);
    try {
      const reply = await this.#pool.invoke(address, request, timeoutMs);
      return pullResult(address, reply, queue.brokerName);
    } catch (error) {
      if (error instanceof ClientError && error.kind === "unreachable") {
        // Who asks again asks where the broker is now.
        this.#routes.forget(queue.topic);
      }
      throw error;
    }
  }

  async minOffset(queue: MessageQueue): Promise<number> {
    const { topic, queueId } = queue;
    const reply = await this.#ask(queue, {
      code: getMinOffset.code,
      fields: getMinOffset.encode({ topic, queueId }),
    });
    // A queue that never held a message has −1 on RocketMQ.
    return Math.max(0, getMinOffset.decodeReply(reply.fields).offset);
  }

  /** The next offset to be written. */
  async maxOffset(queue: MessageQueue): Promise<number> {
    const { topic, queueId } = queue;
    const reply = await this.#ask(queue, {
      code: getMaxOffset.code,
      fields: getMaxOffset.encode({ topic, queueId }),
    });
    return getMaxOffset.decodeReply(reply.fields).offset;
  }

  /**
   * The first offset stored at or after the time; the queue's end when there is none. RocketMQ 4 names the last message
   * then, so that one is looked at.
   */
  async offsetAtTime(queue: MessageQueue, timeMs: number): Promise<number> {
    const { topic, queueId } = queue;
    const reply = await this.#ask(queue, {
      code: searchOffsetByTimestamp.code,
      fields: searchOffsetByTimestamp.encode({
        topic,
        queueId,
        timestamp: timeMs,
        boundaryType: "LOWER",
      }),
    });
    const { offset } = searchOffsetByTimestamp.decodeReply(reply.fields);
    const maxOffset = await this.maxOffset(queue);
    if (offset !== maxOffset - 1) {
      return offset;
    }
    const last = await this.pull({ group: toolsGroup, queue, offset, countMax: 1 });
    const isBefore =
      last.kind === "found" && (last.messages[0]?.storeTimestampMs ?? timeMs) < timeMs;
    return isBefore ? maxOffset : offset;
  }

  /** Where the group stands in the queue, undefined when it never committed there. */
  async committedOffset(group: string, queue: MessageQueue): Promise<number | undefined> {
    const { topic, queueId } = queue;
    const address = await this.#address(queue);
    const reply = await this.#pool.invoke(address, {
      code: queryConsumerOffset.code,
      fields: queryConsumerOffset.encode({
        consumerGroup: group,
        topic,
        queueId,
        setZeroIfNotFound: false,
      }),
    });
    if (reply.code === responseCode.queryNotFound) {
      return undefined;
    }
    if (reply.code !== responseCode.success) {
      throw refusal(address, reply);
    }
    return queryConsumerOffset.decodeReply(reply.fields).offset;
  }

  /** Moves the group in the queue; resolves when the broker keeps it. */
  async commitOffset(group: string, queue: MessageQueue, offset: number): Promise<void> {
    const { topic, queueId } = queue;
    await this.#ask(queue, {
      code: updateConsumerOffset.code,
      fields: updateConsumerOffset.encode({
        consumerGroup: group,
        topic,
        queueId,
        commitOffset: offset,
      }),
    });
  }

  async #ask(queue: MessageQueue, request: ClientRequest): Promise<Command> {
    return await this.#pool.ask(await this.#address(queue), request);
  }

  #address(queue: MessageQueue): Promise<string> {
    return this.#routes.brokerAddress(queue.topic, queue.brokerName);
  }
}

function pullResult(address: string, reply: Command, brokerName: string): PullResult {
  if (reply.code !== responseCode.success && !emptyKinds.has(reply.code)) {
    throw refusal(address, reply);
  }
  const { nextBeginOffset, minOffset, maxOffset } = pullMessage.decodeReply(reply.fields);
  const offsets = { nextOffset: nextBeginOffset, minOffset, maxOffset };
  const emptyKind = emptyKinds.get(reply.code);
  if (emptyKind !== undefined) {
    return { kind: emptyKind, ...offsets };
  }
  const messages = decodeMessages(reply.source, reply.bodyStart, reply.bodyEnd, brokerName);
  if (messages.length === 0) {
    throw new ClientError("bad_reply", `${address} found messages and sent none`);
  }
  return { kind: "found", ...offsets, messages };
}
