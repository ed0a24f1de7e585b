/** Time and turns, as the product sees them. */

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Wall time in milliseconds since 1970; may jump. */
  nowMs(): number;
  /** Monotonic milliseconds with a fraction; never goes back. */
  elapsedMs(): number;
  /** Runs once after `delayMs`. Does not keep an otherwise finished process alive. */
  after(delayMs: number, run: () => void): Timer;
  /**
   * Runs once when the current turn ends: after all input that is ready now was handled, before the
   * process waits again. What is asked for during that run belongs to the same end. First asked, first run.
   */
  endOfTurn(run: () => void): void;
}
