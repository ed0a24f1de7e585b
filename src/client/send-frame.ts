/**
 * A send request encoded once and sent many times: only its opaque and the unique keys of its messages change. What a
 * measuring client does for each message must cost less than what it measures.
 */
import { encodeCommand, serializeBinary } from "../protocol/remoting/command.ts";
import { sendBatchMessage, sendMessageV2 } from "../protocol/remoting/requests/send.ts";
import { encodeBatch } from "../record/batch.ts";
import { formatProperties, propertyNames } from "../record/properties.ts";
import type { MessageQueue } from "./message.ts";

/** Length word, serialize type and header length, code, language and version stand before it. */
const opaqueAt = 13;
const keyPrefixDigits = 20;
const lowDigits = 4;
const highDigits = 8;
/** Numbers that share their upper digits. */
const numbersPerHigh = 0x10000;
const digits = Buffer.from("0123456789ABCDEF");

export interface SendFrameOptions {
  readonly queue: MessageQueue;
  readonly producerGroup: string;
  readonly bodyBytes: number;
  /** Messages in the request; above 1 it is a batch. */
  readonly batch: number;
  readonly nowMs: number;
  /** 20 upper-case hexadecimal digits with which the unique keys begin. */
  readonly keyPrefix: string;
}

export class SendFrame {
  readonly queue: MessageQueue;
  /** The whole frame, its length word included. */
  readonly bytes: Buffer;
  /** Where the 12 digits that count begin, a place for each message. */
  readonly #countersAt: Int32Array;
  #high = -1;

  constructor(options: SendFrameOptions) {
    this.queue = options.queue;
    this.bytes = encodeSend(options);
    this.#countersAt = Int32Array.from(
      placesOf(this.bytes, Buffer.from(options.keyPrefix)),
      (at) => at + keyPrefixDigits,
    );
  }

  get messageCount(): number {
    return this.#countersAt.length;
  }

  /**
   * Makes it the next request; its messages take the numbers from `counter` on. They must not cross a multiple of
   * 65,536: then the upper digits, which rarely change, are the same for all.
   */
  stamp(opaque: number, counter: number): void {
    const { bytes } = this;
    bytes.writeInt32BE(opaque, opaqueAt);
    const places = this.#countersAt;
    const high = Math.floor(counter / numbersPerHigh);
    for (let index = 0; index < places.length; index++) {
      const at = places[index] as number;
      writeDigits(bytes, at + highDigits, (counter + index) & 0xffff, lowDigits);
      if (high !== this.#high) {
        writeDigits(bytes, at, high, highDigits);
      }
    }
    this.#high = high;
  }
}

/** Numbers for a request's messages: the next ones that do not cross a multiple of 65,536. */
export function alignedCounter(counter: number, batch: number): number {
  const left = numbersPerHigh - (counter % numbersPerHigh);
  return batch <= left ? counter : counter + left;
}

function encodeSend(options: SendFrameOptions): Buffer {
  const { queue, batch } = options;
  const body = Buffer.alloc(options.bodyBytes, "x");
  const properties = formatProperties([
    [propertyNames.uniqueKey, options.keyPrefix + "0".repeat(highDigits + lowDigits)],
    [propertyNames.wait, "true"],
  ]);
  const isBatch = batch > 1;
  const fields = sendMessageV2.encode({
    producerGroup: options.producerGroup,
    topic: queue.topic,
    defaultTopic: "TBW102",
    defaultTopicQueueNums: 4,
    queueId: queue.queueId,
    sysFlag: 0,
    bornTimestamp: String(Math.floor(options.nowMs)),
    flag: 0,
    properties: isBatch ? formatProperties([[propertyNames.wait, "true"]]) : properties,
    reconsumeTimes: 0,
    unitMode: false,
    batch: isBatch,
    brokerName: queue.brokerName,
  });
  return encodeCommand({
    code: isBatch ? sendBatchMessage.code : sendMessageV2.code,
    opaque: 0,
    flag: 0,
    fields,
    serializeType: serializeBinary,
    body: isBatch
      ? encodeBatch(Array.from({ length: batch }, () => ({ flag: 0, body, properties })))
      : body,
  });
}

function placesOf(source: Buffer, wanted: Buffer): number[] {
  const places: number[] = [];
  for (let at = source.indexOf(wanted); at >= 0; at = source.indexOf(wanted, at + 1)) {
    places.push(at);
  }
  return places;
}

/** Upper-case hexadecimal, the most significant digit first. */
function writeDigits(target: Buffer, at: number, value: number, count: number): void {
  let rest = value;
  for (let index = count - 1; index >= 0; index--) {
    target[at + index] = digits[rest & 0xf] as number;
    rest = Math.floor(rest / 16);
  }
}
