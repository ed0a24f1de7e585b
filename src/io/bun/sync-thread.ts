/** The process's side of the sync thread: started on first use, one promise a sync. */
import type { SyncReply, SyncRequest } from "./sync-worker.ts";

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export interface SyncThread {
  /** Resolves when the device has everything that was written to the descriptor before. */
  sync(descriptor: number): Promise<void>;
}

/** Makes the handle; the thread itself starts with the first sync and never keeps the process alive. */
export function createSyncThread(): SyncThread {
  const waiters = new Map<number, Waiter>();
  let worker: Worker | undefined;
  let lastId = 0;

  function failAll(reason: string): void {
    for (const waiter of waiters.values()) {
      waiter.reject(new Error(reason));
    }
    waiters.clear();
  }

  function start(): Worker {
    const started = new Worker(new URL("./sync-worker.ts", import.meta.url).href);
    started.onmessage = (event: MessageEvent<SyncReply>) => {
      const { id, error } = event.data;
      const waiter = waiters.get(id);
      waiters.delete(id);
      if (error === undefined) {
        waiter?.resolve();
      } else {
        waiter?.reject(new Error(error));
      }
    };
    started.onerror = (event) => failAll(`the sync thread failed: ${event.message}`);
    started.unref();
    return started;
  }

  return {
    sync(descriptor) {
      worker ??= start();
      const id = ++lastId;
      const done = new Promise<void>((resolve, reject) => waiters.set(id, { resolve, reject }));
      worker.postMessage({ id, descriptor } satisfies SyncRequest);
      return done;
    },
  };
}
