/** What times a group's queues span (303). */
import { encodeJson, type JsonObject, type JsonValue } from "../json.ts";
import { asObject, integer, list, objectOf, parseObject } from "../json-members.ts";
import { type QueueName, readQueueName, writeQueueName } from "./message-queue.ts";

export interface ConsumeTimeSpan {
  readonly queue: QueueName;
  /** Store times of the first and last message, 0 without one. */
  readonly minTimestamp: number;
  readonly maxTimestamp: number;
  /** Store time of the message that the group consumed last. */
  readonly consumeTimestamp: number;
  /** How old the oldest message is that the group has not consumed, in milliseconds; 0 when it has all. */
  readonly delayMs: number;
}

export function encodeConsumeTimeSpans(spans: readonly ConsumeTimeSpan[]): Buffer {
  return encodeJson(objectOf([["consumeTimeSpanSet", spans.map(writeSpan)]]));
}

export function decodeConsumeTimeSpans(
  source: Buffer,
  start: number,
  end: number,
): readonly ConsumeTimeSpan[] {
  return list(parseObject(source, start, end), "consumeTimeSpanSet").map(readSpan);
}

function writeSpan(span: ConsumeTimeSpan): JsonObject {
  return objectOf([
    ["consumeTimeStamp", span.consumeTimestamp],
    ["delayTime", span.delayMs],
    ["maxTimeStamp", span.maxTimestamp],
    ["messageQueue", writeQueueName(span.queue)],
    ["minTimeStamp", span.minTimestamp],
  ]);
}

function readSpan(value: JsonValue): ConsumeTimeSpan {
  const object = asObject(value, "a time span");
  return {
    queue: readQueueName(object.get("messageQueue") ?? null),
    minTimestamp: integer(object, "minTimeStamp", 0),
    maxTimestamp: integer(object, "maxTimeStamp", 0),
    consumeTimestamp: integer(object, "consumeTimeStamp", 0),
    delayMs: integer(object, "delayTime", 0),
  };
}
