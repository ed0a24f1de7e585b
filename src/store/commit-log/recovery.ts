/**
 * Finds the end of the log after a start and makes it safe to append there (settled 2, 3).
 *
 * Above the last checkpoint the log is cut at the first bad record. What is cut off is saved beside the log;
 * the whole window behind the cut is zeroed and synced, so that nothing rises again; and what lies between the
 * checkpoint and the cut is written again and synced, because after a failed sync or a kill the page cache is
 * not the disk. Where nobody knows how far the log was durable, whatever has good records behind it (a bad record,
 * zeros, a missing segment) is damage to step over, never a reason to cut them off.
 */
import type { Disk } from "../../io/disk.ts";
import type { Log } from "../../io/log.ts";
import type { StorePaths } from "../paths.ts";
import { CutFolder } from "./cut-folder.ts";
import { LogScanner, type RecordVisitor, type ScanEnd } from "./log-scanner.ts";
import { findNextRecord } from "./next-record.ts";
import type { Segment, SegmentList } from "./segment-list.ts";

const pieceBytes = 1 << 20;
const zeros = Buffer.alloc(pieceBytes);

export interface RecoveryOptions {
  readonly disk: Disk;
  readonly log: Log;
  readonly paths: StorePaths;
  readonly segments: SegmentList;
  /** Where to begin; everything below is known. Undefined reads from the first segment. */
  readonly fromOffset: number | undefined;
  /** Everything below is durable, also when the walk begins before it. */
  readonly provenOffset: number;
  /** A bad record below this is damage, and the walk goes on behind it; Infinity where nobody knows what was durable. */
  readonly damageBelow: number;
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
  const { segments, fromOffset, damageBelow } = options;
  const scanner = new LogScanner(segments);
  const from = fromOffset ?? segments.first?.startOffset ?? 0;
  let recordCount = 0;
  let damagedRecordCount = 0;
  const counted: RecordVisitor = (source, at, shape, offset) => {
    recordCount++;
    visit(source, at, shape, offset);
  };
  let end = scanner.scan(from, counted);
  const nextRecord = (): number | undefined =>
    end.offset < damageBelow ? findNextRecord(segments, end) : undefined;
  let next = nextRecord();
  while (next !== undefined) {
    damagedRecordCount++;
    options.log.error("damage in the commit log: stepping over it", {
      offset: end.offset,
      bytes: next - end.offset,
      reason: end.reason ?? "there is nothing where records were",
    });
    end = scanner.scan(next, counted);
    next = nextRecord();
  }
  if (options.isClean && end.reason === undefined) {
    dropSegmentsBehind(options, end.offset);
    return { endOffset: end.offset, recordCount, cutBytes: 0, damagedRecordCount };
  }
  const cutBytes = cut(options, end);
  // A segment that a killed run made may have no name on the device yet.
  options.disk.syncFolder(options.paths.commitLog);
  writeAgain(segments, Math.max(from, options.provenOffset), end.offset);
  return { endOffset: end.offset, recordCount, cutBytes, damagedRecordCount };
}

/** Saves and removes everything behind the end; returns how many bytes that were not zero it held. */
function cut(options: RecoveryOptions, end: ScanEnd): number {
  const segment = options.segments.find(end.offset);
  let cutBytes = 0;
  if (segment !== undefined) {
    const saved = new CutFolder(options.disk, options.paths, options.log);
    cutBytes = zeroBehind(saved, segment, end.offset);
    if (segment.file().bytes() < segment.bytes) {
      segment.file().truncate(segment.bytes);
    }
    segment.file().syncNow();
  }
  cutBytes += dropSegmentsBehind(options, end.offset);
  if (cutBytes > 0) {
    options.log.warn("the log was cut behind its last whole record", {
      offset: end.offset,
      bytes: cutBytes,
      reason: end.reason,
      saved: options.paths.cut,
    });
  }
  return cutBytes;
}

/** Zeros the rest of the segment where it is not zero already, saving what was there. */
function zeroBehind(saved: CutFolder, segment: Segment, offset: number): number {
  const piece = Buffer.allocUnsafeSlow(pieceBytes);
  let cutBytes = 0;
  for (let at = offset - segment.startOffset; at < segment.bytes; at += pieceBytes) {
    const bytes = segment.file().readInto(piece, 0, Math.min(pieceBytes, segment.bytes - at), at);
    if (bytes === 0) {
      break;
    }
    if (piece.compare(zeros, 0, bytes, 0, bytes) !== 0) {
      saved.save(segment.startOffset + at, piece, bytes);
      segment.file().write(zeros, 0, bytes, at);
      cutBytes += bytes;
    }
  }
  return cutBytes;
}

/**
 * Takes away segments that begin behind the end: empty ones that were made ahead, and whole ones that are cut off,
 * which are kept as they are beside the log. Returns the bytes of those.
 */
function dropSegmentsBehind(options: RecoveryOptions, endOffset: number): number {
  const { disk, paths, segments } = options;
  const saved = new CutFolder(disk, paths, options.log);
  let bytes = 0;
  let dropped = false;
  for (
    let last = segments.last;
    last !== undefined && last.startOffset > endOffset;
    last = segments.last
  ) {
    const isEmpty = holdsZerosOnly(last);
    segments.dropLast();
    if (isEmpty) {
      disk.remove(last.path);
    } else {
      saved.take(last.path, last.startOffset);
      bytes += last.bytes;
    }
    dropped = true;
  }
  if (dropped) {
    disk.syncFolder(paths.commitLog);
  }
  return bytes;
}

function holdsZerosOnly(segment: Segment): boolean {
  const piece = Buffer.allocUnsafeSlow(pieceBytes);
  for (let at = 0; at < segment.bytes; at += pieceBytes) {
    const bytes = segment.file().readInto(piece, 0, Math.min(pieceBytes, segment.bytes - at), at);
    if (piece.compare(zeros, 0, bytes, 0, bytes) !== 0) {
      return false;
    }
  }
  return true;
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
