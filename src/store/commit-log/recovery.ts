/**
 * Finds the end of the log after a start and makes it safe to append there (settled 2, 3).
 *
 * Above the last checkpoint the log is cut at the first bad record. What is cut off is saved beside the log;
 * the whole window behind the cut is zeroed and synced, so that nothing rises again; and what lies between the
 * checkpoint and the cut is written again and synced, because after a failed sync or a kill the page cache is
 * not the disk. Without a checkpoint the log is read from its beginning, and a bad record with good ones
 * behind it is damage to step over, never a reason to cut them off.
 */
import { limits } from "../../core/limits.ts";
import { type Disk, joinPath } from "../../io/disk.ts";
import type { Log } from "../../io/log.ts";
import { offsetFileName, type StorePaths } from "../paths.ts";
import { LogScanner, type RecordVisitor, type ScanEnd } from "./log-scanner.ts";
import type { Segment, SegmentList } from "./segment-list.ts";

const pieceBytes = 1 << 20;

export interface RecoveryOptions {
  readonly disk: Disk;
  readonly log: Log;
  readonly paths: StorePaths;
  readonly segments: SegmentList;
  /** Where to begin; everything below is known. Undefined reads from the first segment. */
  readonly checkpointOffset: number | undefined;
  /** The last run stopped as it should: nothing needs to be cut, zeroed or written again. */
  readonly isClean: boolean;
}

export interface Recovered {
  readonly endOffset: number;
  readonly recordCount: number;
  readonly cutBytes: number;
  readonly damagedRecordCount: number;
}

/** Walks the log from the checkpoint, shows each record to `visit`, and leaves the log ready for appends. */
export function recoverLog(options: RecoveryOptions, visit: RecordVisitor): Recovered {
  const { segments, checkpointOffset } = options;
  const scanner = new LogScanner(segments);
  const from = checkpointOffset ?? segments.first?.startOffset ?? 0;
  let recordCount = 0;
  let damagedRecordCount = 0;
  const counted: RecordVisitor = (source, at, shape, offset) => {
    recordCount++;
    visit(source, at, shape, offset);
  };
  let end = scanner.scan(from, counted);
  while (end.reason !== undefined && checkpointOffset === undefined) {
    const next = findNextRecord(segments, end);
    if (next === undefined) {
      break;
    }
    damagedRecordCount++;
    options.log.error("damage in the commit log: stepping over it", {
      offset: end.offset,
      bytes: next - end.offset,
      reason: end.reason,
    });
    end = scanner.scan(next, counted);
  }
  if (options.isClean && end.reason === undefined) {
    dropSegmentsBehind(options, end.offset);
    return { endOffset: end.offset, recordCount, cutBytes: 0, damagedRecordCount };
  }
  const cutBytes = cut(options, end);
  writeAgain(segments, from, end.offset);
  return { endOffset: end.offset, recordCount, cutBytes, damagedRecordCount };
}

/** Where good records go on behind a bad one: right behind it, or at the start of a later segment. */
function findNextRecord(segments: SegmentList, end: ScanEnd): number | undefined {
  if (end.claimedBytes > 0 && hasRecordAt(segments, end.offset + end.claimedBytes)) {
    return end.offset + end.claimedBytes;
  }
  const later = segments
    .all()
    .find((each) => each.startOffset > end.offset && hasRecordAt(segments, each.startOffset));
  return later?.startOffset;
}

const oneRecord = new Error("one record is enough");

function hasRecordAt(segments: SegmentList, offset: number): boolean {
  try {
    new LogScanner(segments).scan(offset, () => {
      throw oneRecord;
    });
    return false;
  } catch (error) {
    if (error === oneRecord) {
      return true;
    }
    throw error;
  }
}

/** Saves and removes everything behind the end; returns how many bytes that were not zero it held. */
function cut(options: RecoveryOptions, end: ScanEnd): number {
  const { disk, log, paths, segments } = options;
  const segment = segments.find(end.offset);
  let cutBytes = 0;
  if (segment !== undefined) {
    cutBytes = zeroBehind(disk, paths, segment, end.offset);
    segment.file().syncNow();
  }
  cutBytes += dropSegmentsBehind(options, end.offset);
  if (cutBytes > 0) {
    log.warn("the log was cut behind its last whole record", {
      offset: end.offset,
      bytes: cutBytes,
      reason: end.reason,
      saved: paths.cut,
    });
  }
  return cutBytes;
}

/** Zeros the rest of the segment where it is not zero already, saving what was there. */
function zeroBehind(disk: Disk, paths: StorePaths, segment: Segment, offset: number): number {
  const piece = Buffer.allocUnsafeSlow(pieceBytes);
  const zeros = Buffer.alloc(pieceBytes);
  let saved = 0;
  for (let at = offset - segment.startOffset; at < segment.bytes; at += pieceBytes) {
    const bytes = segment.file().readInto(piece, 0, Math.min(pieceBytes, segment.bytes - at), at);
    if (bytes === 0) {
      break;
    }
    if (piece.compare(zeros, 0, bytes, 0, bytes) !== 0) {
      save(disk, paths, segment.startOffset + at, piece, bytes);
      segment.file().write(zeros, 0, bytes, at);
      saved += bytes;
    }
  }
  return saved;
}

function save(disk: Disk, paths: StorePaths, offset: number, piece: Buffer, bytes: number): void {
  disk.makeFolder(paths.cut);
  const kept = disk.list(paths.cut);
  for (const old of kept.slice(0, Math.max(0, kept.length + 1 - limits.cutFilesMax))) {
    disk.remove(joinPath(paths.cut, old.name));
  }
  const file = disk.open(joinPath(paths.cut, offsetFileName(offset)), "create");
  try {
    file.truncate(0);
    file.write(piece, 0, bytes, 0);
  } finally {
    file.close();
  }
}

/** Takes away segments that begin at or behind the end; only one that a crash left ahead of its records is there. */
function dropSegmentsBehind(options: RecoveryOptions, endOffset: number): number {
  const { disk, paths, segments } = options;
  let bytes = 0;
  let dropped = false;
  for (
    let last = segments.last;
    last !== undefined && last.startOffset > endOffset;
    last = segments.last
  ) {
    bytes += zeroBehind(disk, paths, last, last.startOffset);
    segments.dropLast();
    disk.remove(last.path);
    dropped = true;
  }
  if (dropped) {
    disk.syncFolder(paths.commitLog);
  }
  return bytes;
}

/** Writes [from, to) over itself and syncs: afterwards the device has what was read. */
function writeAgain(segments: SegmentList, from: number, to: number): void {
  const piece = Buffer.allocUnsafeSlow(pieceBytes);
  for (const segment of segments.all()) {
    const start = Math.max(from, segment.startOffset);
    const stop = Math.min(to, segment.endOffset);
    for (let offset = start; offset < stop; offset += pieceBytes) {
      const at = offset - segment.startOffset;
      const bytes = segment.file().readInto(piece, 0, Math.min(pieceBytes, stop - offset), at);
      segment.file().write(piece, 0, bytes, at);
    }
    if (start < stop) {
      segment.file().syncNow();
    }
  }
}
