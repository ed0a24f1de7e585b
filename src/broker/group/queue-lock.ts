/**
 * Who may consume a queue in order (remoting 8.11): a lock of (group, topic, queue) belongs to one client until it
 * gives it back or stops renewing it. A connection's end frees nothing: the client may be back in a moment.
 */
import { MqError } from "../../core/error.ts";
import { limits } from "../../core/limits.ts";

export interface LockableQueue {
  readonly brokerName: string;
  readonly topic: string;
  readonly queueId: number;
}

interface QueueLock {
  clientId: string;
  renewedMs: number;
}

export class QueueLockTable {
  /** By group, then by topic and queue. */
  readonly #byGroup = new Map<string, Map<string, QueueLock>>();
  #count = 0;

  /** The queues that are the client's now. */
  lock(
    group: string,
    clientId: string,
    queues: readonly LockableQueue[],
    nowMs: number,
  ): readonly LockableQueue[] {
    if (queues.length > limits.lockQueuesMax) {
      throw new MqError("bad_request", `a lock names at most ${limits.lockQueuesMax} queues`);
    }
    return queues.filter((queue) => this.#lockOne(group, clientId, queue, nowMs));
  }

  unlock(group: string, clientId: string, queues: readonly LockableQueue[]): void {
    const locks = this.#byGroup.get(group);
    for (const queue of queues) {
      const key = keyOf(queue);
      if (locks?.get(key)?.clientId === clientId) {
        locks.delete(key);
        this.#count--;
      }
    }
    if (locks?.size === 0) {
      this.#byGroup.delete(group);
    }
  }

  /** True while a client of the group consumes a queue in order. */
  hasLock(group: string, nowMs: number): boolean {
    for (const lock of this.#byGroup.get(group)?.values() ?? []) {
      if (!isExpired(lock, nowMs)) {
        return true;
      }
    }
    return false;
  }

  /** Forgets locks that ran out. */
  expire(nowMs: number): void {
    for (const [group, locks] of this.#byGroup) {
      for (const [key, lock] of locks) {
        if (isExpired(lock, nowMs)) {
          locks.delete(key);
          this.#count--;
        }
      }
      if (locks.size === 0) {
        this.#byGroup.delete(group);
      }
    }
  }

  #lockOne(group: string, clientId: string, queue: LockableQueue, nowMs: number): boolean {
    let locks = this.#byGroup.get(group);
    const lock = locks?.get(keyOf(queue));
    if (lock === undefined) {
      if (this.#count >= limits.queueLocksMax) {
        throw new MqError("broker_busy", `a broker has at most ${limits.queueLocksMax} locks`);
      }
      if (locks === undefined) {
        locks = new Map();
        this.#byGroup.set(group, locks);
      }
      locks.set(keyOf(queue), { clientId, renewedMs: nowMs });
      this.#count++;
      return true;
    }
    if (lock.clientId !== clientId && !isExpired(lock, nowMs)) {
      return false;
    }
    lock.clientId = clientId;
    lock.renewedMs = nowMs;
    return true;
  }
}

function isExpired(lock: QueueLock, nowMs: number): boolean {
  return nowMs - lock.renewedMs > limits.queueLockMs;
}

/** Neither name has a space. */
function keyOf(queue: LockableQueue): string {
  return `${queue.brokerName} ${queue.topic} ${queue.queueId}`;
}
