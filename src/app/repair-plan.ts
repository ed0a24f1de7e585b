/**
 * What could be done about a damaged log: a list of places and what to write there, made by reading only. What is read
 * today stays readable: only bytes that belong to no whole record are named.
 *
 * - `fill`: whole records take the place of the damaged ones (repair-filler.ts), so that every reader steps over it; one for
 *   each message that a queue still names (lost-messages.ts).
 * - `blank`: nothing good follows in the segment; a blank says so.
 * - `cut`: bytes behind the log's last record become zeros, up to the segment's end where the file had lost that.
 */
import { crc32 } from "../core/crc32.ts";
import { readInt64 } from "../core/int64.ts";
import type { Disk } from "../io/disk.ts";
import { createRecordShape, type RecordShape, readShape } from "../record/decode.ts";
import { blankBytes } from "../record/layout.ts";
import { RecordCheck } from "../record/record-check.ts";
import type { ManyVisitor } from "../store/commit-log/log-scanner.ts";
import type { Segment, SegmentList } from "../store/commit-log/segment-list.ts";
import { type DamagedArea, openSegments, segmentName, walkLog } from "./log-areas.ts";
import { type LostMessage, lostMessages } from "./lost-messages.ts";
import { fillerBytesMin } from "./repair-filler.ts";

export interface RepairAction {
  readonly kind: "fill" | "blank" | "cut";
  readonly segment: string;
  /** Place in the log, and how many bytes are written there. */
  readonly offset: number;
  readonly bytes: number;
  readonly reason: string;
  /** The message that lay there, where a queue still names the place. */
  readonly lost?: LostPlace | undefined;
  /** Store time of the record before, which fillers say as well: times in the log go up. */
  readonly storeTimestampMs: number;
  /** Of the bytes that are there now: a plan is for these and no others. */
  readonly fingerprint: number;
}

export type LostPlace = Pick<LostMessage, "topic" | "queueId" | "queueOffset">;

export interface RepairPlan {
  readonly version: 1;
  /** The files that the plan was made for. */
  readonly segments: readonly { readonly name: string; readonly bytes: number }[];
  readonly actions: readonly RepairAction[];
  /** What is made from the log, and is to be made again when the log is mended. */
  readonly rebuild: readonly RebuiltPart[];
  /** Damage that no write within the files can mend. */
  readonly leftAlone: readonly DamagedArea[];
}

export type RebuiltPart = "queues" | "index";

const pieceBytes = 1 << 20;
const zeros = Buffer.alloc(pieceBytes);

/**
 * Reads the whole log; `rebuild` is what a check found damaged of that which is made from it. Throws DecodeError for a
 * folder without a log.
 */
export function planRepair(
  disk: Disk,
  folder: string,
  rebuild: readonly RebuiltPart[],
): RepairPlan {
  const segments = openSegments(disk, folder);
  try {
    const parts: Part[] = [];
    const times = new StoreTimes();
    const end = walkLog(
      segments,
      segments.first?.startOffset ?? 0,
      (source, _, shape) => times.see(source, shape),
      (area) => {
        for (const part of partsOf(segments, area)) {
          parts.push({ ...part, storeTimestampMs: times.lastMs });
        }
      },
      times,
    );
    const { actions, leftAlone } = actionsFor(disk, folder, parts);
    const tail = segments.find(end.offset);
    if (end.reason !== undefined && tail !== undefined) {
      const bytes = usedBytes(tail, end.offset - tail.startOffset);
      const { offset, reason } = end;
      actions.push(
        actionOf({ kind: "cut", offset, bytes, reason, storeTimestampMs: 0, segment: tail }),
      );
    }
    return { version: 1, segments: segmentFiles(segments), actions, rebuild, leftAlone };
  } finally {
    segments.close();
  }
}

/** Remembers when the last record that was seen was stored. */
class StoreTimes implements ManyVisitor {
  readonly check = new RecordCheck();
  readonly #shape = createRecordShape();
  lastMs = 0;

  see(source: Buffer, shape: RecordShape): void {
    this.lastMs = readInt64(source, shape.storeTimestampAt);
  }

  visit(at: number): void {
    const { count, window } = this.check;
    const start = at + this.check.distance(count - 1);
    readShape(window, start, start + this.check.bytes(count - 1), this.#shape);
    this.see(window, this.#shape);
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
  /** Of the record before. */
  readonly storeTimestampMs: number;
  /** Undefined for a stretch of the log that has no file. */
  readonly segment: Segment | undefined;
}

/** An area segment by segment; a record never lies across two. */
function* partsOf(
  segments: SegmentList,
  area: DamagedArea,
): Generator<Omit<Part, "storeTimestampMs">> {
  const stop = area.offset + area.bytes;
  for (let at = area.offset; at < stop; ) {
    const segment = segments.find(at);
    const next = segments.all().find(({ startOffset }) => startOffset > at)?.startOffset ?? stop;
    const partEnd = Math.min(stop, segment?.endOffset ?? next);
    yield { area: { ...area, offset: at, bytes: partEnd - at }, segment };
    at = partEnd;
  }
}

/** What to do about each part, message by message where queues tell which lay there; and what nothing can be done about. */
function actionsFor(
  disk: Disk,
  folder: string,
  parts: readonly Part[],
): { readonly actions: RepairAction[]; readonly leftAlone: readonly DamagedArea[] } {
  const lost = lostMessages(
    disk,
    folder,
    parts.map(({ area }) => area),
  );
  const actions: RepairAction[] = [];
  const leftAlone: DamagedArea[] = [];
  let next = 0;
  for (const part of parts) {
    const { area, segment, storeTimestampMs } = part;
    const stop = area.offset + area.bytes;
    const from = next;
    while ((lost[next]?.physicalOffset ?? stop) < stop) {
      next++;
    }
    // A file that is shorter than its segment has lost its end: writing behind it would invent a file without a hole.
    const isWhole = segment !== undefined && segment.file().bytes() >= segment.bytes;
    const pieces = isWhole
      ? piecesOf(area.offset, stop, stop === segment.endOffset, lost.slice(from, next))
      : [];
    if (!isWhole || pieces.length === 0) {
      leftAlone.push(area);
      continue;
    }
    for (const piece of pieces) {
      actions.push(actionOf({ ...piece, reason: area.reason, storeTimestampMs, segment }));
    }
  }
  return { actions, leftAlone };
}

type Piece = Pick<RepairAction, "kind" | "offset" | "bytes" | "lost">;

/** Fillers for the messages that are known, for what lies between them, and a blank where the segment ends; none when nothing fits. */
function piecesOf(
  start: number,
  stop: number,
  isSegmentEnd: boolean,
  lost: readonly LostMessage[],
): readonly Piece[] {
  const pieces: Piece[] = [];
  const restMin = isSegmentEnd ? blankBytes : fillerBytesMin;
  let at = start;
  for (const { topic, queueId, queueOffset, physicalOffset, bytes } of lost) {
    const gap = physicalOffset - at;
    const rest = stop - physicalOffset - bytes;
    // An entry that leaves no room for a filler beside it is wrong itself.
    if ((gap !== 0 && gap < fillerBytesMin) || (rest !== 0 && rest < restMin)) {
      continue;
    }
    if (gap > 0) {
      pieces.push({ kind: "fill", offset: at, bytes: gap });
    }
    const place = { topic, queueId, queueOffset };
    pieces.push({ kind: "fill", offset: physicalOffset, bytes, lost: place });
    at = physicalOffset + bytes;
  }
  if (stop - at >= restMin) {
    const rest = isSegmentEnd ? blankBytes : stop - at;
    pieces.push({ kind: isSegmentEnd ? "blank" : "fill", offset: at, bytes: rest });
  }
  return pieces;
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
  const file = segment.file();
  const piece = Buffer.allocUnsafeSlow(pieceBytes);
  let used = 0;
  for (let at = file.nextData(from); at < segment.bytes; at = file.nextData(at + pieceBytes)) {
    const found = file.readInto(piece, 0, Math.min(pieceBytes, segment.bytes - at), at);
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
