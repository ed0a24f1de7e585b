/**
 * Idle output buffers of one process. A session holds a buffer only while it has bytes to send, so a thousand
 * idle connections hold none. Sizes are powers of two; what is kept together is bounded.
 */
import { limits } from "../core/limits.ts";

export class BufferPool {
  readonly #smallestBytes: number;
  readonly #keptBytesMax: number;
  readonly #bySize = new Map<number, Buffer[]>();
  #keptBytes = 0;

  constructor(
    smallestBytes: number = limits.outputBufferBytes,
    keptBytesMax: number = limits.outputPoolBytes,
  ) {
    this.#smallestBytes = smallestBytes;
    this.#keptBytesMax = keptBytesMax;
  }

  /** Bytes of idle buffers. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** A buffer of at least that many bytes; its contents are whatever was sent before. */
  take(bytes: number): Buffer {
    let size = this.#smallestBytes;
    while (size < bytes) {
      size *= 2;
    }
    const idle = this.#bySize.get(size)?.pop();
    if (idle === undefined) {
      return Buffer.allocUnsafeSlow(size);
    }
    this.#keptBytes -= size;
    return idle;
  }

  /** Takes back a buffer that `take` gave. */
  give(buffer: Buffer): void {
    const size = buffer.length;
    if (this.#keptBytes + size > this.#keptBytesMax) {
      return;
    }
    this.#keptBytes += size;
    const idle = this.#bySize.get(size);
    if (idle === undefined) {
      this.#bySize.set(size, [buffer]);
    } else {
      idle.push(buffer);
    }
  }
}
