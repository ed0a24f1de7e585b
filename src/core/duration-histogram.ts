/** Durations counted in fixed buckets: adding one costs a few comparisons and makes no object. */
export class DurationHistogram {
  /** Upper ends of the buckets in milliseconds, ascending; what is longer lies in one more bucket. */
  readonly boundsMs: readonly number[];
  /** One more than there are bounds. */
  readonly counts: readonly number[];
  sumMs = 0;
  count = 0;
  readonly #counts: number[];

  constructor(boundsMs: readonly number[]) {
    this.boundsMs = boundsMs;
    this.#counts = Array.from({ length: boundsMs.length + 1 }, () => 0);
    this.counts = this.#counts;
  }

  add(ms: number): void {
    const { boundsMs } = this;
    let index = 0;
    while (index < boundsMs.length && ms > (boundsMs[index] as number)) {
      index++;
    }
    this.#counts[index] = (this.#counts[index] as number) + 1;
    this.sumMs += ms;
    this.count++;
  }
}
