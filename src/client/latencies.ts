/** Latencies in logarithmic steps of 2 %: constant memory, percentiles exact to a step. */

const stepsPerDouble = 35;
const microsecondsMax = 2 ** 36;
const bucketCount = Math.ceil(Math.log2(microsecondsMax) * stepsPerDouble);

export class Latencies {
  readonly #buckets = new Uint32Array(bucketCount);
  #count = 0;
  #maxMs = 0;
  #sumMs = 0;

  add(ms: number): void {
    const steps = Math.log2(Math.max(1, ms * 1_000)) * stepsPerDouble;
    const index = Math.min(bucketCount - 1, Math.floor(steps));
    this.#buckets[index] = (this.#buckets[index] as number) + 1;
    this.#count++;
    this.#sumMs += ms;
    if (ms > this.#maxMs) {
      this.#maxMs = ms;
    }
  }

  get count(): number {
    return this.#count;
  }

  get maxMs(): number {
    return this.#maxMs;
  }

  get meanMs(): number {
    return this.#count === 0 ? 0 : this.#sumMs / this.#count;
  }

  /** Milliseconds that the share of all stays below: 0.99. */
  percentileMs(share: number): number {
    const wanted = Math.max(1, Math.ceil(this.#count * share));
    let seen = 0;
    for (let index = 0; index < bucketCount; index++) {
      seen += this.#buckets[index] as number;
      if (seen >= wanted) {
        return Math.min(this.#maxMs, 2 ** ((index + 1) / stepsPerDouble) / 1_000);
      }
    }
    return 0;
  }
}
