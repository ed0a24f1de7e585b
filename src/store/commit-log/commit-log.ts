/**
 * All records of a broker in order of arrival. A record never crosses a segment: where the next one does not
 * fit, a blank (size of the rest, blank magic) closes the segment.
 */
import { assert } from "../../core/assert.ts";
import { MqError } from "../../core/error.ts";
import { limits } from "../../core/limits.ts";
import type { Clock } from "../../io/clock.ts";
import { DiskError } from "../../io/disk.ts";
import { encodeBlank } from "../../record/encode.ts";
import { blankBytes } from "../../record/layout.ts";
import type { Segment, SegmentList } from "./segment-list.ts";
import { Tail, type TailBuffer } from "./tail.ts";

/** How a store flushes: acknowledge after the device has a record, or as soon as it is written. */
export type FlushMode = "sync" | "async";

const zeros = Buffer.alloc(limits.zeroAheadBytes);

export class CommitLog {
  readonly segments: SegmentList;
  readonly #clock: Clock;
  readonly #tail = new Tail();
  /** Why sends are refused although the disk has room: it is to keep some. */
  refusal: string | undefined;
  /** Called when the device failed in a way that is final. */
  onDiskFailed: (error: unknown) => void = () => undefined;
  #current: Segment | undefined;
  /** Made ahead of its first record, so that the reserve does not end with a segment. */
  #next: Segment | undefined;
  #endOffset: number;
  #writtenOffset: number;
  #fullUntilMs = -1;
  readonly #isZeroing: boolean;

  /** Continues behind `endOffset`, which recovery found. */
  constructor(segments: SegmentList, clock: Clock, endOffset: number, flush: FlushMode) {
    this.#isZeroing = flush === "sync";
    this.segments = segments;
    this.#clock = clock;
    this.#endOffset = endOffset;
    this.#writtenOffset = endOffset;
    this.#current = segments.find(endOffset);
    if (this.#current !== undefined) {
      // What holds records already is never allocated again: where the system cannot, zeros are written.
      this.#current.allocatedBytes = endOffset - this.#current.startOffset;
      this.#current.writtenBytes = this.#current.allocatedBytes;
    }
  }

  get minOffset(): number {
    return this.segments.first?.startOffset ?? 0;
  }

  /** Where the next record goes. */
  get endOffset(): number {
    return this.#endOffset;
  }

  /** Everything below is in the hands of the kernel. */
  get writtenOffset(): number {
    return this.#writtenOffset;
  }

  /** True while the disk was found full and is not due to be asked again. */
  get isFull(): boolean {
    // Asked with every record: the clock only while there is something to wait for.
    if (this.#fullUntilMs >= 0 && this.#clock.elapsedMs() >= this.#fullUntilMs) {
      this.#fullUntilMs = -1;
    }
    return this.#fullUntilMs >= 0;
  }

  /** The disk was found full: for a while nothing but state records is taken, without asking it again. */
  noteFull(): void {
    this.#fullUntilMs = this.#clock.elapsedMs() + limits.fullDiskRetryMs;
  }

  /**
   * The place for a record of `bytes`: buffer and `endOffset` (the record's physical offset) are valid until
   * `commit`. Space on disk is certain before anything is assigned; state records may use the reserve.
   * Throws MqError `store_unavailable` when the disk is full.
   */
  reserve(bytes: number, isState: boolean): TailBuffer {
    if (!isState) {
      this.#askDisk();
    }
    let segment = this.#current ?? this.#roll();
    if (this.#endOffset + bytes + blankBytes > segment.endOffset) {
      segment = this.#roll();
    }
    const needed = this.#endOffset - segment.startOffset + bytes + blankBytes;
    const wanted = isState ? needed : needed + limits.stateReserveBytes;
    if (wanted > segment.allocatedBytes) {
      this.#allocate(segment, Math.min(segment.bytes, wanted), isState);
      if (wanted > segment.bytes) {
        this.#next ??= this.#make(segment.endOffset);
      }
    }
    return this.#tail.reserve(this.#endOffset, bytes);
  }

  /** Takes the record that was encoded into the reserved place. */
  commit(buffer: TailBuffer, bytes: number): void {
    this.#endOffset += bytes;
    buffer.endOffset = this.#endOffset;
  }

  /** Hands everything encoded to the kernel. Throws DiskError; the log is then in doubt and must fail. */
  writeStaged(): void {
    for (const each of this.#tail.unwritten()) {
      const segment = this.segments.find(each.writtenOffset);
      assert(segment !== undefined, "a reserved place lies in a segment");
      segment
        .file()
        .write(
          each.buffer,
          each.writtenOffset - each.startOffset,
          each.endOffset - each.startOffset,
          each.writtenOffset - segment.startOffset,
        );
      segment.isDirty = true;
      segment.writtenBytes = Math.max(segment.writtenBytes, each.endOffset - segment.startOffset);
      each.writtenOffset = each.endOffset;
    }
    if (this.#endOffset - this.#writtenOffset <= limits.zeroAheadGroupBytesMax) {
      this.#zeroAhead();
    }
    this.#writtenOffset = this.#endOffset;
    this.#tail.trim();
  }

  /** Resolves when the device has everything written before the call. */
  async sync(): Promise<void> {
    for (const segment of this.segments.all()) {
      if (segment.isDirty) {
        segment.isDirty = false;
        await segment.file().sync();
      }
    }
  }

  /** Copies [offset, offset + bytes) from memory; false when it is no longer there. */
  copyFromTail(offset: number, bytes: number, target: Buffer, at: number): boolean {
    const buffer = this.#tail.find(offset, bytes);
    if (buffer === undefined) {
      return false;
    }
    const from = offset - buffer.startOffset;
    buffer.buffer.copy(target, at, from, from + bytes);
    return true;
  }

  /** The buffer that still holds what begins at the offset, undefined when only files have it. Valid during the turn. */
  tailAt(offset: number): TailBuffer | undefined {
    return this.#tail.find(offset, blankBytes);
  }

  /** Copies from the page cache; false when the device has to be asked or the log has no such bytes. */
  copyFromCache(offset: number, bytes: number, target: Buffer, at: number): boolean {
    const segment = this.segments.find(offset);
    return (
      segment !== undefined &&
      segment.file().readCached(target, at, bytes, offset - segment.startOffset) === bytes
    );
  }

  /** Copies from the device; resolves with how many bytes there were. */
  async copyFromDevice(offset: number, bytes: number, target: Buffer, at: number): Promise<number> {
    const segment = this.segments.find(offset);
    if (segment === undefined) {
      return 0;
    }
    const wanted = Math.min(bytes, segment.endOffset - offset);
    return await segment.file().readLater(target, at, wanted, offset - segment.startOffset);
  }

  close(): void {
    this.#next?.close();
    this.segments.close();
  }

  /** Writes zeros where the next records go, so that syncs over them are cheap. */
  #zeroAhead(): void {
    const segment = this.#current;
    if (!this.#isZeroing || segment === undefined) {
      return;
    }
    const used = this.#endOffset - segment.startOffset;
    const wanted = Math.min(segment.allocatedBytes, used + limits.zeroAheadBytes);
    if (segment.writtenBytes - used < limits.zeroAheadBytes / 2 && wanted > segment.writtenBytes) {
      segment.file().write(zeros, 0, wanted - segment.writtenBytes, segment.writtenBytes);
      segment.writtenBytes = wanted;
      segment.isDirty = true;
    }
  }

  /** Closes the current segment with a blank and opens the next. */
  #roll(): Segment {
    const current = this.#current;
    const startOffset = current?.endOffset ?? this.#endOffset;
    const next = this.#next ?? this.#make(startOffset);
    this.#next = undefined;
    if (current !== undefined) {
      const buffer = this.#tail.reserve(this.#endOffset, blankBytes);
      encodeBlank(
        buffer.buffer,
        this.#endOffset - buffer.startOffset,
        current.endOffset - this.#endOffset,
      );
      buffer.endOffset = this.#endOffset + blankBytes;
    }
    this.#tail.seal();
    this.segments.add(next);
    this.#endOffset = startOffset;
    this.#current = next;
    return next;
  }

  #make(startOffset: number): Segment {
    this.#askDisk();
    try {
      return this.segments.create(startOffset);
    } catch (error) {
      throw this.#refusal(error);
    }
  }

  /** State records ask at once: an earlier run may have left a reserve, which nobody knows of before it is asked for. */
  #allocate(segment: Segment, bytes: number, isState: boolean): void {
    if (bytes <= segment.allocatedBytes) {
      return;
    }
    if (!isState) {
      this.#askDisk();
    }
    try {
      if (segment.allocate(bytes)) {
        return;
      }
    } catch (error) {
      throw this.#refusal(error);
    }
    throw this.#full("no space is left");
  }

  /** A device that answered an error is not asked again: a later success would prove nothing. */
  #refusal(error: unknown): unknown {
    if (!(error instanceof DiskError)) {
      return error;
    }
    if (error.kind !== "failed") {
      return this.#full(error.message);
    }
    this.onDiskFailed(error);
    return new MqError("store_unavailable", `the disk failed: ${error.message}`, { cause: error });
  }

  /** Between two tries on a full disk, refuses without asking it. */
  #askDisk(): void {
    if (this.isFull) {
      throw new MqError("store_unavailable", `the disk is full (log at ${this.#endOffset})`);
    }
    if (this.refusal !== undefined) {
      throw new MqError("store_unavailable", `${this.refusal}; sends are refused`);
    }
  }

  #full(reason: string): MqError {
    this.noteFull();
    return new MqError(
      "store_unavailable",
      `the disk is full (log at ${this.#endOffset}): ${reason}`,
    );
  }
}
