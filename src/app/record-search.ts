/** Picks records of a store by place, topic and time, in the log's order and over damage. Read-only. */
import { CompressionError, inflate } from "../core/compress.ts";
import { readInt64 } from "../core/int64.ts";
import { limits } from "../core/limits.ts";
import type { Disk } from "../io/disk.ts";
import {
  decodeRecord,
  hasRecordChecksum,
  type MessageRecord,
  type RecordShape,
} from "../record/decode.ts";
import { recordAt, sysFlag } from "../record/layout.ts";
import { type DamagedArea, firstRecord, openSegments, walkLog } from "./log-areas.ts";

/** What is wanted; absent members take all. Times are those of storing, in milliseconds. */
export interface RecordRange {
  /** The first byte looked at: the first record that begins there or behind it. */
  readonly fromOffset: number | undefined;
  /** Records that begin before it. */
  readonly toOffset: number | undefined;
  readonly topic: string | undefined;
  readonly queueId: number | undefined;
  readonly sinceMs: number | undefined;
  readonly untilMs: number | undefined;
}

export interface FoundRecord {
  readonly record: MessageRecord;
  readonly hasChecksum: boolean;
  readonly isCompressed: boolean;
  readonly transaction: (typeof transactions)[number];
}

const transactions = ["none", "prepared", "commit", "rollback"] as const;

export interface SearchEnd {
  /** Records that were looked at. */
  readonly read: number;
  /** Damage that was passed over; the first of it. */
  readonly damaged: readonly DamagedArea[];
  readonly damagedCount: number;
}

/** Shows the wanted records until `visit` says stop. Throws DecodeError for a folder without a log. */
export function searchRecords(
  disk: Disk,
  folder: string,
  range: RecordRange,
  visit: (found: FoundRecord) => boolean,
): SearchEnd {
  const segments = openSegments(disk, folder);
  const damaged: DamagedArea[] = [];
  let damagedCount = 0;
  let read = 0;
  const stop = new Error("enough was seen");
  const topic = range.topic === undefined ? undefined : Buffer.from(range.topic);
  try {
    const from = firstRecord(segments, range.fromOffset);
    if (from !== undefined) {
      walkLog(
        segments,
        from,
        (source, at, shape, offset) => {
          if (range.toOffset !== undefined && offset >= range.toOffset) {
            throw stop;
          }
          read++;
          const isWanted = matches(range, topic, source, at, shape);
          if (isWanted && !visit(foundRecord(source, at, shape))) {
            throw stop;
          }
        },
        (area) => {
          damagedCount++;
          if (damaged.length < limits.damagedAreasMax) {
            damaged.push(area);
          }
        },
      );
    }
  } catch (error) {
    if (error !== stop) {
      throw error;
    }
  } finally {
    segments.close();
  }
  return { read, damaged, damagedCount };
}

function foundRecord(source: Buffer, at: number, shape: RecordShape): FoundRecord {
  const record = decodeRecord(source, at);
  return {
    record,
    hasChecksum: hasRecordChecksum(source, shape),
    isCompressed: (record.sysFlag & sysFlag.compressed) !== 0,
    transaction: transactions[(record.sysFlag & sysFlag.transactionMask) >> 2] ?? "none",
  };
}

/** The body as it was sent, where it can be unpacked (zlib, zstd); otherwise as it is stored. */
export function plainBody({ record, isCompressed }: FoundRecord): Buffer {
  const { body } = record;
  const kind = record.sysFlag & sysFlag.compressionMask;
  if (!isCompressed || kind === sysFlag.compressionLz4) {
    return body;
  }
  try {
    return inflate(body, kind === sysFlag.compressionZstd ? "zstd" : "zlib", limits.frameBytesMax);
  } catch (error) {
    if (error instanceof CompressionError) {
      return body;
    }
    throw error;
  }
}

/** Looks at the bytes: most records of a large log are not decoded. */
function matches(
  range: RecordRange,
  topic: Buffer | undefined,
  source: Buffer,
  at: number,
  shape: RecordShape,
): boolean {
  if (
    topic !== undefined &&
    source.compare(topic, 0, topic.length, shape.topicStart, shape.topicEnd) !== 0
  ) {
    return false;
  }
  if (range.queueId !== undefined && source.readInt32BE(at + recordAt.queueId) !== range.queueId) {
    return false;
  }
  if (range.sinceMs === undefined && range.untilMs === undefined) {
    return true;
  }
  const storedMs = readInt64(source, shape.storeTimestampAt);
  return storedMs >= (range.sinceMs ?? 0) && storedMs < (range.untilMs ?? Number.MAX_SAFE_INTEGER);
}
