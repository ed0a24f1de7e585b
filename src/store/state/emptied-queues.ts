/**
 * Queues that retention emptied: nothing in the log tells any more where they go on, so rows of a table do. Key is
 * `TOPIC@QUEUE`, value the next offset.
 */
import type { QueueTable } from "../consume-queue/queue-table.ts";
import type { StateLog } from "./state-log.ts";

const table = "emptied-queue";

/** Brings the rows up to date with the queues. */
export function noteEmptied(state: StateLog, queues: QueueTable): void {
  const rows = state.rows(table);
  for (const { topic, queueId, minOffset, maxOffset } of queues.all()) {
    const key = `${topic}@${queueId}`;
    if (maxOffset > 0 && minOffset === maxOffset) {
      if (rows.get(key) !== maxOffset) {
        state.put(table, key, maxOffset);
      }
    } else if (rows.has(key)) {
      state.remove(table, key);
    }
  }
}

/** Removes what is known of a topic: one made anew starts at 0. */
export function forgetEmptied(state: StateLog, topic: string): void {
  for (const key of [...state.rows(table).keys()]) {
    if (key.slice(0, key.lastIndexOf("@")) === topic) {
      state.remove(table, key);
    }
  }
}

/** Lets queues go on where they did, after they were built again from a log that has nothing of them. */
export function restoreEmptied(state: StateLog, queues: QueueTable): void {
  for (const [key, offset] of state.rows(table)) {
    const at = key.lastIndexOf("@");
    const queue = queues.queue(key.slice(0, at), Number(key.slice(at + 1)));
    if (typeof offset === "number" && queue.maxOffset < offset) {
      queue.restore(offset, offset);
    }
  }
}
