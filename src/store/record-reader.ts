/**
 * Answers reads: walks queue entries, picks by tag hash, copies the records. What memory or the page cache has
 * is answered at once; otherwise the whole read starts over with the device, on another thread. A record that
 * comes from a file is checked first; a damaged one is stepped over, never served, and its offset stays its own.
 */
import { DecodeError } from "../core/error.ts";
import { readInt64 } from "../core/int64.ts";
import { limits } from "../core/limits.ts";
import type { Log } from "../io/log.ts";
import { checkRecord, createRecordShape } from "../record/decode.ts";
import { ipv6ExtraBytes, recordAt, sysFlag } from "../record/layout.ts";
import type { CommitLog } from "./commit-log/commit-log.ts";
import type { ConsumeQueue } from "./consume-queue/consume-queue.ts";
import {
  entryBytes,
  entryPhysicalOffset,
  entryRecordBytes,
  entryTagHash,
  isHole,
} from "./consume-queue/entry.ts";
import type { ReadOutcome, ReadRequest } from "./message-store.ts";

/** Bytes of a record up to and with its store timestamp, whatever its addresses. */
const headBytes = recordAt.storeTimestamp + ipv6ExtraBytes + 8;

/** Walk over the entries of one read: what was found so far. */
interface Progress {
  nextOffset: number;
  count: number;
  bytes: number;
}

export class RecordReader {
  readonly #log: CommitLog;
  readonly #journal: Log;
  readonly #entries = Buffer.allocUnsafeSlow(limits.scanEntriesMax * entryBytes);
  readonly #shape = createRecordShape();
  #records: Buffer = Buffer.allocUnsafeSlow(256 * 1024);
  #damagedCount = 0;

  constructor(log: CommitLog, journal: Log) {
    this.#log = log;
    this.#journal = journal;
  }

  /** Records that were found damaged and not served. */
  get damagedCount(): number {
    return this.#damagedCount;
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
    const count = queue.readEntries(offset, this.#entriesWanted(request), this.#entries);
    if (count < 0) {
      return this.#readFromDevice(request, queue);
    }
    const progress: Progress = { nextOffset: offset, count: 0, bytes: 0 };
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
      const isThere = this.#copy(entryPhysicalOffset(this.#entries, at), bytes, progress);
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
    const bytes = Math.min(headBytes, entryRecordBytes(entry, 0));
    if (found !== 1 || bytes < recordAt.storeTimestamp + 8) {
      return undefined;
    }
    const physicalOffset = entryPhysicalOffset(entry, 0);
    const head = Buffer.alloc(headBytes);
    const isThere =
      this.#log.copyFromTail(physicalOffset, bytes, head, 0) ||
      this.#log.copyFromCache(physicalOffset, bytes, head, 0) ||
      (await this.#log.copyFromDevice(physicalOffset, bytes, head, 0)) === bytes;
    if (!isThere) {
      return undefined;
    }
    const isLongAddress = (head.readInt32BE(recordAt.sysFlag) & sysFlag.bornHostIpv6) !== 0;
    return readInt64(head, recordAt.storeTimestamp + (isLongAddress ? ipv6ExtraBytes : 0));
  }

  #entriesWanted(request: ReadRequest): number {
    return request.filter === undefined
      ? Math.min(request.countMax, limits.scanEntriesMax)
      : limits.scanEntriesMax;
  }

  /** Appends one record to the answer from memory or the page cache; false when neither has it. */
  #copy(physicalOffset: number, bytes: number, progress: Progress): boolean {
    if (isHole(bytes)) {
      return true;
    }
    this.#makeRoom(progress.bytes, bytes);
    if (this.#log.copyFromTail(physicalOffset, bytes, this.#records, progress.bytes)) {
      progress.bytes += bytes;
      progress.count++;
      return true;
    }
    if (!this.#log.copyFromCache(physicalOffset, bytes, this.#records, progress.bytes)) {
      return false;
    }
    this.#accept(this.#records, progress.bytes, physicalOffset, bytes, progress);
    return true;
  }

  /** Counts the record at source[at) if it is whole; otherwise notes the damage. */
  #accept(
    source: Buffer,
    at: number,
    physicalOffset: number,
    bytes: number,
    progress: Progress,
  ): void {
    try {
      checkRecord(source, at, at + bytes, this.#shape);
      progress.bytes += bytes;
      progress.count++;
    } catch (error) {
      if (!(error instanceof DecodeError)) {
        throw error;
      }
      this.#damagedCount++;
      this.#journal.error("a damaged record is not served", {
        physicalOffset,
        bytes,
        reason: error.message,
      });
    }
  }

  /** The same read with the device: entries, then records in pieces that hold many. */
  async #readFromDevice(request: ReadRequest, queue: ConsumeQueue): Promise<ReadOutcome> {
    const entries = Buffer.allocUnsafe(this.#entriesWanted(request) * entryBytes);
    const count = await queue.loadEntries(request.offset, entries.length / entryBytes, entries);
    const progress: Progress = { nextOffset: request.offset, count: 0, bytes: 0 };
    const piece = new ColdPiece(this.#log);
    let records: Buffer = Buffer.allocUnsafe(Math.min(request.bytesMax, limits.coldReadBytes));
    for (let index = 0; index < count && !isEnough(request, progress); index++) {
      const at = index * entryBytes;
      if (request.filter !== undefined && !request.filter(entryTagHash(entries, at))) {
        progress.nextOffset++;
        continue;
      }
      const bytes = entryRecordBytes(entries, at);
      if (progress.count > 0 && progress.bytes + bytes > request.bytesMax) {
        break;
      }
      records = grown(records, progress.bytes, bytes);
      const physicalOffset = entryPhysicalOffset(entries, at);
      if (!isHole(bytes) && (await piece.copy(physicalOffset, bytes, records, progress.bytes))) {
        this.#accept(records, progress.bytes, physicalOffset, bytes, progress);
      }
      progress.nextOffset++;
    }
    return outcomeOf(progress, records);
  }

  #makeRoom(used: number, bytes: number): void {
    this.#records = grown(this.#records, used, bytes);
  }
}

/** A stretch of the log read from the device at once, from which neighbouring records are taken. */
class ColdPiece {
  readonly #log: CommitLog;
  #buffer: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;

  constructor(log: CommitLog) {
    this.#log = log;
  }

  /** Copies one record; false when the log does not have it. */
  async copy(offset: number, bytes: number, target: Buffer, at: number): Promise<boolean> {
    if (offset < this.#start || offset + bytes > this.#end) {
      const wanted = Math.max(bytes, limits.coldReadBytes);
      if (this.#buffer.length < wanted) {
        this.#buffer = Buffer.allocUnsafe(wanted);
      }
      const found = await this.#log.copyFromDevice(offset, wanted, this.#buffer, 0);
      this.#start = offset;
      this.#end = offset + found;
    }
    if (offset + bytes > this.#end) {
      return false;
    }
    this.#buffer.copy(target, at, offset - this.#start, offset - this.#start + bytes);
    return true;
  }
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
  const { nextOffset, count, bytes } = progress;
  return count === 0
    ? { kind: "nothing_matched", nextOffset }
    : { kind: "found", nextOffset, count, records, start: 0, end: bytes };
}
