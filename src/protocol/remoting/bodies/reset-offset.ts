/** Queues and the offsets they are set to: reply of 222, body of 220. Compact, because Go's client splits the text. */
import { encodeJson } from "../json.ts";
import { asInteger, objectOf, pairs, parseObject } from "../json-members.ts";
import { type QueueName, readQueueTable, writeQueueTable } from "./message-queue.ts";

export type ResetOffsets = readonly (readonly [QueueName, number])[];

export function encodeResetOffsets(rows: ResetOffsets): Buffer {
  return encodeJson(objectOf([["offsetTable", writeQueueTable(rows, (offset) => offset)]]));
}

export function decodeResetOffsets(source: Buffer, start: number, end: number): ResetOffsets {
  return readQueueTable(pairs(parseObject(source, start, end), "offsetTable"), (value) =>
    asInteger(value, "an offset"),
  );
}
