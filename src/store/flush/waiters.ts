/** Who waits for the log to be acknowledged up to an offset, in order of offsets. */
import type { MqError } from "../../core/error.ts";

interface Waiter {
  readonly endOffset: number;
  readonly resolve: () => void;
  readonly reject: (error: MqError) => void;
}

export class Waiters {
  #waiters: Waiter[] = [];

  /** Resolves when `release` reaches the offset. */
  add(endOffset: number): Promise<void> {
    return new Promise((resolve, reject) => {
      // Nearly always the last: somebody may still ask for an offset that lies before.
      let at = this.#waiters.length;
      while (at > 0 && (this.#waiters[at - 1] as Waiter).endOffset > endOffset) {
        at--;
      }
      this.#waiters.splice(at, 0, { endOffset, resolve, reject });
    });
  }

  /** Everything below the offset is acknowledged. */
  release(offset: number): void {
    let released = 0;
    while (released < this.#waiters.length) {
      const waiter = this.#waiters[released] as Waiter;
      if (waiter.endOffset > offset) {
        break;
      }
      waiter.resolve();
      released++;
    }
    this.#waiters.splice(0, released);
  }

  /** Nothing more will be acknowledged. */
  reject(error: MqError): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) {
      waiter.reject(error);
    }
  }
}
