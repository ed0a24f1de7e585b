/**
 * The end of the log in memory. Records are encoded here, written to their segment from here in one piece a
 * turn, and stay for readers at the tail until newer ones push them out. A buffer holds one unbroken range
 * of the log and never crosses a segment; a record never crosses a buffer.
 */
import { limits } from "../../core/limits.ts";

export class TailBuffer {
  readonly buffer: Buffer;
  startOffset = 0;
  /** End of what was encoded. */
  endOffset = 0;
  /** End of what its segment has. */
  writtenOffset = 0;

  constructor(bytes: number) {
    this.buffer = Buffer.allocUnsafeSlow(bytes);
  }
}

export class Tail {
  readonly #buffers: TailBuffer[] = [];
  readonly #spare: TailBuffer[] = [];
  #keptBytes = 0;

  /** The buffer to encode `bytes` at the offset into; `mustStart` begins a new range (another segment). */
  reserve(offset: number, bytes: number): TailBuffer {
    const last = this.#buffers[this.#buffers.length - 1];
    if (
      last !== undefined &&
      last.endOffset === offset &&
      offset + bytes - last.startOffset <= last.buffer.length
    ) {
      return last;
    }
    const next = this.#take(bytes);
    next.startOffset = offset;
    next.endOffset = offset;
    next.writtenOffset = offset;
    this.#buffers.push(next);
    this.#keptBytes += next.buffer.length;
    return next;
  }

  /** Forces the next reservation into a buffer of its own. */
  seal(): void {
    const last = this.#buffers[this.#buffers.length - 1];
    if (last !== undefined && last.endOffset === last.startOffset) {
      this.#buffers.pop();
      this.#keptBytes -= last.buffer.length;
    }
  }

  /** Buffers from the first that is not written whole. */
  unwritten(): readonly TailBuffer[] {
    let from = this.#buffers.length;
    while (from > 0 && isUnwritten(this.#buffers[from - 1])) {
      from--;
    }
    return this.#buffers.slice(from);
  }

  /** The buffer that holds [offset, offset + bytes) whole. */
  find(offset: number, bytes: number): TailBuffer | undefined {
    for (let index = this.#buffers.length - 1; index >= 0; index--) {
      const each = this.#buffers[index] as TailBuffer;
      if (offset >= each.startOffset) {
        return offset + bytes <= each.endOffset ? each : undefined;
      }
    }
    return undefined;
  }

  /** Lets go of the oldest written buffers above the bound. */
  trim(): void {
    while (this.#keptBytes > limits.tailKeptBytes && this.#buffers.length > 1) {
      const oldest = this.#buffers[0] as TailBuffer;
      if (isUnwritten(oldest)) {
        return;
      }
      this.#buffers.shift();
      this.#keptBytes -= oldest.buffer.length;
      if (oldest.buffer.length === limits.tailBufferBytes && this.#spare.length < 2) {
        this.#spare.push(oldest);
      }
    }
  }

  #take(bytes: number): TailBuffer {
    if (bytes > limits.tailBufferBytes) {
      return new TailBuffer(bytes);
    }
    return this.#spare.pop() ?? new TailBuffer(limits.tailBufferBytes);
  }
}

function isUnwritten(buffer: TailBuffer | undefined): boolean {
  return buffer !== undefined && buffer.writtenOffset < buffer.endOffset;
}
