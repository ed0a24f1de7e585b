/** How fast a counter grew over the last ten seconds, minute and ten minutes, from samples every ten seconds. */
const sampleMs = 10_000;
const samplesMax = 61;

export class Rate {
  readonly #times: number[] = [];
  readonly #values: number[] = [];

  /** Notes the counter, when it is time for a sample. */
  sample(nowMs: number, value: number): void {
    const last = this.#times.at(-1);
    if (last !== undefined && nowMs - last < sampleMs) {
      return;
    }
    this.#times.push(nowMs);
    this.#values.push(value);
    if (this.#times.length > samplesMax) {
      this.#times.shift();
      this.#values.shift();
    }
  }

  /** Growth a second since the sample closest to that long ago. */
  perSecond(nowMs: number, value: number, periodMs: number): number {
    for (let index = 0; index < this.#times.length; index++) {
      const time = this.#times[index] as number;
      if (nowMs - time <= periodMs + sampleMs / 2 && nowMs > time) {
        return ((value - (this.#values[index] as number)) * 1_000) / (nowMs - time);
      }
    }
    return 0;
  }
}
