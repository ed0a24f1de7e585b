/**
 * Looks into a store's files without a broker: read-only, so it works beside a running one (then the last records
 * may still be on their way). Reads mq's stores and RocketMQ's.
 */
import type { Disk } from "../io/disk.ts";
import { decodeRecord, hasRecordChecksum, type MessageRecord } from "../record/decode.ts";
import { LogScanner } from "../store/commit-log/log-scanner.ts";
import type { Segment, SegmentList } from "../store/commit-log/segment-list.ts";
import { offsetFileName } from "../store/paths.ts";
import type { KeyFacts } from "./key-check.ts";
import { firstRecord, openSegments, segmentName, walkLog } from "./log-areas.ts";
import type { QueueFacts } from "./queue-check.ts";
import type { RebuiltPart } from "./repair-plan.ts";
import { StoreCheck } from "./store-check.ts";

export interface SegmentFacts {
  readonly name: string;
  readonly startOffset: number;
  readonly bytes: number;
  readonly records: number;
  /** End of the last whole record within the file. */
  readonly writtenBytes: number;
  readonly firstStoreTimestampMs: number | undefined;
  readonly lastStoreTimestampMs: number | undefined;
}

export interface RecordFacts {
  readonly record: MessageRecord;
  readonly hasChecksum: boolean;
}

/** A stretch of the log that holds no whole record although records follow, or bytes behind the last one. */
export interface Problem {
  readonly segment: string;
  readonly offset: number;
  readonly bytes: number;
  readonly kind: "damaged" | "torn_tail";
  readonly reason: string;
}

export interface VerifyFacts {
  readonly segments: number;
  readonly records: number;
  /** Records that have only their body checked: a flipped header cannot be noticed there. */
  readonly recordsWithoutChecksum: number;
  readonly bytes: number;
  readonly endOffset: number;
  readonly problems: readonly Problem[];
  /** What the consume queues say of the same records; undefined for a store that keeps none. */
  readonly queues: QueueFacts | undefined;
  /** What the key index says of the same records; undefined when it was not asked, or is not there. */
  readonly keys: KeyFacts | undefined;
}

/** Facts of each segment, from its records. */
export function* segmentFacts(disk: Disk, folder: string): Generator<SegmentFacts> {
  const segments = openSegments(disk, folder);
  for (const segment of segments.all()) {
    let records = 0;
    let first: number | undefined;
    let last: number | undefined;
    let end = segment.startOffset;
    walk(segments, segment, segment.startOffset, (record) => {
      records++;
      first ??= record.storeTimestampMs;
      last = record.storeTimestampMs;
      end = record.physicalOffset + record.bytes;
      return true;
    });
    yield {
      name: segmentName(segment),
      startOffset: segment.startOffset,
      bytes: segment.bytes,
      records,
      writtenBytes: end - segment.startOffset,
      firstStoreTimestampMs: first,
      lastStoreTimestampMs: last,
    };
  }
  segments.close();
}

/** Shows the records from a physical offset on until `visit` says stop. */
export function inspectRecords(
  disk: Disk,
  folder: string,
  fromOffset: number | undefined,
  visit: (facts: RecordFacts) => boolean,
): void {
  const segments = openSegments(disk, folder);
  const from = fromOffset ?? segments.first?.startOffset ?? 0;
  try {
    for (const segment of segments.all()) {
      if (segment.endOffset <= from) {
        continue;
      }
      const isDone = !walk(
        segments,
        segment,
        Math.max(from, segment.startOffset),
        (record, hasChecksum) => visit({ record, hasChecksum }),
      );
      if (isDone) {
        return;
      }
    }
  } finally {
    segments.close();
  }
}

export interface VerifyOptions {
  readonly isRunning: boolean;
  /** Compares tags and the key index as well: only of a store that nobody writes. */
  readonly isDeep?: boolean;
  /** Looks only at what begins there or behind; at the whole log when absent. */
  readonly fromOffset?: number;
  /** Called now and then with how much of the log was walked, from 0 to 1. */
  readonly onProgress: (share: number) => void;
}

/**
 * Checks every record of a store whole, and the consume queues against them; says what it found damaged, and goes on
 * behind it where it can.
 */
export function verifyStore(disk: Disk, folder: string, options: VerifyOptions): VerifyFacts {
  const segments = openSegments(disk, folder);
  const last = segments.last?.endOffset ?? 0;
  const first = firstRecord(segments, options.fromOffset) ?? last;
  const problems: Problem[] = [];
  const check = new StoreCheck(disk, folder, first, {
    isDeep: options.isDeep === true,
    onRecords: (offset) => options.onProgress((offset - first) / Math.max(1, last - first)),
  });
  const end = walkLog(
    segments,
    first,
    (source, at, shape, offset) => check.record(source, at, shape, offset),
    (area) => problems.push({ ...area, segment: nameOf(segments, area.offset), kind: "damaged" }),
    check,
  );
  const tail = segments.find(end.offset);
  if (end.reason !== undefined && tail !== undefined) {
    problems.push({
      segment: segmentName(tail),
      offset: end.offset,
      bytes: tail.endOffset - end.offset,
      kind: "torn_tail",
      reason: end.reason,
    });
  }
  const { count } = segments;
  segments.close();
  return { segments: count, problems, ...check.finish(options.isRunning) };
}

/** What is made from the log and was found damaged. */
export function damagedParts({ queues, keys }: VerifyFacts): readonly RebuiltPart[] {
  const parts: RebuiltPart[] = (queues?.problems.length ?? 0) > 0 ? ["queues"] : [];
  return (keys?.problems.length ?? 0) > 0 ? [...parts, "index"] : parts;
}

/** The segment that the offset lies in; of a missing one the name that it would have. */
function nameOf(segments: SegmentList, offset: number): string {
  const segment = segments.find(offset);
  return segment === undefined ? offsetFileName(offset) : segmentName(segment);
}

class Stop extends Error {}

/** Decodes records of one segment until `visit` says stop; true when the walk ended by itself. */
function walk(
  segments: SegmentList,
  segment: Segment,
  from: number,
  visit: (record: MessageRecord, hasChecksum: boolean) => boolean,
): boolean {
  const stop = new Stop();
  try {
    new LogScanner(segments.only(segment)).scan(from, (source, at, shape) => {
      if (!visit(decodeRecord(source, at), hasRecordChecksum(source, shape))) {
        throw stop;
      }
    });
    return true;
  } catch (error) {
    if (error === stop) {
      return false;
    }
    throw error;
  }
}
