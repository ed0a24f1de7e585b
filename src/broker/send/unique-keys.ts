/**
 * Unique keys for messages whose client gave none (remoting 3.6): 32 upper-case hexadecimal digits of the broker's
 * address, eight random bytes of this start, and a counter. Written as a whole property.
 */
import type { Random } from "../../io/random.ts";
import { nameEnd, valueEnd } from "../../record/layout.ts";
import { propertyNames } from "../../record/properties.ts";

const counterDigits = 8;

export class UniqueKeys {
  readonly keyBytes: number;
  readonly #start: Buffer;
  #count = 0;

  constructor(random: Random, storeHost: Buffer) {
    const address = storeHost.toString("hex", 0, 4).toUpperCase();
    const key = address + random.hex(8).toUpperCase();
    this.keyBytes = key.length + counterDigits;
    this.#start = Buffer.concat([
      Buffer.from(propertyNames.uniqueKey),
      Buffer.from([nameEnd]),
      Buffer.from(key),
    ]);
  }

  /** Writes the property; returns where the key begins. It ends `keyBytes` later, a separator behind it. */
  write(target: Buffer, at: number): number {
    const counter = this.#count.toString(16).toUpperCase().padStart(counterDigits, "0");
    this.#count = (this.#count + 1) >>> 0;
    const end = at + this.#start.copy(target, at);
    target.write(counter, end);
    target[end + counterDigits] = valueEnd;
    return end + counterDigits - this.keyBytes;
  }
}
