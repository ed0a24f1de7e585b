/** Time and turns on Bun. A turn ends with one `setImmediate`: after all sockets that were ready. */
import type { Clock, Timer } from "../clock.ts";

/** Makes the process's clock. */
export function createBunClock(): Clock {
  let waiting: (() => void)[] = [];
  let isScheduled = false;

  function runAll(): void {
    let done = 0;
    try {
      // What is asked for during the run joins the same pass, so the scheduled mark is cleared last.
      while (done < waiting.length) {
        done++;
        (waiting[done - 1] as () => void)();
      }
    } finally {
      // After one that threw, the others still have their turn.
      waiting = done < waiting.length ? waiting.slice(done) : [];
      isScheduled = waiting.length > 0;
      if (isScheduled) {
        setImmediate(runAll);
      }
    }
  }

  return {
    nowMs: () => Date.now(),
    elapsedMs: () => performance.now(),
    after(delayMs: number, run: () => void): Timer {
      const timer = setTimeout(run, delayMs);
      timer.unref();
      return { cancel: () => clearTimeout(timer) };
    },
    endOfTurn(run: () => void): void {
      waiting.push(run);
      if (!isScheduled) {
        isScheduled = true;
        setImmediate(runAll);
      }
    },
  };
}
