/** Locks of queues that are consumed in order (41, 42). */
import type { BrokerServices } from "../../../broker/services.ts";
import {
  decodeQueueLockRequest,
  encodeLockedQueues,
} from "../../../protocol/remoting/bodies/queue-lock.ts";
import {
  lockBatchQueues,
  unlockBatchQueues,
} from "../../../protocol/remoting/requests/queue-lock.ts";
import { handle } from "../dispatch.ts";

export const queueLockHandlers = [
  handle(lockBatchQueues, ({ locks, clock }: BrokerServices, _header, command) => {
    const request = decodeQueueLockRequest(command.source, command.bodyStart, command.bodyEnd);
    const locked = locks.lock(request.group, request.clientId, request.queues, clock.elapsedMs());
    return { fields: {}, body: encodeLockedQueues(locked) };
  }),

  handle(unlockBatchQueues, ({ locks }: BrokerServices, _header, command) => {
    const request = decodeQueueLockRequest(command.source, command.bodyStart, command.bodyEnd);
    locks.unlock(request.group, request.clientId, request.queues);
    return { fields: {} };
  }),
];
