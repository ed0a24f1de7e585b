/**
 * Replies of one session that are written but may not leave yet: each needs the log to be acknowledged up to its
 * record's end. They lie encoded in one buffer in the order in which they were made, which is the order of the
 * log, so letting go is one copy of a prefix. Beside the bytes only numbers are kept, in rings: what is needed to
 * answer with an error instead should the disk fail for good.
 */
import { assert } from "../core/assert.ts";
import type { BufferPool } from "./buffer-pool.ts";
import { OutputBuffer } from "./output-buffer.ts";

/** Marks a request that gets no answer: it only counts until its record is acknowledged. */
export const unansweredForm = 0xff;

const ringMin = 64;
/** A larger ring is given back once it is empty. */
const ringKept = 1_024;

export class GatedReplies {
  /** Where replies are encoded: reserve, fill, then `push` instead of commit. */
  readonly output: OutputBuffer;
  #endOffsets = new Float64Array(0);
  #bytes = new Uint32Array(0);
  #opaques = new Int32Array(0);
  #serializeTypes = new Uint8Array(0);
  #head = 0;
  #count = 0;

  constructor(pool: BufferPool) {
    this.output = new OutputBuffer(pool);
  }

  get count(): number {
    return this.#count;
  }

  /** Takes the reply that was encoded up to `end` of the output's buffer; without bytes, only counts. */
  push(end: number, endOffset: number, opaque: number, serializeType: number): void {
    if (this.#count === this.#endOffsets.length) {
      this.#grow();
    }
    const at = (this.#head + this.#count) & (this.#endOffsets.length - 1);
    this.#endOffsets[at] = endOffset;
    this.#bytes[at] = end - this.output.end;
    this.#opaques[at] = opaque;
    this.#serializeTypes[at] = serializeType;
    this.#count++;
    this.output.commit(end);
  }

  /** Moves the replies that the acknowledged offset covers to `target`; returns how many there were. */
  release(acknowledgedOffset: number, target: OutputBuffer): number {
    const mask = this.#endOffsets.length - 1;
    let bytes = 0;
    let released = 0;
    while (released < this.#count) {
      const at = (this.#head + released) & mask;
      if ((this.#endOffsets[at] as number) > acknowledgedOffset) {
        break;
      }
      bytes += this.#bytes[at] as number;
      released++;
    }
    if (released > 0) {
      const { output } = this;
      if (bytes > 0) {
        target.append(output.buffer, output.start, output.start + bytes);
        output.drop(bytes);
      }
      this.#forget(released);
    }
    return released;
  }

  /** Gives up all replies: calls `refuse` for each with what an answer needs. */
  refuseAll(refuse: (opaque: number, serializeType: number) => void): void {
    const mask = this.#endOffsets.length - 1;
    for (let index = 0; index < this.#count; index++) {
      const at = (this.#head + index) & mask;
      if (this.#serializeTypes[at] !== unansweredForm) {
        refuse(this.#opaques[at] as number, this.#serializeTypes[at] as number);
      }
    }
    this.clear();
  }

  clear(): void {
    this.output.release();
    this.#forget(this.#count);
  }

  #forget(count: number): void {
    assert(count <= this.#count, "only replies that are there are forgotten");
    this.#count -= count;
    this.#head = (this.#head + count) & (this.#endOffsets.length - 1);
    if (this.#count === 0 && this.#endOffsets.length > ringKept) {
      this.#resize(ringMin);
    }
  }

  #grow(): void {
    this.#resize(Math.max(ringMin, this.#endOffsets.length * 2));
  }

  #resize(size: number): void {
    const endOffsets = new Float64Array(size);
    const bytes = new Uint32Array(size);
    const opaques = new Int32Array(size);
    const serializeTypes = new Uint8Array(size);
    const mask = this.#endOffsets.length - 1;
    for (let index = 0; index < this.#count; index++) {
      const at = (this.#head + index) & mask;
      endOffsets[index] = this.#endOffsets[at] as number;
      bytes[index] = this.#bytes[at] as number;
      opaques[index] = this.#opaques[at] as number;
      serializeTypes[index] = this.#serializeTypes[at] as number;
    }
    this.#endOffsets = endOffsets;
    this.#bytes = bytes;
    this.#opaques = opaques;
    this.#serializeTypes = serializeTypes;
    this.#head = 0;
  }
}
