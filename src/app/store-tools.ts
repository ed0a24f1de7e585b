/**
 * Looks into a store's files without a broker: read-only, so it works beside a running one (then the last records
 * may still be on their way). Reads mq's stores and RocketMQ's.
 */
import { readInt64 } from "../core/int64.ts";
import { RepeatedText } from "../core/repeated-text.ts";
import type { Disk } from "../io/disk.ts";
import {
  decodeRecord,
  hasRecordChecksum,
  type MessageRecord,
  type RecordShape,
} from "../record/decode.ts";
import { scheduleTopic } from "../record/delay-levels.ts";
import { recordAt, sysFlag } from "../record/layout.ts";
import { createPropertyScan, scanProperties, tagHashOf } from "../record/properties.ts";
import { offsetsTaken, sharedPlaces } from "../record/shared-record.ts";
import { LogScanner } from "../store/commit-log/log-scanner.ts";
import type { Segment, SegmentList } from "../store/commit-log/segment-list.ts";
import { offsetFileName, storePaths } from "../store/paths.ts";
import { KeyCheck, type KeyFacts } from "./key-check.ts";
import { openSegments, segmentName, walkLog } from "./log-areas.ts";
import { QueueCheck, type QueueFacts } from "./queue-check.ts";

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

/**
 * Checks every record of a store whole, and the consume queues against them; says what it found damaged, and goes on
 * behind it where it can.
 */
export function verifyStore(
  disk: Disk,
  folder: string,
  options: {
    readonly isRunning: boolean;
    /** Compares tags and the key index as well: only of a store that nobody writes. */
    readonly isDeep?: boolean;
    readonly onProgress: (offset: number, endOffset: number) => void;
  },
): VerifyFacts {
  const segments = openSegments(disk, folder);
  const problems: Problem[] = [];
  let records = 0;
  let recordsWithoutChecksum = 0;
  let bytes = 0;
  let endOffset = segments.first?.startOffset ?? 0;
  const last = segments.last?.endOffset ?? 0;
  const check = new QueueCheck(disk, folder);
  const { hasQueues } = check;
  const isDeep = options.isDeep === true;
  const keys =
    isDeep && disk.exists(storePaths(folder).keyIndex) ? new KeyCheck(disk, folder) : undefined;
  keys?.skipBelow(endOffset);
  const end = walkLog(
    segments,
    endOffset,
    (source, at, shape, offset) => {
      records++;
      recordsWithoutChecksum += hasRecordChecksum(source, shape) ? 0 : 1;
      bytes += shape.bytes;
      endOffset = offset + shape.bytes;
      if (hasQueues) {
        checkPlaces(check, isDeep && check.hasTags, source, at, shape, offset);
      }
      keys?.record(source, at, shape, offset);
      if (records % 20_000 === 0) {
        options.onProgress(offset, last);
      }
    },
    (area) => problems.push({ ...area, segment: nameOf(segments, area.offset), kind: "damaged" }),
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
  const queues = hasQueues ? check.finish(endOffset, options.isRunning) : undefined;
  return {
    segments: count,
    records,
    recordsWithoutChecksum,
    bytes,
    endOffset,
    problems,
    queues,
    keys: keys?.finish(),
  };
}

const scan = createPropertyScan();
const topics = new RepeatedText();

/** Compares all places of a record: an inner batch has many, a record of light queues others besides its own. */
function checkPlaces(
  check: QueueCheck,
  hasTags: boolean,
  source: Buffer,
  at: number,
  shape: RecordShape,
  physicalOffset: number,
): void {
  const transaction = source.readInt32BE(at + recordAt.sysFlag) & sysFlag.transactionMask;
  const topic = topics.read(source, shape.topicStart, shape.topicEnd);
  const isDispatched =
    transaction !== sysFlag.transactionPrepared && transaction !== sysFlag.transactionRollback;
  if (!isDispatched || !check.hasQueuesOf(topic)) {
    return;
  }
  scanProperties(source, shape.propertiesStart, shape.propertiesEnd, scan);
  const tagHash = hasTags && topic !== scheduleTopic ? tagHashOf(source, scan) : undefined;
  const { bytes } = shape;
  const queueId = source.readInt32BE(at + recordAt.queueId);
  const base = readInt64(source, at + recordAt.queueOffset);
  for (let index = 0; index < offsetsTaken(source, at, shape); index++) {
    check.record({ topic, queueId, queueOffset: base + index, physicalOffset, bytes, tagHash });
  }
  for (const place of scan.isShared ? sharedPlaces(source, shape) : []) {
    check.record({ ...place, queueId: 0, physicalOffset, bytes, tagHash });
  }
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
