/**
 * What a run did, as one hash: every disk write and sync, every delivered network chunk and every step
 * of the clients' history goes in. Two runs of one seed must end with the same hash.
 */
import { createHash, type Hash } from "node:crypto";

export class Trace {
  readonly #hash: Hash = createHash("sha256");
  #entryCount = 0;

  /** Entries so far. */
  get entryCount(): number {
    return this.#entryCount;
  }

  note(text: string): void {
    this.#entryCount++;
    this.#hash.update(text).update("\n");
  }

  noteBytes(what: string, source: Buffer, start: number, end: number): void {
    this.note(what);
    this.#hash.update(source.subarray(start, end));
  }

  /** The hash of everything noted so far. */
  digest(): string {
    return this.#hash.copy().digest("hex").slice(0, 32);
  }
}
