/**
 * Bytes on their way to one connection. Whoever writes reserves room, fills it and commits; nothing is moved
 * afterwards, and one call hands all of a turn to the kernel. Without bytes there is no buffer either.
 */
import { assert } from "../core/assert.ts";
import type { Connection } from "../io/network.ts";
import type { BufferPool } from "./buffer-pool.ts";

const noBuffer = Buffer.alloc(0);

export class OutputBuffer {
  readonly #pool: BufferPool;
  #buffer: Buffer = noBuffer;
  #start = 0;
  #end = 0;

  constructor(pool: BufferPool) {
    this.#pool = pool;
  }

  /** Where `reserve` made room. Another `reserve` may replace it. */
  get buffer(): Buffer {
    return this.#buffer;
  }

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#end;
  }

  get pendingBytes(): number {
    return this.#end - this.#start;
  }

  /** Makes room for the bytes behind what is pending; returns where it begins in `buffer`. */
  reserve(bytes: number): number {
    if (this.#end + bytes > this.#buffer.length) {
      this.#makeRoom(bytes);
    }
    return this.#end;
  }

  /** What was reserved is filled up to `end`. */
  commit(end: number): void {
    assert(end >= this.#end && end <= this.#buffer.length, "what is committed was reserved");
    this.#end = end;
  }

  /** Copies source[start, end) behind what is pending. */
  append(source: Buffer, start: number, end: number): void {
    const at = this.reserve(end - start);
    source.copy(this.#buffer, at, start, end);
    this.#end = at + (end - start);
  }

  /** Forgets the first bytes: they went elsewhere. */
  drop(bytes: number): void {
    assert(bytes <= this.pendingBytes, "only pending bytes are dropped");
    this.#start += bytes;
    if (this.#start === this.#end) {
      this.release();
    }
  }

  /** Hands to the connection what it takes; returns how much that was. */
  flushTo(connection: Connection): number {
    if (this.#start === this.#end) {
      return 0;
    }
    const taken = connection.write(this.#buffer, this.#start, this.#end);
    this.drop(taken);
    return taken;
  }

  /** Forgets everything and gives the buffer back. */
  release(): void {
    this.#start = 0;
    this.#end = 0;
    if (this.#buffer.length > 0) {
      this.#pool.give(this.#buffer);
      this.#buffer = noBuffer;
    }
  }

  #makeRoom(bytes: number): void {
    const pending = this.pendingBytes;
    if (pending + bytes <= this.#buffer.length && this.#start >= pending) {
      this.#buffer.copy(this.#buffer, 0, this.#start, this.#end);
    } else {
      const larger = this.#pool.take(Math.max(pending + bytes, 2 * pending));
      this.#buffer.copy(larger, 0, this.#start, this.#end);
      if (this.#buffer.length > 0) {
        this.#pool.give(this.#buffer);
      }
      this.#buffer = larger;
    }
    this.#start = 0;
    this.#end = pending;
  }
}
