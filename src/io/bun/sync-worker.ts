/**
 * The thread that waits for the device. Bun's own file pool has two threads on two cores, and two blocked
 * reads there starve a sync for good (settled 9); so syncs have this thread to themselves.
 */
import { fdatasyncSync } from "node:fs";

declare const self: Worker;

/** What the thread is asked: sync one descriptor. */
export interface SyncRequest {
  readonly id: number;
  readonly descriptor: number;
}

/** What it answers: undefined when the device has everything. */
export interface SyncReply {
  readonly id: number;
  readonly error: string | undefined;
}

self.onmessage = (event: MessageEvent<SyncRequest>) => {
  const { id, descriptor } = event.data;
  try {
    fdatasyncSync(descriptor);
    self.postMessage({ id, error: undefined } satisfies SyncReply);
  } catch (error) {
    self.postMessage({ id, error: String(error) } satisfies SyncReply);
  }
};
