/**
 * A counter that hot paths add to, and where it stood at past ticks: minute, hour and day statistics come from it
 * (remoting 10.5). The past is kept only for counters that ever counted, by `StatsBoard`.
 */

export class Tally {
  /** What was counted: messages or bytes. */
  sum = 0;
  /** How often something was added. */
  calls = 0;
  /** Sums and calls at past ticks; StatsBoard's. */
  past: Float64Array | undefined;

  add(count: number): void {
    this.sum += count;
    this.calls++;
  }
}
