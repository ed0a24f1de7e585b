/** How far a store's log goes, also while a broker writes it: up to the last whole record, made durable first. */
import { DecodeError } from "../../core/error.ts";
import { readInt64 } from "../../core/int64.ts";
import { type Disk, DiskError } from "../../io/disk.ts";
import type { Segment, SegmentList } from "../../store/commit-log/segment-list.ts";
import { walkLog } from "../log-areas.ts";

export interface LogExtent {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly lastStoredMs: number;
}

/**
 * Walks the log from `knownOffset`, below which everything is durable; without one from its last segment that holds
 * something. What is found is synced, so that no crash of the broker can take it back and give its offsets to others.
 */
export function logExtent(segments: SegmentList, knownOffset: number | undefined): LogExtent {
  const { first, last } = segments;
  if (first === undefined || last === undefined) {
    throw new DecodeError("there is no commit log");
  }
  const from = knownOffset ?? lastWritten(segments).startOffset;
  if (from < first.startOffset || from > last.endOffset) {
    throw new DecodeError(
      `the log has ${first.startOffset} to ${last.endOffset}, and its snapshot says ${from}`,
    );
  }
  let lastStoredMs = 0;
  const { offset } = walkLog(
    segments,
    from,
    (source, _at, shape) => {
      lastStoredMs = Math.max(lastStoredMs, readInt64(source, shape.storeTimestampAt));
    },
    // What is damaged and has good records behind it belongs to the log; copying tells of it.
    () => undefined,
  );
  for (const segment of segments.all()) {
    if (segment.endOffset > from && segment.startOffset < offset) {
      segment.file().syncNow();
    }
  }
  return { startOffset: first.startOffset, endOffset: offset, lastStoredMs };
}

/** True when the error is that retention removed the segment. */
export function isGone(disk: Disk, segment: Segment, error: unknown): boolean {
  return error instanceof DiskError && error.kind === "not_found" && !disk.exists(segment.path);
}

function lastWritten(segments: SegmentList): Segment {
  const head = Buffer.alloc(8);
  const written = segments.all().filter((segment) => {
    return segment.file().readInto(head, 0, 8, 0) === 8 && head.readInt32BE(0) !== 0;
  });
  const found = written.at(-1) ?? segments.first;
  if (found === undefined) {
    throw new DecodeError("there is no commit log");
  }
  return found;
}
