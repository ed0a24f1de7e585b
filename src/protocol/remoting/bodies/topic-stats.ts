/** First and next offset of each queue of a topic (202). */
import { encodeJson } from "../json.ts";
import { asObject, integer, objectOf, pairs, parseObject } from "../json-members.ts";
import { type QueueName, readQueueTable, writeQueueTable } from "./message-queue.ts";

export interface QueueStats {
  readonly minOffset: number;
  readonly maxOffset: number;
  /** Store time of the newest message, 0 without one. */
  readonly lastUpdateTimestamp: number;
}

export type TopicStats = readonly (readonly [QueueName, QueueStats])[];

/** `putRate`: messages a second that were stored in the topic lately. */
export function encodeTopicStats(rows: TopicStats, putRate = 0): Buffer {
  return encodeJson(
    objectOf([
      [
        "offsetTable",
        writeQueueTable(rows, (stats) =>
          objectOf([
            ["lastUpdateTimestamp", stats.lastUpdateTimestamp],
            ["maxOffset", stats.maxOffset],
            ["minOffset", stats.minOffset],
          ]),
        ),
      ],
      ["topicPutTps", putRate],
    ]),
  );
}

export function decodeTopicStats(source: Buffer, start: number, end: number): TopicStats {
  return readQueueTable(pairs(parseObject(source, start, end), "offsetTable"), (value) => {
    const object = asObject(value, "stats of a queue");
    return {
      minOffset: integer(object, "minOffset"),
      maxOffset: integer(object, "maxOffset"),
      lastUpdateTimestamp: integer(object, "lastUpdateTimestamp", 0),
    };
  });
}
