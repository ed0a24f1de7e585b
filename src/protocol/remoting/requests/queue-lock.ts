/** Locks that make a queue one member's while it consumes in order (remoting 4.9); bodies/queue-lock.ts. */
import { defineRequest } from "../define.ts";

export const lockBatchQueues = defineRequest({
  code: 41,
  name: "LOCK_BATCH_MQ",
  request: {},
  reply: {},
});

export const unlockBatchQueues = defineRequest({
  code: 42,
  name: "UNLOCK_BATCH_MQ",
  request: {},
  reply: {},
});
