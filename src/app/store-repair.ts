/**
 * Carries out a repair plan. Each place is first copied to a file beside the log (`mq/repair/OFFSET`), durably, and then
 * written; so a repair that was killed goes on where it was when it is run again, and everything it overwrote can be had
 * back. Nothing is written unless every place holds what the plan was made for, or what this repair made of it.
 */
import { DecodeError, MqError } from "../core/error.ts";
import { limits } from "../core/limits.ts";
import { type Disk, joinPath } from "../io/disk.ts";
import { blankBytes } from "../record/layout.ts";
import { Segment, SegmentList } from "../store/commit-log/segment-list.ts";
import { offsetFileName, type StorePaths, storePaths } from "../store/paths.ts";
import { distrustQueues } from "../store/state/snapshot.ts";
import { openSegments } from "./log-areas.ts";
import { blankHead, filler, fillerBytesMin, fillersFor } from "./repair-filler.ts";
import { fingerprintOf, type RepairAction, type RepairPlan, segmentFiles } from "./repair-plan.ts";
import { withLock } from "./stopped-store.ts";

/** `begun`: a killed repair may have written a part; the copy beside the log is whole. */
type ActionState = "to_do" | "begun" | "done";

const pieceBytes = 1 << 20;

/** How far each action is. Throws MqError `store_unavailable` when the store is not the plan's. */
export function repairStates(disk: Disk, folder: string, plan: RepairPlan): readonly ActionState[] {
  const segments = openSegments(disk, folder);
  try {
    return statesOf(disk, storePaths(folder), segments, plan);
  } finally {
    segments.close();
  }
}

/**
 * Does what the plan says and is not done yet; returns how many places were written. `onAction` sees each that is done.
 * Throws MqError `store_unavailable` when a broker holds the store or it is not the plan's.
 */
export function repairStore(
  disk: Disk,
  folder: string,
  plan: RepairPlan,
  onAction: (done: number) => void,
): number {
  return withLock(disk, folder, (paths) => {
    const segments = SegmentList.open(disk, paths.commitLog, 0, "write");
    try {
      return carryOut(disk, paths, segments, plan, onAction);
    } finally {
      segments.close();
    }
  });
}

function carryOut(
  disk: Disk,
  paths: StorePaths,
  segments: SegmentList,
  plan: RepairPlan,
  onAction: (done: number) => void,
): number {
  const states = statesOf(disk, paths, segments, plan);
  let written = 0;
  for (const [index, action] of plan.actions.entries()) {
    const segment = segmentOf(segments, action);
    const state = states[index];
    if (state === "to_do") {
      save(disk, paths, segment, action);
    }
    if (state !== "done") {
      write(segment, action);
      written++;
    }
    onAction(index + 1);
  }
  // Done again after a kill as well: that one may have come right before.
  distrust(disk, paths);
  return written;
}

/** Entries of the queues still name what is gone: the next start builds them from the log. */
function distrust(disk: Disk, paths: StorePaths): void {
  try {
    distrustQueues(disk, paths);
  } catch (error) {
    if (!(error instanceof DecodeError)) {
      throw error;
    }
    // A snapshot that cannot be read counts as absent: the next start reads the whole log anyway.
  }
}

function statesOf(
  disk: Disk,
  paths: StorePaths,
  segments: SegmentList,
  plan: RepairPlan,
): readonly ActionState[] {
  const files = segmentFiles(segments);
  const last = segments.all().at(-1);
  const isCut = plan.actions.some(({ kind }) => kind === "cut");
  const isSame =
    files.length === plan.segments.length &&
    files.every(({ name, bytes }, index) => {
      const planned = plan.segments[index];
      // The last one has grown when the repair was killed right after it.
      const isGrown = isCut && index === files.length - 1 && bytes === last?.bytes;
      return name === planned?.name && (bytes === planned.bytes || isGrown);
    });
  if (!isSame) {
    throw changed("its segments are others than when the plan was made");
  }
  return plan.actions.map((action) => stateOf(disk, paths, segmentOf(segments, action), action));
}

function stateOf(
  disk: Disk,
  paths: StorePaths,
  segment: Segment,
  action: RepairAction,
): ActionState {
  const { offset, bytes, fingerprint } = action;
  if (isWritten(segment, action)) {
    return "done";
  }
  if (isSaved(disk, paths, action)) {
    return "begun";
  }
  if (fingerprintOf(segment, offset, bytes) !== fingerprint) {
    throw changed(`the bytes at ${offset} are others than when the plan was made`);
  }
  return "to_do";
}

function changed(why: string): MqError {
  return new MqError("store_unavailable", `the plan does not fit the store: ${why}`);
}

function segmentOf(segments: SegmentList, { kind, offset, bytes, lost }: RepairAction): Segment {
  const segment = segments.find(offset);
  if (segment === undefined || offset + bytes > segment.endOffset) {
    throw changed(`no segment holds ${bytes} bytes at ${offset}`);
  }
  if (lost !== undefined && (kind !== "fill" || bytes > limits.frameBytesMax)) {
    throw changed(`${bytes} bytes at ${offset} were no message`);
  }
  if ((kind === "fill" && bytes < fillerBytesMin) || (kind === "blank" && bytes !== blankBytes)) {
    throw changed(`${bytes} bytes at ${offset} are no place for '${kind}'`);
  }
  return segment;
}

/** What is to stand there, in pieces. */
function* newBytes(segment: Segment, action: RepairAction): Generator<Buffer> {
  const { kind, offset, bytes, storeTimestampMs } = action;
  switch (kind) {
    case "fill":
      if (action.lost === undefined) {
        yield* fillersFor(offset, bytes, storeTimestampMs);
      } else {
        yield filler(bytes, offset, storeTimestampMs, action.lost);
      }
      break;
    case "blank":
      yield blankHead(segment.endOffset - offset);
      break;
    case "cut":
      for (let at = 0; at < bytes; at += pieceBytes) {
        yield Buffer.alloc(Math.min(pieceBytes, bytes - at));
      }
  }
}

function isWritten(segment: Segment, action: RepairAction): boolean {
  if (action.kind === "cut" && segment.file().bytes() < segment.bytes) {
    return false;
  }
  let at = action.offset - segment.startOffset;
  for (const piece of newBytes(segment, action)) {
    const found = Buffer.alloc(piece.length);
    segment.file().readInto(found, 0, piece.length, at);
    if (!found.equals(piece)) {
      return false;
    }
    at += piece.length;
  }
  return true;
}

function write(segment: Segment, action: RepairAction): void {
  if (action.kind === "cut" && segment.file().bytes() < segment.bytes) {
    // RocketMQ does not start with a file that is shorter than its segments are.
    segment.file().truncate(segment.bytes);
  }
  let at = action.offset - segment.startOffset;
  for (const piece of newBytes(segment, action)) {
    segment.file().write(piece, 0, piece.length, at);
    at += piece.length;
  }
  segment.file().syncNow();
}

function savedPath(paths: StorePaths, { offset }: RepairAction): string {
  return joinPath(paths.repaired, offsetFileName(offset));
}

/** True when the copy of what was there is whole. */
function isSaved(disk: Disk, paths: StorePaths, action: RepairAction): boolean {
  const path = savedPath(paths, action);
  if (!disk.exists(path)) {
    return false;
  }
  const copy = new Segment(disk, path, action.offset, action.bytes, "read");
  try {
    return (
      copy.file().bytes() === action.bytes &&
      fingerprintOf(copy, action.offset, action.bytes) === action.fingerprint
    );
  } finally {
    copy.close();
  }
}

/** Copies what is there now; under its name the copy is whole and durable. */
function save(disk: Disk, paths: StorePaths, segment: Segment, action: RepairAction): void {
  disk.makeFolder(paths.repaired);
  const path = savedPath(paths, action);
  const copy = disk.open(`${path}.next`, "create");
  try {
    copy.truncate(0);
    const piece = Buffer.allocUnsafeSlow(Math.min(pieceBytes, action.bytes));
    for (let at = 0; at < action.bytes; at += pieceBytes) {
      const wanted = Math.min(pieceBytes, action.bytes - at);
      const from = action.offset - segment.startOffset + at;
      const found = segment.file().readInto(piece, 0, wanted, from);
      copy.write(piece, 0, found, at);
    }
    copy.syncNow();
  } finally {
    copy.close();
  }
  disk.rename(`${path}.next`, path);
  for (const folder of [paths.repaired, paths.own, paths.root]) {
    disk.syncFolder(folder);
  }
}
