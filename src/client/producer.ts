/**
 * Sends messages. A send that fails on one broker's queue is tried on another, as RocketMQ's producers do; one that
 * timed out is not, since it may have been stored.
 */
import { type Compression, deflate } from "../core/compress.ts";
import type { Environment } from "../io/environment.ts";
import type { Command } from "../protocol/remoting/command.ts";
import { sendBatchMessage, sendMessageV2 } from "../protocol/remoting/requests/send.ts";
import { responseCode } from "../protocol/remoting/response-code.ts";
import { encodeBatch } from "../record/batch.ts";
import { sysFlag } from "../record/layout.ts";
import { formatProperties, propertyNames } from "../record/properties.ts";
import type { ClientRequest } from "./connection.ts";
import { type ConnectionPool, refusal } from "./connection-pool.ts";
import { ClientError } from "./errors.ts";
import type { Message, MessageQueue } from "./message.ts";
import type { RouteCache } from "./route-cache.ts";
import { createUniqueKeys } from "./unique-key.ts";

export type SendStatus =
  | "SEND_OK"
  | "FLUSH_DISK_TIMEOUT"
  | "FLUSH_SLAVE_TIMEOUT"
  | "SLAVE_NOT_AVAILABLE";

export interface SendResult {
  readonly status: SendStatus;
  /** The producer's id. */
  readonly uniqueKey: string;
  /** The broker's id; those of a batch joined by commas. */
  readonly offsetMessageId: string;
  readonly queue: MessageQueue;
  /** Of the first message of a batch. */
  readonly queueOffset: number;
}

export interface SendOptions {
  readonly queue?: MessageQueue | undefined;
  readonly timeoutMs?: number | undefined;
  /** Tries on other queues after a failure that stored nothing; 2 as RocketMQ's, 0 with a fixed queue. */
  readonly retries?: number | undefined;
}

const statuses = new Map<number, SendStatus>([
  [responseCode.success, "SEND_OK"],
  [responseCode.flushDiskTimeout, "FLUSH_DISK_TIMEOUT"],
  [responseCode.slaveNotAvailable, "SLAVE_NOT_AVAILABLE"],
  [responseCode.flushSlaveTimeout, "FLUSH_SLAVE_TIMEOUT"],
]);

/** Codes after which nothing was stored and another broker may do better (RocketMQ `DefaultMQProducer`). */
const retriableCodes: ReadonlySet<number> = new Set([
  responseCode.topicNotExist,
  responseCode.serviceNotAvailable,
  responseCode.systemError,
  responseCode.systemBusy,
  responseCode.noPermission,
]);

/** How many queues a broker makes for a topic that it creates by itself. */
const defaultTopicQueueNums = 4;

export interface ProducerOptions {
  readonly environment: Environment;
  readonly pool: ConnectionPool;
  readonly routes: RouteCache;
  readonly group: string;
  readonly timeoutMs: number;
}

export class Producer {
  readonly #options: ProducerOptions;
  readonly #nextUniqueKey: () => string;
  #turn = 0;

  constructor(options: ProducerOptions) {
    this.#options = options;
    this.#nextUniqueKey = createUniqueKeys(options.environment.clock, options.environment.random);
  }

  /** The queues of a topic that can be written. Throws ClientError `no_route`. */
  queues(topic: string): Promise<readonly MessageQueue[]> {
    return this.#options.routes.writeQueues(topic);
  }

  /**
   * Sends one message; resolves when the broker said that it is stored. One that has a unique key among its properties
   * keeps it. Throws ClientError.
   */
  async send(message: Message, options: SendOptions = {}): Promise<SendResult> {
    const uniqueKey = message.properties?.get(propertyNames.uniqueKey) ?? this.#nextUniqueKey();
    const properties = propertiesOf(message, uniqueKey);
    const body = packedBody(message);
    return await this.#sendSomewhere(message.topic, uniqueKey, options, (queue) =>
      this.#request(sendMessageV2.code, message, queue, properties, body),
    );
  }

  /** Sends several messages of one topic to one queue in one request. */
  async sendBatch(messages: readonly Message[], options: SendOptions = {}): Promise<SendResult> {
    const [first] = messages;
    if (first === undefined) {
      throw new ClientError("refused", "a batch holds at least one message");
    }
    const body = encodeBatch(
      messages.map((message) => ({
        flag: message.flag ?? 0,
        body: message.body,
        properties: propertiesOf(message, this.#nextUniqueKey()),
      })),
    );
    const uniqueKey = this.#nextUniqueKey();
    const outer = formatProperties([[propertyNames.uniqueKey, uniqueKey]]);
    return await this.#sendSomewhere(first.topic, uniqueKey, options, (queue) =>
      this.#request(sendBatchMessage.code, first, queue, outer, body),
    );
  }

  /** Sends without waiting for an answer: resolves when the bytes are on their way. */
  async sendOneway(message: Message, options: SendOptions = {}): Promise<void> {
    const queue = options.queue ?? (await this.#chooseQueue(message.topic, undefined));
    const address = await this.#options.routes.brokerAddress(message.topic, queue.brokerName);
    const uniqueKey = message.properties?.get(propertyNames.uniqueKey);
    const properties = propertiesOf(message, uniqueKey ?? this.#nextUniqueKey());
    const body = packedBody(message);
    const request = this.#request(sendMessageV2.code, message, queue, properties, body);
    await this.#options.pool.tell(address, request);
  }

  async #sendSomewhere(
    topic: string,
    uniqueKey: string,
    options: SendOptions,
    build: (queue: MessageQueue) => ClientRequest,
  ): Promise<SendResult> {
    let triesLeft = options.queue === undefined ? (options.retries ?? 2) : 0;
    let failedBroker: string | undefined;
    for (;;) {
      const queue = options.queue ?? (await this.#chooseQueue(topic, failedBroker));
      try {
        return await this.#sendTo(queue, uniqueKey, build(queue), options.timeoutMs);
      } catch (error) {
        if (triesLeft-- <= 0 || !isRetriable(error)) {
          throw error;
        }
        failedBroker = queue.brokerName;
        this.#options.routes.forget(topic);
      }
    }
  }

  async #sendTo(
    queue: MessageQueue,
    uniqueKey: string,
    request: ClientRequest,
    timeoutMs: number | undefined,
  ): Promise<SendResult> {
    const { pool, routes } = this.#options;
    const address = await routes.brokerAddress(queue.topic, queue.brokerName);
    const reply = await pool.invoke(address, request, timeoutMs ?? this.#options.timeoutMs);
    return resultOf(address, reply, queue, uniqueKey);
  }

  /** Queues in turn, avoiding the broker that just failed while there is another. */
  async #chooseQueue(topic: string, avoided: string | undefined): Promise<MessageQueue> {
    const all = await this.#options.routes.writeQueues(topic);
    const others = all.filter(({ brokerName }) => brokerName !== avoided);
    const queues = others.length > 0 ? others : all;
    const queue = queues[this.#turn++ % Math.max(1, queues.length)];
    if (queue === undefined) {
      throw new ClientError("no_route", `topic '${topic}' has no queue that can be written`);
    }
    return queue;
  }

  #request(
    code: number,
    message: Message,
    queue: MessageQueue,
    properties: string,
    body: Buffer,
  ): ClientRequest {
    const fields = sendMessageV2.encode({
      producerGroup: this.#options.group,
      topic: message.topic,
      defaultTopic: "TBW102",
      defaultTopicQueueNums,
      queueId: queue.queueId,
      sysFlag: code === sendBatchMessage.code ? 0 : compressionFlags(message),
      bornTimestamp: String(Math.floor(this.#options.environment.clock.nowMs())),
      flag: message.flag ?? 0,
      properties,
      reconsumeTimes: 0,
      unitMode: false,
      batch: code === sendBatchMessage.code,
      brokerName: queue.brokerName,
    });
    return { code, fields, body };
  }
}

const kinds: Readonly<Record<Compression, number>> = {
  zlib: sysFlag.compressionZlib,
  zstd: sysFlag.compressionZstd,
  lz4: sysFlag.compressionLz4,
};

function compressionFlags({ compression }: Message): number {
  return compression === undefined ? 0 : sysFlag.compressed | kinds[compression];
}

function packedBody({ body, compression }: Message): Buffer {
  return compression === undefined ? body : deflate(body, compression);
}

function isRetriable(error: unknown): boolean {
  return (
    error instanceof ClientError &&
    (error.kind === "unreachable" ||
      (error.kind === "refused" && retriableCodes.has(error.code ?? -1)))
  );
}

function resultOf(
  address: string,
  reply: Command,
  queue: MessageQueue,
  uniqueKey: string,
): SendResult {
  const status = statuses.get(reply.code);
  if (status === undefined) {
    throw refusal(address, reply);
  }
  const { msgId, queueId, queueOffset } = sendMessageV2.decodeReply(reply.fields);
  return {
    status,
    uniqueKey,
    offsetMessageId: msgId,
    queue: { ...queue, queueId },
    queueOffset,
  };
}

/** Property text of a message. Throws ClientError when a name or value holds a separator. */
function propertiesOf(message: Message, uniqueKey: string): string {
  const pairs = new Map(message.properties ?? []);
  pairs.set(propertyNames.uniqueKey, uniqueKey);
  if (!pairs.has(propertyNames.wait)) {
    pairs.set(propertyNames.wait, "true");
  }
  if (message.tag !== undefined) {
    pairs.set(propertyNames.tags, message.tag);
  }
  if (message.keys !== undefined && message.keys.length > 0) {
    pairs.set(propertyNames.keys, message.keys.join(" "));
  }
  for (const [name, value] of pairs) {
    if ((name + value).includes("\u0001") || (name + value).includes("\u0002")) {
      throw new ClientError(
        "refused",
        `property '${name}' holds a character that separates properties`,
      );
    }
  }
  return formatProperties(pairs);
}
