/** What takes the space of a log: messages and bytes of its records, summed by what was asked. Read-only. */
import { readInt64 } from "../core/int64.ts";
import type { Disk } from "../io/disk.ts";
import type { RecordShape } from "../record/decode.ts";
import { recordAt } from "../record/layout.ts";
import type { SegmentList } from "../store/commit-log/segment-list.ts";
import { openSegments, segmentName, walkLog } from "./log-areas.ts";

export type UsageKind = "topic" | "queue" | "segment" | "day";

export interface UsageRow {
  /** Topic, TOPIC/QUEUE, name of the segment, or YYYY-MM-DD. */
  readonly name: string;
  messages: number;
  bytes: number;
  firstStoreTimestampMs: number;
  lastStoreTimestampMs: number;
}

export interface StoreUsage {
  /** Largest first; segments and days in their order. */
  readonly rows: readonly UsageRow[];
  readonly messages: number;
  readonly bytes: number;
  readonly damagedCount: number;
}

/** Reads the whole log. Throws DecodeError for a folder without one. */
export function storeUsage(
  disk: Disk,
  folder: string,
  kind: UsageKind,
  dayName: (timeMs: number) => string,
): StoreUsage {
  const segments = openSegments(disk, folder);
  const rows = new Map<string, UsageRow>();
  let messages = 0;
  let total = 0;
  let damagedCount = 0;
  try {
    walkLog(
      segments,
      segments.first?.startOffset ?? 0,
      (source, at, shape, offset) => {
        const storedMs = readInt64(source, shape.storeTimestampAt);
        const name = nameOf(segments, { kind, source, at, shape, offset, storedMs }, dayName);
        const row = rows.get(name) ?? newRow(name, storedMs);
        rows.set(name, row);
        row.messages++;
        row.bytes += shape.bytes;
        row.firstStoreTimestampMs = Math.min(row.firstStoreTimestampMs, storedMs);
        row.lastStoreTimestampMs = Math.max(row.lastStoreTimestampMs, storedMs);
        messages++;
        total += shape.bytes;
      },
      () => {
        damagedCount++;
      },
    );
  } finally {
    segments.close();
  }
  const isInOrder = kind === "segment" || kind === "day";
  const sorted = [...rows.values()].sort((left, right) =>
    isInOrder ? (left.name < right.name ? -1 : 1) : right.bytes - left.bytes,
  );
  return { rows: sorted, messages, bytes: total, damagedCount };
}

function newRow(name: string, storedMs: number): UsageRow {
  return {
    name,
    messages: 0,
    bytes: 0,
    firstStoreTimestampMs: storedMs,
    lastStoreTimestampMs: storedMs,
  };
}

interface RecordSeen {
  readonly kind: UsageKind;
  readonly source: Buffer;
  readonly at: number;
  readonly shape: RecordShape;
  readonly offset: number;
  readonly storedMs: number;
}

function nameOf(
  segments: SegmentList,
  { kind, source, at, shape, offset, storedMs }: RecordSeen,
  dayName: (timeMs: number) => string,
): string {
  if (kind === "day") {
    return dayName(storedMs);
  }
  if (kind === "segment") {
    const segment = segments.find(offset);
    return segment === undefined ? "" : segmentName(segment);
  }
  const topic = source.toString("utf8", shape.topicStart, shape.topicEnd);
  return kind === "topic" ? topic : `${topic}/${source.readInt32BE(at + recordAt.queueId)}`;
}
