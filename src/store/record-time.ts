/** The store times of records: never going back, whatever the wall clock does (settled 12). */
import type { Clock } from "../io/clock.ts";

export class RecordTime {
  readonly #clock: Clock;
  #lastMs: number;
  /** Store time of the log's first record, −1 without one. */
  earliestMs = -1;

  constructor(clock: Clock, lastMs: number) {
    this.#clock = clock;
    this.#lastMs = lastMs;
  }

  /** Time of the newest record. */
  get lastMs(): number {
    return this.#lastMs;
  }

  /** Time of a record that is appended now. */
  next(): number {
    const now = this.#clock.nowMs();
    if (now > this.#lastMs) {
      this.#lastMs = now;
    }
    if (this.earliestMs < 0) {
      this.earliestMs = this.#lastMs;
    }
    return this.#lastMs;
  }
}
