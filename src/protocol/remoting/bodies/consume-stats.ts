/** How far a group has come in each queue (208). */
import { encodeJson, type JsonObject } from "../json.ts";
import { asObject, decimal, integer, objectOf, pairs, parseObject } from "../json-members.ts";
import { type QueueName, readQueueTable, writeQueueTable } from "./message-queue.ts";

export interface ConsumeProgress {
  /** The queue's next offset. */
  readonly brokerOffset: number;
  /** Where the group will go on. */
  readonly consumerOffset: number;
  /** Where the group last pulled. */
  readonly pullOffset: number;
  /** Store time of the last consumed message, 0 without one. */
  readonly lastTimestamp: number;
}

export interface ConsumeStats {
  readonly consumeTps: number;
  readonly queues: readonly (readonly [QueueName, ConsumeProgress])[];
}

export function encodeConsumeStats(stats: ConsumeStats): Buffer {
  return encodeJson(writeConsumeStats(stats));
}

export function decodeConsumeStats(source: Buffer, start: number, end: number): ConsumeStats {
  return readConsumeStats(parseObject(source, start, end));
}

/** Also an entry of all groups' progress (bodies/broker-consume-stats.ts). */
export function writeConsumeStats(stats: ConsumeStats): JsonObject {
  return objectOf([
    ["consumeTps", stats.consumeTps],
    [
      "offsetTable",
      writeQueueTable(stats.queues, (progress) =>
        objectOf([
          ["brokerOffset", progress.brokerOffset],
          ["consumerOffset", progress.consumerOffset],
          ["lastTimestamp", progress.lastTimestamp],
          ["pullOffset", progress.pullOffset],
        ]),
      ),
    ],
  ]);
}

export function readConsumeStats(object: JsonObject): ConsumeStats {
  return {
    consumeTps: decimal(object, "consumeTps", 0),
    queues: readQueueTable(pairs(object, "offsetTable"), (value) => {
      const row = asObject(value, "progress of a queue");
      return {
        brokerOffset: integer(row, "brokerOffset"),
        consumerOffset: integer(row, "consumerOffset"),
        pullOffset: integer(row, "pullOffset", 0),
        lastTimestamp: integer(row, "lastTimestamp", 0),
      };
    }),
  };
}
