/**
 * What could be done about a damaged log: a list of places and what to write there, made by reading only. What is read
 * today stays readable: only bytes that belong to no whole record are named.
 *
 * - `fill`: whole records take the place of the damaged ones (repair-filler.ts), so that every reader steps over it.
 * - `blank`: nothing good follows in the segment; a blank says so.
 * - `cut`: bytes behind the log's last record become zeros.
 */
import { crc32 } from "../core/crc32.ts";
import { readInt64 } from "../core/int64.ts";
import type { Disk } from "../io/disk.ts";
import { blankBytes } from "../record/layout.ts";
import type { Segment, SegmentList } from "../store/commit-log/segment-list.ts";
import { type DamagedArea, openSegments, segmentName, walkLog } from "./log-areas.ts";
import { fillerBytesMin } from "./repair-filler.ts";

export interface RepairAction {
  readonly kind: "fill" | "blank" | "cut";
  readonly segment: string;
  /** Place in the log, and how many bytes are written there. */
  readonly offset: number;
  readonly bytes: number;
  readonly reason: string;
  /** Store time of the record before, which fillers say as well: times in the log go up. */
  readonly storeTimestampMs: number;
  /** Of the bytes that are there now: a plan is for these and no others. */
  readonly fingerprint: number;
}

export interface RepairPlan {
  readonly version: 1;
  /** The files that the plan was made for. */
  readonly segments: readonly { readonly name: string; readonly bytes: number }[];
  readonly actions: readonly RepairAction[];
  /** Damage that no write within the files can mend. */
  readonly leftAlone: readonly DamagedArea[];
}

const pieceBytes = 1 << 20;
const zeros = Buffer.alloc(pieceBytes);

/** Reads the whole log. Throws DecodeError for a folder without one. */
export function planRepair(disk: Disk, folder: string): RepairPlan {
  const segments = openSegments(disk, folder);
  try {
    const actions: RepairAction[] = [];
    const leftAlone: DamagedArea[] = [];
    let storeTimestampMs = 0;
    const end = walkLog(
      segments,
      segments.first?.startOffset ?? 0,
      (source, _, shape) => {
        storeTimestampMs = readInt64(source, shape.storeTimestampAt);
      },
      (area) => {
        for (const part of partsOf(segments, area)) {
          const action = actionFor(part, storeTimestampMs);
          if (action === undefined) {
            leftAlone.push(part.area);
          } else {
            actions.push(action);
          }
        }
      },
    );
    const tail = segments.find(end.offset);
    if (end.reason !== undefined && tail !== undefined) {
      const bytes = usedBytes(tail, end.offset - tail.startOffset);
      const { offset, reason } = end;
      actions.push(
        actionOf({ kind: "cut", offset, bytes, reason, storeTimestampMs: 0, segment: tail }),
      );
    }
    return { version: 1, segments: segmentFiles(segments), actions, leftAlone };
  } finally {
    segments.close();
  }
}

/** Names and sizes of a log's files. */
export function segmentFiles(segments: SegmentList): RepairPlan["segments"] {
  return segments.all().map((each) => ({ name: segmentName(each), bytes: each.file().bytes() }));
}

/** A number for the bytes [offset, offset + bytes) of the segment. */
export function fingerprintOf(segment: Segment, offset: number, bytes: number): number {
  const sums = Buffer.alloc(4 * Math.ceil(bytes / pieceBytes));
  const piece = Buffer.allocUnsafeSlow(Math.min(bytes, pieceBytes));
  for (let at = 0, index = 0; at < bytes; at += pieceBytes, index++) {
    const wanted = Math.min(pieceBytes, bytes - at);
    const position = offset - segment.startOffset + at;
    const found = segment.file().readInto(piece, 0, wanted, position);
    sums.writeInt32BE(crc32(piece, 0, found), index * 4);
  }
  return crc32(sums, 0, sums.length);
}

interface Part {
  readonly area: DamagedArea;
  /** Undefined for a stretch of the log that has no file. */
  readonly segment: Segment | undefined;
}

/** An area segment by segment; a record never lies across two. */
function* partsOf(segments: SegmentList, area: DamagedArea): Generator<Part> {
  const stop = area.offset + area.bytes;
  for (let at = area.offset; at < stop; ) {
    const segment = segments.find(at);
    const next = segments.all().find(({ startOffset }) => startOffset > at)?.startOffset ?? stop;
    const partEnd = Math.min(stop, segment?.endOffset ?? next);
    yield { area: { ...area, offset: at, bytes: partEnd - at }, segment };
    at = partEnd;
  }
}

function actionFor({ area, segment }: Part, storeTimestampMs: number): RepairAction | undefined {
  const { offset, bytes, reason } = area;
  // A file that is shorter than its segment has lost its end: writing behind it would invent a file without a hole.
  if (segment === undefined || segment.file().bytes() < segment.bytes) {
    return undefined;
  }
  const what = { offset, reason, storeTimestampMs, segment };
  if (offset + bytes === segment.endOffset) {
    return bytes < blankBytes ? undefined : actionOf({ ...what, kind: "blank", bytes: blankBytes });
  }
  return bytes < fillerBytesMin ? undefined : actionOf({ ...what, kind: "fill", bytes });
}

function actionOf({
  segment,
  ...action
}: Omit<RepairAction, "segment" | "fingerprint"> & { readonly segment: Segment }): RepairAction {
  const { offset, bytes } = action;
  const fingerprint = fingerprintOf(segment, offset, bytes);
  return { ...action, segment: segmentName(segment), fingerprint };
}

/** Bytes from the position up to the last that is not zero. */
function usedBytes(segment: Segment, from: number): number {
  const piece = Buffer.allocUnsafeSlow(pieceBytes);
  let used = 0;
  for (let at = from; at < segment.bytes; at += pieceBytes) {
    const found = segment.file().readInto(piece, 0, Math.min(pieceBytes, segment.bytes - at), at);
    if (piece.compare(zeros, 0, found, 0, found) !== 0) {
      let last = found;
      while (piece[last - 1] === 0) {
        last--;
      }
      used = at - from + last;
    }
  }
  return used;
}
