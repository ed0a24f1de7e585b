/** Where consumers stand in each queue: what a client answers (221), and what a broker gathers (223). */
import { encodeJson, type JsonObject } from "../json.ts";
import { asInteger, objectOf, pairs, parseObject, table } from "../json-members.ts";
import { type QueueName, readQueueTable, writeQueueTable } from "./message-queue.ts";

export type QueueOffsets = readonly (readonly [QueueName, number])[];

export interface ConsumerStatus {
  /** One client's. */
  readonly queues: QueueOffsets;
  /** Of several, by client id. */
  readonly clients: ReadonlyMap<string, QueueOffsets>;
}

export function encodeConsumerStatus(status: ConsumerStatus): Buffer {
  const clients = [...status.clients].map(
    ([clientId, queues]) => [clientId, writeQueueTable(queues, (offset) => offset)] as const,
  );
  return encodeJson(
    objectOf([
      ["consumerTable", objectOf(clients)],
      ["messageQueueTable", writeQueueTable(status.queues, (offset) => offset)],
    ]),
  );
}

export function decodeConsumerStatus(source: Buffer, start: number, end: number): ConsumerStatus {
  const object = parseObject(source, start, end);
  const clients = table(object, "consumerTable");
  return {
    queues: readQueues(object, "messageQueueTable"),
    clients: new Map([...clients.keys()].map((id) => [id, readQueues(clients, id)])),
  };
}

function readQueues(object: JsonObject, name: string): QueueOffsets {
  return readQueueTable(pairs(object, name), (value) => asInteger(value, "an offset"));
}
