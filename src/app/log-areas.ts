/**
 * Reads a whole log the way a start does without a checkpoint: good records one after the other, and over damage to
 * the next good one. Read-only; what is damaged is told with its place.
 */
import { DecodeError } from "../core/error.ts";
import type { Disk } from "../io/disk.ts";
import {
  LogScanner,
  type ManyVisitor,
  type RecordVisitor,
  type ScanEnd,
} from "../store/commit-log/log-scanner.ts";
import { findNextRecord } from "../store/commit-log/next-record.ts";
import { type Segment, SegmentList } from "../store/commit-log/segment-list.ts";
import { storePaths } from "../store/paths.ts";

/** Bytes of the log that hold no whole record although records follow. */
export interface DamagedArea {
  readonly offset: number;
  readonly bytes: number;
  readonly reason: string;
}

/** The segments of a store, to be read. Throws DecodeError when the folder holds none. */
export function openSegments(disk: Disk, folder: string): SegmentList {
  const segments = SegmentList.open(disk, storePaths(folder).commitLog, 0, "read");
  if (segments.count === 0) {
    throw new DecodeError(`${folder} holds no commit log (commitlog/00000000000000000000 …)`);
  }
  return segments;
}

/** Where the first record at or behind the offset begins, or the log without one; undefined when none follows. */
export function firstRecord(
  segments: SegmentList,
  fromOffset: number | undefined,
): number | undefined {
  const start = segments.first?.startOffset ?? 0;
  return fromOffset === undefined || fromOffset <= start
    ? start
    : findNextRecord(segments, { offset: fromOffset, reason: undefined, claimedBytes: 0 });
}

/** The segment's file name: the offset of its first byte. */
export function segmentName(segment: Segment): string {
  return segment.path.slice(segment.path.lastIndexOf("/") + 1);
}

/**
 * Visits every good record from the offset on; returns where and why the log ends. `many` sees most of those that are small
 * instead of `visit`, many at a time.
 */
export function walkLog(
  segments: SegmentList,
  fromOffset: number,
  visit: RecordVisitor,
  onDamage: (area: DamagedArea) => void,
  many?: ManyVisitor,
): ScanEnd {
  let end = new LogScanner(segments, many).scan(fromOffset, visit);
  for (;;) {
    const next = findNextRecord(segments, end);
    if (next === undefined) {
      return end;
    }
    // Beside a running broker the log may have grown since: what can be read now is no damage.
    const again = new LogScanner(segments, many).scan(end.offset, visit);
    if (again.offset > end.offset) {
      end = again;
      continue;
    }
    onDamage({
      offset: end.offset,
      bytes: next - end.offset,
      reason: end.reason ?? "there is nothing where records were",
    });
    end = new LogScanner(segments, many).scan(next, visit);
  }
}
