/** Asking for queues (41), giving them back (42), and the queues that were granted. */
import { encodeJson } from "../json.ts";
import { flag, list, objectOf, parseObject, text } from "../json-members.ts";
import { type QueueName, readQueueName, writeQueueName } from "./message-queue.ts";

export interface QueueLockRequest {
  readonly group: string;
  readonly clientId: string;
  readonly onlyThisBroker: boolean;
  readonly queues: readonly QueueName[];
}

export function decodeQueueLockRequest(
  source: Buffer,
  start: number,
  end: number,
): QueueLockRequest {
  const object = parseObject(source, start, end);
  return {
    group: text(object, "consumerGroup"),
    clientId: text(object, "clientId"),
    onlyThisBroker: flag(object, "onlyThisBroker", false),
    queues: list(object, "mqSet").map(readQueueName),
  };
}

export function encodeQueueLockRequest(request: QueueLockRequest): Buffer {
  return encodeJson(
    objectOf([
      ["clientId", request.clientId],
      ["consumerGroup", request.group],
      ["mqSet", request.queues.map(writeQueueName)],
      ["onlyThisBroker", request.onlyThisBroker],
    ]),
  );
}

/** The reply to a lock request: the queues that are the asker's now. */
export function encodeLockedQueues(queues: readonly QueueName[]): Buffer {
  return encodeJson(objectOf([["lockOKMQSet", queues.map(writeQueueName)]]));
}

export function decodeLockedQueues(
  source: Buffer,
  start: number,
  end: number,
): readonly QueueName[] {
  return list(parseObject(source, start, end), "lockOKMQSet").map(readQueueName);
}
