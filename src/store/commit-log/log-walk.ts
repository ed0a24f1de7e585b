/**
 * Walks records of the running log from an offset, a stretch at a time: from memory while they are there, then from
 * the page cache, then from the device on another thread. For what is derived from the log in the background.
 * Lengths and places are checked, contents are not: whoever relies on a record reads it again, whole.
 */
import { DecodeError } from "../../core/error.ts";
import { readInt64 } from "../../core/int64.ts";
import { limits } from "../../core/limits.ts";
import { createRecordShape, isBlank, readShape } from "../../record/decode.ts";
import { blankBytes, fixedBytes, recordAt } from "../../record/layout.ts";
import type { CommitLog } from "./commit-log.ts";
import type { RecordVisitor } from "./log-scanner.ts";
import { findNextRecord } from "./next-record.ts";

interface Stretch {
  readonly buffer: Buffer;
  readonly at: number;
  readonly end: number;
}

/**
 * Takes records of source[at, end) ahead of the visitor, the first at the offset; returns the bytes of those that it took
 * whole, 0 for none.
 */
export type StretchVisitor = (source: Buffer, at: number, end: number, offset: number) => number;

/** Told of bytes that are no record: where they begin, and where the log goes on. */
export type DamageListener = (offset: number, nextOffset: number, reason: string) => void;

export class LogWalk {
  readonly #log: CommitLog;
  readonly #onDamage: DamageListener;
  readonly #takeAhead: StretchVisitor;
  readonly #shape = createRecordShape();
  #piece = Buffer.alloc(0);
  #isHalted = false;

  constructor(log: CommitLog, onDamage: DamageListener, takeAhead: StretchVisitor) {
    this.#log = log;
    this.#onDamage = onDamage;
    this.#takeAhead = takeAhead;
  }

  /**
   * Shows the records of one stretch, from the offset on, that end at or before `endOffset`; resolves with where the
   * next begins. The same offset again: there is no whole record, or the visitor halted at the first.
   */
  async step(offset: number, endOffset: number, visit: RecordVisitor): Promise<number> {
    this.#isHalted = false;
    try {
      return await this.#step(offset, endOffset, visit);
    } catch (error) {
      if (!(error instanceof DecodeError)) {
        throw error;
      }
      return this.#stepOver(offset, endOffset, error.message);
    }
  }

  /** Called by a visitor that cannot take the record it is shown: the walk goes on with it the next time. */
  halt(): void {
    this.#isHalted = true;
  }

  async #step(offset: number, endOffset: number, visit: RecordVisitor): Promise<number> {
    const stretch =
      this.#fromTail(offset, endOffset) ??
      (await this.#fromFiles(offset, endOffset, limits.keyStretchBytes));
    if (stretch === undefined) {
      return this.#behindGap(offset, endOffset);
    }
    const next = this.#visit(stretch, offset, visit);
    const needed = next > offset || this.#isHalted ? 0 : this.#bytesAt(stretch, next, endOffset);
    if (needed <= stretch.end - stretch.at) {
      return next;
    }
    const whole = await this.#fromFiles(offset, endOffset, needed);
    if (whole === undefined || whole.end < needed) {
      throw new DecodeError(`a record of ${needed} bytes where the file ends`);
    }
    return this.#visit(whole, offset, visit);
  }

  #fromTail(offset: number, endOffset: number): Stretch | undefined {
    const tail = this.#log.tailAt(offset);
    if (tail === undefined) {
      return undefined;
    }
    const end = Math.min(tail.endOffset, endOffset) - tail.startOffset;
    return { buffer: tail.buffer, at: offset - tail.startOffset, end };
  }

  async #fromFiles(
    offset: number,
    endOffset: number,
    wanted: number,
  ): Promise<Stretch | undefined> {
    const segment = this.#log.segments.find(offset);
    if (segment === undefined) {
      return undefined;
    }
    const bytes = Math.min(wanted, endOffset - offset, segment.endOffset - offset);
    if (this.#piece.length < bytes) {
      this.#piece = Buffer.allocUnsafeSlow(Math.max(bytes, limits.keyStretchBytes));
    }
    const piece = this.#piece;
    const found = this.#log.copyFromCache(offset, bytes, piece, 0)
      ? bytes
      : await this.#log.copyFromDevice(offset, bytes, piece, 0);
    return found < Math.min(blankBytes, bytes) ? undefined : { buffer: piece, at: 0, end: found };
  }

  /** Throws DecodeError when what stands at the offset is no record; a later one that is none ends the stretch. */
  #visit(stretch: Stretch, offset: number, visit: RecordVisitor): number {
    const { buffer, end } = stretch;
    const stop = stretch.at + limits.keyStretchBytes;
    const taken = this.#takeAhead(buffer, stretch.at, Math.min(end, stop), offset);
    let at = stretch.at + taken;
    let next = offset + taken;
    while (at + blankBytes <= end && at < stop && !this.#isHalted) {
      const bytes = buffer.readInt32BE(at + recordAt.size);
      try {
        if (isBlank(buffer, at)) {
          return this.#behindBlank(next, bytes);
        }
        if (bytes > end - at && this.#fitsSegment(next, bytes)) {
          return next;
        }
        readShape(buffer, at, end, this.#shape);
        mustLieAt(buffer, at, next);
      } catch (error) {
        if (next > offset) {
          return next;
        }
        throw error;
      }
      visit(buffer, at, this.#shape, next);
      at += this.#isHalted ? 0 : bytes;
      next += this.#isHalted ? 0 : bytes;
    }
    return next;
  }

  #behindBlank(offset: number, bytes: number): number {
    const end = this.#log.segments.find(offset)?.endOffset ?? offset;
    if (bytes !== end - offset) {
      throw new DecodeError(`a blank of ${bytes} bytes where ${end - offset} are left`);
    }
    return end;
  }

  #fitsSegment(offset: number, bytes: number): boolean {
    const end = this.#log.segments.find(offset)?.endOffset ?? offset;
    return bytes >= fixedBytes && offset + bytes <= end;
  }

  /** Bytes of the record that the stretch holds only in part; 0 when it is not whole below the end either. */
  #bytesAt(stretch: Stretch, offset: number, endOffset: number): number {
    if (stretch.end - stretch.at < blankBytes) {
      return 0;
    }
    const bytes = stretch.buffer.readInt32BE(stretch.at + recordAt.size);
    return offset + bytes <= endOffset ? bytes : 0;
  }

  /** Looks for the next good record; blocks while it does, which damage alone is worth. */
  #stepOver(offset: number, endOffset: number, reason: string): number {
    const end = { offset, reason, claimedBytes: 0 };
    const next = findNextRecord(this.#log.segments, end) ?? endOffset;
    this.#onDamage(offset, next, reason);
    return Math.max(next, offset + 1);
  }

  /** The offset lies in no segment, or in one that ends too soon. */
  #behindGap(offset: number, endOffset: number): number {
    const next = this.#log.segments.all().find(({ startOffset }) => startOffset > offset);
    return Math.min(endOffset, next?.startOffset ?? endOffset);
  }
}

function mustLieAt(source: Buffer, at: number, offset: number): void {
  if (readInt64(source, at + recordAt.physicalOffset) !== offset) {
    throw new DecodeError("the record says that it lies elsewhere");
  }
}
