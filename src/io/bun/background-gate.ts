/**
 * Lets one piece of background work ask the device at a time. Bun's file pool has as many threads as the machine
 * has cores; on two cores two blocked reads would keep a sync, for which senders wait, from starting at all. A thread of our own
 * for syncs was tried: waking a Worker costs 0.5 ms of CPU a sync, five times the sync itself.
 */

export interface BackgroundGate {
  /** Runs the work when its turn has come. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** Makes a gate that is open. */
export function createBackgroundGate(): BackgroundGate {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run<T>(work: () => Promise<T>): Promise<T> {
      const done = last.then(work, work);
      last = done.catch(() => undefined);
      return done;
    },
  };
}
