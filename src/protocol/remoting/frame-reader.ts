/**
 * Splits a TCP stream into frames: a 4-byte big-endian length, then that many bytes (remoting 1.1).
 *
 * Frames are reported as ranges of the chunk they arrived in. Only a frame cut by a chunk border is copied, into
 * a buffer that grows with what has arrived: whoever declares 16 MiB and sends a byte at a time costs what it
 * sent. Such a buffer is never used for a second frame, so a range stays good until the end of the turn.
 */
import { DecodeError } from "../../core/error.ts";

const lengthBytes = 4;
/** Serialize type and header length: no frame is shorter. */
const frameBytesMin = 4;
/** First buffer of a cut frame, when less has arrived. */
const firstBufferBytes = 64;

export type OnFrame = (source: Buffer, start: number, end: number) => void;

export class FrameReader {
  private readonly frameBytesMax: number;
  /** An unfinished frame from its length word on; empty when frames ended with the last chunk. */
  private pending = Buffer.alloc(0);
  private held = 0;

  constructor(frameBytesMax: number) {
    this.frameBytesMax = frameBytesMax;
  }

  /** Bytes held of an unfinished frame. */
  get pendingBytes(): number {
    return this.held;
  }

  /**
   * Calls onFrame for each whole frame, in order; source[start, end) excludes the length word. Throws DecodeError
   * on a length that cannot be; the connection must then be closed, and the reader not be used again.
   */
  push(chunk: Buffer, onFrame: OnFrame): void {
    let at = this.held > 0 ? this.finishPending(chunk, onFrame) : 0;
    while (at + lengthBytes <= chunk.length) {
      const start = at + lengthBytes;
      const end = start + this.frameBytes(chunk, at);
      if (end > chunk.length) {
        break;
      }
      onFrame(chunk, start, end);
      at = end;
    }
    if (at < chunk.length) {
      this.hold(chunk, at, chunk.length, this.frameBytesMax);
    }
  }

  /** Adds what is missing to the pending frame; returns how much of the chunk that took. */
  private finishPending(chunk: Buffer, onFrame: OnFrame): number {
    let at = 0;
    if (this.held < lengthBytes) {
      at = Math.min(lengthBytes - this.held, chunk.length);
      this.hold(chunk, 0, at, lengthBytes);
      if (this.held < lengthBytes) {
        return at;
      }
    }
    const wholeBytes = lengthBytes + this.frameBytes(this.pending, 0);
    const upTo = Math.min(at + wholeBytes - this.held, chunk.length);
    this.hold(chunk, at, upTo, wholeBytes);
    if (this.held === wholeBytes) {
      const source = this.pending;
      this.pending = Buffer.alloc(0);
      this.held = 0;
      onFrame(source, lengthBytes, wholeBytes);
    }
    return upTo;
  }

  private frameBytes(source: Buffer, at: number): number {
    const bytes = source.readInt32BE(at);
    if (bytes < frameBytesMin || bytes > this.frameBytesMax) {
      throw new DecodeError(`a frame of ${bytes} bytes`);
    }
    return bytes;
  }

  private hold(chunk: Buffer, start: number, end: number, wholeBytes: number): void {
    const needed = this.held + (end - start);
    if (needed > this.pending.length) {
      const doubled = Math.min(Math.max(this.held * 2, firstBufferBytes), wholeBytes);
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, doubled));
      this.pending.copy(grown, 0, 0, this.held);
      this.pending = grown;
    }
    chunk.copy(this.pending, this.held, start, end);
    this.held = needed;
  }
}
