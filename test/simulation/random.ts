/**
 * Chance from a seed: sfc32, a small generator with 128 bits of state. The same seed gives the same
 * sequence on every machine, which is what makes a failing run replayable.
 */
import type { Random } from "../../src/io/random.ts";

export class SeededRandom implements Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, stream = 0) {
    this.#a = seed >>> 0;
    this.#b = Math.floor(seed / 0x1_0000_0000) >>> 0;
    this.#c = stream >>> 0;
    for (let round = 0; round < 16; round++) {
      this.word();
    }
  }

  /** Uniform in [0, 2^32). */
  word(): number {
    const sum = (this.#a + this.#b + this.#counter) >>> 0;
    this.#counter = (this.#counter + 1) >>> 0;
    this.#a = (this.#b ^ (this.#b >>> 9)) >>> 0;
    this.#b = (this.#c + (this.#c << 3)) >>> 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) >>> 0;
    return sum;
  }

  below(bound: number): number {
    return Math.floor((this.word() / 0x1_0000_0000) * bound);
  }

  hex(bytes: number): string {
    let text = "";
    while (text.length < bytes * 2) {
      text += this.word().toString(16).padStart(8, "0");
    }
    return text.slice(0, bytes * 2);
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.word() < probability * 0x1_0000_0000;
  }

  /** A number in [low, high), with a fraction. */
  between(low: number, high: number): number {
    return low + (this.word() / 0x1_0000_0000) * (high - low);
  }

  /** One of the choices. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  /** An independent sequence: what one part of a run draws does not shift what another draws. */
  fork(): SeededRandom {
    return new SeededRandom(this.word() * 0x10_0000 + (this.word() >>> 12), this.word());
  }
}
