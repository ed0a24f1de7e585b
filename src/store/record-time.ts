/**
 * Time as records tell it: the wall clock, but never going back (settled 12). While the wall clock is behind what
 * records say, time goes on from there as fast as it really passes: delays stay what they are.
 */
import type { Clock } from "../io/clock.ts";

export class RecordTime {
  readonly #clock: Clock;
  #lastMs: number;
  /** When the wall clock was found to be behind, and what records said then; −1 while it is not. */
  #behindSinceMs = -1;
  #behindFromMs = 0;
  /** Store time of the log's first record, −1 without one. */
  earliestMs = -1;

  constructor(clock: Clock, lastMs: number) {
    this.#clock = clock;
    this.#lastMs = lastMs;
  }

  /** The latest time that was told. */
  get lastMs(): number {
    return this.#lastMs;
  }

  /** Time of a record that is appended now. */
  next(): number {
    const now = this.now();
    if (this.earliestMs < 0) {
      this.earliestMs = now;
    }
    return now;
  }

  now(): number {
    const wallMs = this.#clock.nowMs();
    if (wallMs >= this.#lastMs) {
      this.#behindSinceMs = -1;
      this.#lastMs = wallMs;
    } else {
      this.#goOn();
    }
    return this.#lastMs;
  }

  #goOn(): void {
    const elapsedMs = this.#clock.elapsedMs();
    if (this.#behindSinceMs < 0) {
      this.#behindSinceMs = elapsedMs;
      this.#behindFromMs = this.#lastMs;
    }
    this.#lastMs = this.#behindFromMs + Math.floor(elapsedMs - this.#behindSinceMs);
  }
}
