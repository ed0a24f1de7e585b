/** A message queue as a body names it: `{"brokerName":"b","queueId":0,"topic":"t"}`, also as a key of maps. */
import { DecodeError } from "../../../core/error.ts";
import type { JsonObject, JsonPairs, JsonValue } from "../json.ts";
import { asObject, integer, objectOf, text } from "../json-members.ts";

export interface QueueName {
  readonly brokerName: string;
  readonly queueId: number;
  readonly topic: string;
}

export function readQueueName(value: JsonValue): QueueName {
  const object = asObject(value, "a message queue");
  return {
    brokerName: text(object, "brokerName"),
    queueId: integer(object, "queueId"),
    topic: text(object, "topic"),
  };
}

export function writeQueueName(queue: QueueName): JsonObject {
  return objectOf([
    ["brokerName", queue.brokerName],
    ["queueId", queue.queueId],
    ["topic", queue.topic],
  ]);
}

/** Reads a map with queues as keys; a queue that is there twice is refused. */
export function readQueueTable<V>(
  entries: JsonPairs["entries"],
  read: (value: JsonValue) => V,
): readonly (readonly [QueueName, V])[] {
  const seen = new Set<string>();
  return entries.map(([key, value]) => {
    const queue = readQueueName(key);
    const identity = JSON.stringify([queue.brokerName, queue.topic, queue.queueId]);
    if (seen.has(identity)) {
      throw new DecodeError("a message queue that is a key twice");
    }
    seen.add(identity);
    return [queue, read(value)] as const;
  });
}

/** The form that all fastjson versions read: objects as keys (remoting 9.0). */
export function writeQueueTable<V>(
  rows: Iterable<readonly [QueueName, V]>,
  write: (value: V) => JsonValue,
): JsonPairs {
  return {
    kind: "pairs",
    entries: [...rows].map(([queue, value]) => [writeQueueName(queue), write(value)] as const),
  };
}
