/**
 * Answers reads: walks queue entries, picks by tag hash, copies the records. What memory or the page cache has
 * is answered at once; otherwise the whole read starts over with the device, on another thread. A record that
 * comes from a file is checked first, and one whose entry comes from a file must be the one that was asked for; a
 * damaged one is stepped over, never served, and its offset stays its own.
 */
import { DecodeError } from "../core/error.ts";
import { readInt64 } from "../core/int64.ts";
import { limits } from "../core/limits.ts";
import { checkRecord, createRecordShape, readShape } from "../record/decode.ts";
import { recordAt, sysFlag } from "../record/layout.ts";
import { lightQueuePrefix, offsetsTaken, standsAlsoAt } from "../record/shared-record.ts";
import { ColdPiece } from "./cold-piece.ts";
import type { CommitLog } from "./commit-log/commit-log.ts";
import type { ConsumeQueue } from "./consume-queue/consume-queue.ts";
import {
  entryBytes,
  entryPhysicalOffset,
  entryRecordBytes,
  entryTagHash,
  holeBytes,
  isEntry,
  isHole,
} from "./consume-queue/entry.ts";
import type { Damage } from "./damage.ts";
import type { ReadOutcome, ReadRequest } from "./message-store.ts";
import { headBytes, headTimestamp } from "./record-head.ts";

/** Walk over the entries of one read: what was found so far. */
interface Progress {
  nextOffset: number;
  count: number;
  bytes: number;
  /** Where the queue goes on behind the inner batch that was copied last. */
  batchEnd: number;
}

export class RecordReader {
  readonly #log: CommitLog;
  readonly #damage: Damage;
  readonly #entries = Buffer.allocUnsafeSlow(limits.scanEntriesMax * entryBytes);
  readonly #shape = createRecordShape();
  #records: Buffer = Buffer.allocUnsafeSlow(256 * 1024);

  constructor(log: CommitLog, damage: Damage) {
    this.#log = log;
    this.#damage = damage;
  }

  read(request: ReadRequest, queue: ConsumeQueue): ReadOutcome | Promise<ReadOutcome> {
    const { offset } = request;
    if (offset < queue.minOffset || offset > queue.maxOffset) {
      return {
        kind: "offset_moved",
        nextOffset: offset < queue.minOffset ? queue.minOffset : queue.maxOffset,
      };
    }
    if (offset === queue.maxOffset) {
      return { kind: "caught_up", nextOffset: offset };
    }
    const isTrusted = queue.isInMemory(offset);
    const count = queue.readEntries(offset, this.#entriesWanted(request), this.#entries);
    if (count < 0) {
      return this.#readFromDevice(request, queue);
    }
    const progress: Progress = { nextOffset: offset, count: 0, bytes: 0, batchEnd: 0 };
    let lastPlace = -1;
    for (let index = 0; index < count && !isEnough(request, progress); index++) {
      const at = index * entryBytes;
      if (request.filter !== undefined && !request.filter(entryTagHash(this.#entries, at))) {
        progress.nextOffset++;
        continue;
      }
      const bytes = entryRecordBytes(this.#entries, at);
      if (progress.count > 0 && progress.bytes + bytes > request.bytesMax) {
        break;
      }
      if (!this.#isServable(this.#entries, at, queue, progress.nextOffset)) {
        progress.nextOffset++;
        continue;
      }
      const place = entryPhysicalOffset(this.#entries, at);
      // All messages of an inner batch name the one record that holds them.
      const isThere = place === lastPlace || this.#copy(queue, place, bytes, progress, isTrusted);
      lastPlace = place;
      if (!isThere && progress.count === 0) {
        return this.#readFromDevice(request, queue);
      }
      if (!isThere) {
        break;
      }
      progress.nextOffset++;
    }
    return outcomeOf(progress, this.#records);
  }

  /** Store time of the record that an entry points to; undefined when it cannot be read. */
  async storeTimestampAt(queue: ConsumeQueue, offset: number): Promise<number | undefined> {
    if (offset < queue.minOffset || offset >= queue.maxOffset) {
      return undefined;
    }
    const entry = Buffer.alloc(entryBytes);
    let found = queue.readEntries(offset, 1, entry);
    if (found < 0) {
      found = await queue.loadEntries(offset, 1, entry);
    }
    if (found !== 1 || !this.#isServable(entry, 0, queue, offset)) {
      return undefined;
    }
    const bytes = Math.min(headBytes, entryRecordBytes(entry, 0));
    const physicalOffset = entryPhysicalOffset(entry, 0);
    const head = Buffer.alloc(headBytes);
    const isIt =
      (await this.#copyFromAnywhere(physicalOffset, bytes, head)) &&
      (saysPlace(head, 0, queue, offset, physicalOffset) ||
        maySharePlace(head, 0, queue, physicalOffset));
    return isIt ? headTimestamp(head) : undefined;
  }

  /**
   * The record that begins at the offset and ends at or before `endOffset`; undefined where no whole record says of
   * itself that it lies there: anybody may ask for any offset.
   */
  async recordAt(physicalOffset: number, endOffset: number): Promise<Buffer | undefined> {
    const head = Buffer.alloc(recordAt.magic + 4);
    const isInside = physicalOffset >= this.#log.minOffset && physicalOffset < endOffset;
    if (!isInside || !(await this.#copyFromAnywhere(physicalOffset, head.length, head))) {
      return undefined;
    }
    const bytes = head.readInt32BE(recordAt.size);
    if (isHole(bytes) || physicalOffset + bytes > endOffset) {
      return undefined;
    }
    const record = Buffer.alloc(bytes);
    if (!(await this.#copyFromAnywhere(physicalOffset, bytes, record))) {
      return undefined;
    }
    const shape = createRecordShape();
    try {
      checkRecord(record, 0, bytes, shape);
    } catch (error) {
      if (error instanceof DecodeError) {
        return undefined;
      }
      throw error;
    }
    return shape.bytes === bytes && isInt64(record, recordAt.physicalOffset, physicalOffset)
      ? record
      : undefined;
  }

  async #copyFromAnywhere(physicalOffset: number, bytes: number, target: Buffer): Promise<boolean> {
    return (
      this.#log.copyFromTail(physicalOffset, bytes, target, 0) ||
      this.#log.copyFromCache(physicalOffset, bytes, target, 0) ||
      (await this.#log.copyFromDevice(physicalOffset, bytes, target, 0)) === bytes
    );
  }

  #entriesWanted(request: ReadRequest): number {
    return request.filter === undefined
      ? Math.min(request.countMax, limits.scanEntriesMax)
      : limits.scanEntriesMax;
  }

  /** False for a hole, and for an entry that no store wrote, which is noted. */
  #isServable(entries: Buffer, at: number, queue: ConsumeQueue, queueOffset: number): boolean {
    if (!isEntry(entries, at)) {
      this.#damage.entry(queue, queueOffset, "it is no entry");
      return false;
    }
    return entryRecordBytes(entries, at) !== holeBytes;
  }

  /** Appends one record to the answer from memory or the page cache; false when neither has it. */
  #copy(
    queue: ConsumeQueue,
    physicalOffset: number,
    bytes: number,
    progress: Progress,
    isTrusted: boolean,
  ): boolean {
    this.#makeRoom(progress.bytes, bytes);
    const isInTail = this.#log.copyFromTail(physicalOffset, bytes, this.#records, progress.bytes);
    if (
      !isInTail &&
      !this.#log.copyFromCache(physicalOffset, bytes, this.#records, progress.bytes)
    ) {
      return false;
    }
    if (
      (isInTail && isTrusted) ||
      this.#isWhole(this.#records, queue, physicalOffset, bytes, progress, isInTail)
    ) {
      progress.bytes += bytes;
      progress.count++;
    }
    return true;
  }

  /** True when the bytes behind the progress are the record that was asked for; otherwise notes the damage. */
  #isWhole(
    source: Buffer,
    queue: ConsumeQueue,
    physicalOffset: number,
    bytes: number,
    progress: Progress,
    isInTail: boolean,
  ): boolean {
    const at = progress.bytes;
    const { nextOffset } = progress;
    try {
      const check = isInTail ? readShape : checkRecord;
      check(source, at, at + bytes, this.#shape);
    } catch (error) {
      if (!(error instanceof DecodeError)) {
        throw error;
      }
      if (saysPlace(source, at, queue, nextOffset, physicalOffset)) {
        this.#damage.record(physicalOffset, bytes, error.message);
      } else {
        this.#damage.entry(queue, nextOffset, `no record lies at ${physicalOffset}`);
      }
      return false;
    }
    const { topicStart, topicEnd } = this.#shape;
    if (
      this.#shape.bytes === bytes &&
      saysPlace(source, at, queue, nextOffset, physicalOffset) &&
      queue.topicBytes.compare(source, topicStart, topicEnd) === 0
    ) {
      if (isBatch(source, at)) {
        progress.batchEnd = nextOffset + offsetsTaken(source, at, this.#shape);
      }
      return true;
    }
    const { topic, queueId } = queue;
    if (
      this.#shape.bytes === bytes &&
      maySharePlace(source, at, queue, physicalOffset) &&
      standsAlsoAt(source, at, this.#shape, { topic, queueId, queueOffset: nextOffset })
    ) {
      if (isBatch(source, at)) {
        const base = readInt64(source, at + recordAt.queueOffset);
        progress.batchEnd = base + offsetsTaken(source, at, this.#shape);
      }
      return true;
    }
    this.#damage.entry(queue, nextOffset, `another record lies at ${physicalOffset}`);
    return false;
  }

  /** The same read with the device: entries, then records in pieces that hold many. */
  async #readFromDevice(request: ReadRequest, queue: ConsumeQueue): Promise<ReadOutcome> {
    const entries = Buffer.allocUnsafe(this.#entriesWanted(request) * entryBytes);
    const count = await queue.loadEntries(request.offset, entries.length / entryBytes, entries);
    const progress: Progress = { nextOffset: request.offset, count: 0, bytes: 0, batchEnd: 0 };
    const piece = new ColdPiece(this.#log);
    let lastPlace = -1;
    let records: Buffer = Buffer.allocUnsafe(Math.min(request.bytesMax, limits.coldReadBytes));
    for (let index = 0; index < count && !isEnough(request, progress); index++) {
      const at = index * entryBytes;
      if (request.filter !== undefined && !request.filter(entryTagHash(entries, at))) {
        progress.nextOffset++;
        continue;
      }
      if (!this.#isServable(entries, at, queue, progress.nextOffset)) {
        progress.nextOffset++;
        continue;
      }
      const bytes = entryRecordBytes(entries, at);
      if (progress.count > 0 && progress.bytes + bytes > request.bytesMax) {
        break;
      }
      records = grown(records, progress.bytes, bytes);
      const physicalOffset = entryPhysicalOffset(entries, at);
      if (physicalOffset === lastPlace || physicalOffset < this.#log.minOffset) {
        // The same inner batch again, or retention took the record while this read was under way.
        progress.nextOffset++;
        continue;
      }
      lastPlace = physicalOffset;
      if (!(await piece.copy(physicalOffset, bytes, records, progress.bytes))) {
        if (physicalOffset >= this.#log.minOffset) {
          this.#damage.record(physicalOffset, bytes, "it cannot be read");
        }
      } else if (this.#isWhole(records, queue, physicalOffset, bytes, progress, false)) {
        progress.bytes += bytes;
        progress.count++;
      }
      progress.nextOffset++;
    }
    return outcomeOf(progress, records);
  }

  #makeRoom(used: number, bytes: number): void {
    this.#records = grown(this.#records, used, bytes);
  }
}

/** True when the record's head names the queue, the offset in it and the place in the log. */
function saysPlace(
  source: Buffer,
  at: number,
  queue: ConsumeQueue,
  queueOffset: number,
  physicalOffset: number,
): boolean {
  return (
    source.readInt32BE(at + recordAt.queueId) === queue.queueId &&
    isInt64(source, at + recordAt.queueOffset, queueOffset) &&
    isInt64(source, at + recordAt.physicalOffset, physicalOffset)
  );
}

/** As far as a head tells: the record may stand in the queue although it names another place of it, or another queue. */
function maySharePlace(
  source: Buffer,
  at: number,
  queue: ConsumeQueue,
  physicalOffset: number,
): boolean {
  return (
    (isBatch(source, at) || queue.topic.startsWith(lightQueuePrefix)) &&
    isInt64(source, at + recordAt.physicalOffset, physicalOffset)
  );
}

function isBatch(source: Buffer, at: number): boolean {
  return (source.readInt32BE(at + recordAt.sysFlag) & sysFlag.innerBatch) !== 0;
}

function isInt64(source: Buffer, at: number, value: number): boolean {
  return source.readUInt32BE(at) * 0x1_0000_0000 + source.readUInt32BE(at + 4) === value;
}

function isEnough(request: ReadRequest, progress: Progress): boolean {
  return progress.count >= request.countMax || progress.bytes >= request.bytesMax;
}

/** The buffer, or a larger one with the same first `used` bytes, so that `bytes` more fit. */
function grown(buffer: Buffer, used: number, bytes: number): Buffer {
  if (used + bytes <= buffer.length) {
    return buffer;
  }
  const larger = Buffer.allocUnsafeSlow(Math.max(buffer.length * 2, used + bytes));
  buffer.copy(larger, 0, 0, used);
  return larger;
}

function outcomeOf(progress: Progress, records: Buffer): ReadOutcome {
  const { count, bytes } = progress;
  const nextOffset = Math.max(progress.nextOffset, progress.batchEnd);
  return count === 0
    ? { kind: "nothing_matched", nextOffset }
    : { kind: "found", nextOffset, count, records, start: 0, end: bytes };
}
