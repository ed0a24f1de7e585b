/**
 * Walks the records of a log from an offset, checking each whole: sizes, checksum, and that the record says
 * the place where it lies (RocketMQ never compares that; stale bytes would pass there). For start-up and tools:
 * reads block.
 */
import { DecodeError } from "../../core/error.ts";
import { readInt64 } from "../../core/int64.ts";
import { checkRecord, createRecordShape, isBlank, type RecordShape } from "../../record/decode.ts";
import { blankBytes, fixedBytes, recordAt } from "../../record/layout.ts";
import type { RecordCheck } from "../../record/record-check.ts";
import type { Segment, SegmentList } from "./segment-list.ts";

/** Checks records many at a time, and is shown what it found good before the visitor sees the next. */
export interface ManyVisitor {
  readonly check: RecordCheck;
  /** `check` has the records; the first lies at `at` of its window and at the physical offset. */
  visit(at: number, physicalOffset: number): void;
}

/** The first look is small, since a clean stop leaves nothing to read; a long walk reads in large pieces. */
const windowBytesFirst = 64 << 10;
const windowBytesMax = 4 << 20;
/** While a window is looked at, so much behind it is brought from the device. */
const aheadBytes = 8 << 20;

/** Sees each good record: source[at, at + shape.bytes), valid during the call only. */
export type RecordVisitor = (
  source: Buffer,
  at: number,
  shape: RecordShape,
  physicalOffset: number,
) => void;

/** Where and why a walk ended. */
export interface ScanEnd {
  readonly offset: number;
  /** Why the bytes there are no record; undefined when there is nothing but zeros or the log's end. */
  readonly reason: string | undefined;
  /** Size that a bad record claims, when it could be one. */
  readonly claimedBytes: number;
}

export class LogScanner {
  readonly #segments: SegmentList;
  readonly #many: ManyVisitor | undefined;
  readonly #shape = createRecordShape();
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;
  #windowEnd = 0;
  #windowBytes = windowBytesFirst;
  #aheadEnd = 0;

  constructor(segments: SegmentList, many?: ManyVisitor) {
    this.#segments = segments;
    this.#many = many;
  }

  /** Visits good records from the offset on; stops at the first that is none. */
  scan(fromOffset: number, visit: RecordVisitor): ScanEnd {
    let offset = fromOffset;
    for (;;) {
      const segment = this.#segments.find(offset);
      if (segment === undefined) {
        return { offset, reason: undefined, claimedBytes: 0 };
      }
      const next = this.#step(segment, offset, visit);
      if (typeof next !== "number") {
        return next;
      }
      offset = next;
    }
  }

  /** One record or blank: the next offset, or why there is none. */
  #step(segment: Segment, offset: number, visit: RecordVisitor): number | ScanEnd {
    const left = segment.endOffset - offset;
    if (left < blankBytes || !this.#load(segment, offset, Math.min(left, fixedBytes))) {
      return { offset, reason: "the segment ends in the middle of a record", claimedBytes: 0 };
    }
    const taken = this.#takeMany(segment, offset);
    if (taken > 0) {
      return offset + taken;
    }
    const at = offset - this.#windowStart;
    const bytes = this.#window.readInt32BE(at + recordAt.size);
    if (bytes === 0 && this.#window.readUInt32BE(at + recordAt.magic) === 0) {
      return { offset, reason: undefined, claimedBytes: 0 };
    }
    if (isBlank(this.#window, at)) {
      return bytes === left
        ? segment.endOffset
        : { offset, reason: `a blank of ${bytes} bytes where ${left} are left`, claimedBytes: 0 };
    }
    if (bytes < fixedBytes || bytes > left) {
      return {
        offset,
        reason: `a record of ${bytes} bytes where ${left} are left`,
        claimedBytes: 0,
      };
    }
    this.#load(segment, offset, bytes);
    return this.#check(offset, bytes, visit);
  }

  /** Bytes of the records that could be taken together: 0 when the next is for `#check`, or there is none. */
  #takeMany(segment: Segment, offset: number): number {
    const many = this.#many;
    if (many === undefined || this.#window !== many.check.window) {
      return 0;
    }
    const at = offset - this.#windowStart;
    const end = Math.min(this.#windowEnd, segment.endOffset) - this.#windowStart;
    many.check.check(at, end, offset);
    if (many.check.count > 0) {
      many.visit(at, offset);
    }
    return many.check.walkedBytes;
  }

  #check(offset: number, bytes: number, visit: RecordVisitor): number | ScanEnd {
    const at = offset - this.#windowStart;
    try {
      checkRecord(this.#window, at, at + bytes, this.#shape);
      const says = readInt64(this.#window, at + recordAt.physicalOffset);
      if (says !== offset) {
        throw new DecodeError(`the record says it lies at ${says}`);
      }
    } catch (error) {
      if (error instanceof DecodeError) {
        return { offset, reason: error.message, claimedBytes: bytes };
      }
      throw error;
    }
    visit(this.#window, at, this.#shape, offset);
    return offset + bytes;
  }

  /** Makes sure that the window holds `bytes` from the offset; false when the file is shorter. */
  #load(segment: Segment, offset: number, bytes: number): boolean {
    if (offset >= this.#windowStart && offset + bytes <= this.#windowEnd) {
      return true;
    }
    const shared = this.#many?.check.window;
    const most = shared?.length ?? windowBytesMax;
    const wanted = Math.min(segment.endOffset - offset, Math.max(bytes, this.#windowBytes));
    this.#windowBytes = Math.min(most, this.#windowBytes * 4);
    if (shared !== undefined && wanted <= shared.length) {
      this.#window = shared;
    } else if (this.#window === shared || this.#window.length < wanted) {
      this.#window = Buffer.allocUnsafeSlow(wanted);
    }
    const found = segment.file().readInto(this.#window, 0, wanted, offset - segment.startOffset);
    this.#windowStart = offset;
    this.#windowEnd = offset + found;
    this.#readAhead(segment, most);
    return found >= bytes;
  }

  /** For a long walk only: the first windows are small. */
  #readAhead(segment: Segment, windowMost: number): void {
    const from = Math.max(this.#windowEnd, this.#aheadEnd);
    const end = Math.min(segment.endOffset, this.#windowEnd + aheadBytes);
    if (
      this.#windowBytes >= windowMost &&
      end - from >= Math.min(windowMost, segment.endOffset - from)
    ) {
      segment.file().readAhead(from - segment.startOffset, end - from);
      this.#aheadEnd = end;
    }
  }
}
