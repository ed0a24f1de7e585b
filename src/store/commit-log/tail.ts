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
  #isSealed = false;

  /** The buffer to encode `bytes` at the offset into. */
  reserve(offset: number, bytes: number): TailBuffer {
    const last = this.#buffers[this.#buffers.length - 1];
    if (
      !this.#isSealed &&
      last !== undefined &&
      last.endOffset === offset &&
      offset + bytes - last.startOffset <= last.buffer.length
    ) {
      return last;
    }
    this.#isSealed = false;
    const next = this.#take(bytes);
    next.startOffset = offset;
    next.endOffset = offset;
    next.writtenOffset = offset;
    this.#buffers.push(next);
    this.#keptBytes += next.buffer.length;
    return next;
  }

  /** The next reservation gets a buffer of its own, even where the offsets meet: another segment begins. */
  seal(): void {
    this.#isSealed = true;
  }

  /** Buffers from the first that is not written whole; one that was reserved and never filled hides none. */
  unwritten(): readonly TailBuffer[] {
    let from = this.#buffers.length;
    while (from > 0 && !isWritten(this.#buffers[from - 1])) {
      from--;
    }
    return this.#buffers.slice(from).filter(isUnwritten);
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

function isUnwritten(buffer: TailBuffer): boolean {
  return buffer.writtenOffset < buffer.endOffset;
}

function isWritten(buffer: TailBuffer | undefined): boolean {
  return buffer !== undefined && buffer.endOffset > buffer.startOffset && !isUnwritten(buffer);
}
