/**
 * Per message queue, where its n-th record lies. The newest entries stay in memory until there are enough for
 * one write; a checkpoint writes the rest. The files are derived: what a checkpoint does not cover is
 * dispatched again from the log at start.
 */
import { assert } from "../../core/assert.ts";
import { limits } from "../../core/limits.ts";
import { DiskError } from "../../io/disk.ts";
import type { QueueEntry, QueueHandle } from "../message-store.ts";
import { entryBytes, holeBytes, writeEntry } from "./entry.ts";
import { listEntries } from "./entry-list.ts";
import type { QueueFiles } from "./queue-files.ts";

const tailEntriesAtFirst = 8;

export class ConsumeQueue implements QueueHandle {
  readonly topic: string;
  readonly queueId: number;
  readonly topicBytes: Buffer;
  /** Assigned to the next record that is appended; ahead of maxOffset by what is not yet acknowledged. */
  nextOffset = 0;
  /** Set while the queue stands in the dispatcher's list of arrivals. */
  hasArrival = false;
  /** How long a message waits here until it is delivered elsewhere; 0 in every queue that clients read. */
  readonly delayMs: number;
  readonly #files: QueueFiles;
  #minOffset = 0;
  #maxOffset = 0;
  #tail: Buffer | undefined;
  #tailStart = 0;
  /** Grows when the queue is forgotten: a read that was under way belongs to the life before. */
  #life = 0;

  constructor(
    topic: string,
    queueId: number,
    topicBytes: Buffer,
    parts: { readonly files: QueueFiles; readonly delayMs: number },
  ) {
    this.topic = topic;
    this.queueId = queueId;
    this.topicBytes = topicBytes;
    this.delayMs = parts.delayMs;
    this.#files = parts.files;
  }

  get minOffset(): number {
    return this.#minOffset;
  }

  get maxOffset(): number {
    return this.#maxOffset;
  }

  /** Which life of its topic this is: offsets read in another are of other messages. */
  get life(): number {
    return this.#life;
  }

  /** True while entries are in memory only. */
  get hasTail(): boolean {
    return this.#maxOffset > this.#tailStart;
  }

  /** What the entry of a record says besides its place: the tag's hash, or when the record is delivered. */
  tagCode(tagHash: number, storeTimestampMs: number): number {
    return this.delayMs === 0 ? tagHash : storeTimestampMs + this.delayMs;
  }

  /** Takes over the extent that a snapshot or a rebuild knows. */
  restore(minOffset: number, maxOffset: number): void {
    this.#minOffset = minOffset;
    this.#maxOffset = maxOffset;
    this.nextOffset = maxOffset;
    this.#tailStart = maxOffset;
  }

  /** Adds the entry of the next offset. */
  push(physicalOffset: number, bytes: number, tagCode: number): void {
    const tail = this.#tailWithRoom();
    const at = (this.#maxOffset - this.#tailStart) * entryBytes;
    writeEntry(tail, at, physicalOffset, bytes, tagCode);
    this.#maxOffset++;
    if ((this.#maxOffset - this.#tailStart) % limits.queueTailEntries === 0) {
      this.writeTail();
    }
  }

  /** Adds the entry of an offset whose record is lost: it is never served, and the offset stays taken. */
  pushHole(): void {
    this.push(0, holeBytes, 0);
  }

  /**
   * Hands the entries in memory to the kernel; they stay readable through the files. False when the disk is full or
   * no more files may be open: then they stay in memory, and the log's own bound keeps their number small.
   */
  writeTail(): boolean {
    const count = this.#maxOffset - this.#tailStart;
    if (this.#tail === undefined || count === 0) {
      return true;
    }
    try {
      this.#files.write(
        this.topic,
        this.queueId,
        this.#tail,
        0,
        count * entryBytes,
        this.#tailStart * entryBytes,
      );
    } catch (error) {
      if (error instanceof DiskError && isPassing(error)) {
        this.#files.onNoSpace();
        return false;
      }
      throw error;
    }
    this.#tailStart = this.#maxOffset;
    return true;
  }

  /** Lets go of the memory of a queue that is quiet: its tail was written. */
  rest(): void {
    if (this.#tailStart === this.#maxOffset) {
      this.#tail = undefined;
    }
  }

  /** True when the entry comes from memory, where nothing but this process wrote it. */
  isInMemory(offset: number): boolean {
    return offset >= this.#tailStart;
  }

  /** Copies up to `count` entries from `offset` to target[0); how many, or −1 when the device is needed. */
  readEntries(offset: number, count: number, target: Buffer): number {
    assert(
      offset >= this.#minOffset && offset <= this.#maxOffset,
      "entries are read inside the queue",
    );
    if (this.isInMemory(offset)) {
      return this.#copyTail(offset, count, target);
    }
    const wantedBytes = this.#countInFile(offset, count) * entryBytes;
    const { topic, queueId } = this;
    const bytes = this.#files.readCached(topic, queueId, target, wantedBytes, offset * entryBytes);
    return bytes < wantedBytes ? -1 : bytes / entryBytes;
  }

  /** As readEntries, from the device. Entries that no file has or no read gets are zeros, which no store writes. */
  async loadEntries(offset: number, count: number, target: Buffer): Promise<number> {
    if (this.isInMemory(offset)) {
      return this.#copyTail(offset, count, target);
    }
    const life = this.#life;
    const wanted = this.#countInFile(offset, count);
    const bytes = await this.#loadBytes(offset, wanted * entryBytes, target);
    if (life !== this.#life) {
      return 0;
    }
    target.fill(0, bytes, wanted * entryBytes);
    return wanted;
  }

  entries(offset: number, countMax: number): Promise<readonly QueueEntry[]> {
    return listEntries(this, offset, countMax);
  }

  /** One entry, blocking: for start-up. False when there is none. */
  readNow(offset: number, target: Buffer): boolean {
    if (offset < 0 || offset >= this.#maxOffset) {
      return false;
    }
    if (this.isInMemory(offset)) {
      return this.#copyTail(offset, 1, target) === 1;
    }
    const { topic, queueId } = this;
    const position = offset * entryBytes;
    return this.#files.readNow(topic, queueId, target, entryBytes, position) === entryBytes;
  }

  /** What lies before the offset is readable no longer. */
  raiseMin(offset: number): void {
    this.#minOffset = Math.min(Math.max(this.#minOffset, offset), this.#maxOffset);
  }

  /** Removes files that hold nothing but what lies before the min offset, from where it was before. */
  removeFilesBelowMin(fromOffset: number): void {
    // The file of the newest entry stays: it says where the queue goes on.
    const to = Math.min(this.#minOffset, this.#maxOffset - 1) * entryBytes;
    this.#files.removeBetween(this.topic, this.queueId, fromOffset * entryBytes, to);
  }

  /** Takes entries back: for start-up, when the log turns out to have no such messages. */
  lower(maxOffset: number): void {
    if (maxOffset < this.#tailStart) {
      this.#tail = undefined;
      this.#tailStart = maxOffset;
    }
    this.#minOffset = Math.min(this.#minOffset, maxOffset);
    this.#maxOffset = maxOffset;
    this.nextOffset = maxOffset;
  }

  /** Forgets everything; the next record gets offset 0. */
  clear(): void {
    this.#minOffset = 0;
    this.#maxOffset = 0;
    this.#tailStart = 0;
    this.#tail = undefined;
    this.#life++;
  }

  /** Entries from the offset on that are written and lie in one file. */
  #countInFile(offset: number, count: number): number {
    const { fileBytes } = this.#files;
    const left = (fileBytes - ((offset * entryBytes) % fileBytes)) / entryBytes;
    return Math.min(count, this.#tailStart - offset, left);
  }

  async #loadBytes(offset: number, bytes: number, target: Buffer): Promise<number> {
    const { topic, queueId } = this;
    try {
      return await this.#files.readLater(topic, queueId, target, bytes, offset * entryBytes);
    } catch (error) {
      if (error instanceof DiskError && error.kind === "failed") {
        return 0;
      }
      throw error;
    }
  }

  #copyTail(offset: number, count: number, target: Buffer): number {
    const found = Math.min(count, this.#maxOffset - offset);
    const from = (offset - this.#tailStart) * entryBytes;
    this.#tail?.copy(target, 0, from, from + found * entryBytes);
    return found;
  }

  /** A quiet queue's tail is small; a busy one's grows to its full size. */
  #tailWithRoom(): Buffer {
    const neededBytes = (this.#maxOffset - this.#tailStart + 1) * entryBytes;
    const tail = this.#tail;
    if (tail !== undefined && tail.length >= neededBytes) {
      return tail;
    }
    const entries = tail === undefined ? tailEntriesAtFirst : (tail.length / entryBytes) * 4;
    const grown = Buffer.allocUnsafeSlow(entries * entryBytes);
    tail?.copy(grown);
    this.#tail = grown;
    return grown;
  }
}

/** What may be over in a moment, unlike a device that answers errors. */
function isPassing(error: DiskError): boolean {
  return error.kind === "no_space" || error.kind === "too_many_files";
}
