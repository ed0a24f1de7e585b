/**
 * Takes over the queues that RocketMQ wrote, in place (settled 14): their extents come from the files, their ends are
 * compared with the log, and the log is read only from where RocketMQ's `checkpoint` does not vouch for them any more.
 * What does not fit throws QueuesDoubted; then the queues are built again from the whole log.
 */
import { readInt64 } from "../../core/int64.ts";
import type { Disk } from "../../io/disk.ts";
import { recordAt } from "../../record/layout.ts";
import { lightQueuePrefix } from "../../record/shared-record.ts";
import type { SegmentList } from "../commit-log/segment-list.ts";
import type { ConsumeQueue } from "../consume-queue/consume-queue.ts";
import {
  entryBytes,
  entryPhysicalOffset,
  entryRecordBytes,
  holeBytes,
} from "../consume-queue/entry.ts";
import { firstOffsetAt } from "../consume-queue/first-offset.ts";
import type { QueueLayout } from "../consume-queue/queue-layout.ts";
import type { QueueTable } from "../consume-queue/queue-table.ts";
import type { StorePaths } from "../paths.ts";
import { firstStoreTimestamp, headTimestamp, readHead } from "../record-head.ts";
import { takeBatchQueues } from "./batch-queue.ts";
import { flushedTimeOf } from "./checkpoint-file.ts";
import { findQueues, QueuesDoubted } from "./queue-files-found.ts";

export interface TakeOverOptions {
  readonly disk: Disk;
  readonly paths: StorePaths;
  readonly layout: QueueLayout;
  readonly segments: SegmentList;
  readonly queues: QueueTable;
  /** RocketMQ stopped as it should: everything it dispatched is in the files. */
  readonly isClean: boolean;
  /** What its checkpoint says. */
  readonly checkpoint: string;
}

export interface TakenOver {
  /** Everything below is in the queues. */
  readonly fromOffset: number;
  readonly queueCount: number;
  /** Store time of the newest record that the queues name. */
  readonly storeTimestampMs: number;
}

/** What the ends of the queues say about the log. */
interface LogSeen {
  /** Where the last record ends. */
  endOffset: number;
  storeTimestampMs: number;
}

/** Fills the table. Throws QueuesDoubted. */
export async function takeOverQueues(options: TakeOverOptions): Promise<TakenOver> {
  const { disk, paths, layout, segments, queues, isClean, checkpoint } = options;
  if (layout.isRocksDb) {
    throw new QueuesDoubted("its queues are in RocksDB");
  }
  if (disk.list(paths.consumeQueueExt).length > 0) {
    throw new QueuesDoubted("its queue entries point into consumequeue_ext");
  }
  const found = findQueues(disk, paths.consumeQueue, layout.fileBytes);
  if (found.length === 0) {
    throw new QueuesDoubted("it has no queue files");
  }
  const logMinOffset = segments.first?.startOffset ?? 0;
  const seen: LogSeen = { endOffset: logMinOffset, storeTimestampMs: 0 };
  for (const { topic, queueId, startOffset, endOffset } of found) {
    const queue = queues.queue(topic, queueId);
    queue.restore(startOffset, endOffset);
    const minOffset = await firstOffsetAt(startOffset, endOffset, logMinOffset, (offset, entry) =>
      queue.readNow(offset, entry),
    );
    queue.restore(minOffset, endOffset);
    checkEnds(segments, queue, seen);
  }
  const batchEnd = takeBatchQueues(disk, layout, paths, queues, logMinOffset);
  const logEnd = segments.last?.endOffset ?? 0;
  const fromOffset = isClean
    ? Math.min(Math.max(seen.endOffset, batchEnd), logEnd)
    : flushedOffset(segments, flushedTimeOf(checkpoint));
  return { fromOffset, queueCount: found.length, storeTimestampMs: seen.storeTimestampMs };
}

/** Compares the queue's first and last entry with the log. */
function checkEnds(segments: SegmentList, queue: ConsumeQueue, seen: LogSeen): void {
  const { minOffset, maxOffset } = queue;
  const entry = Buffer.alloc(entryBytes);
  for (const offset of minOffset < maxOffset ? [minOffset, maxOffset - 1] : []) {
    if (!queue.readNow(offset, entry)) {
      throw new QueuesDoubted(`${queue.topic}/${queue.queueId} has no entry ${offset}`);
    }
    const bytes = entryRecordBytes(entry, 0);
    if (bytes !== holeBytes) {
      const physicalOffset = entryPhysicalOffset(entry, 0);
      const head = readHead(segments, physicalOffset);
      if (head !== undefined) {
        checkEntry(head, queue, offset, physicalOffset, bytes);
        seen.storeTimestampMs = Math.max(seen.storeTimestampMs, headTimestamp(head));
      }
      seen.endOffset = Math.max(seen.endOffset, physicalOffset + bytes);
    }
  }
}

/**
 * Throws when another record lies at the place. Where none lies the log is damaged, or ends: that says nothing against
 * the queue. Light queues name records of other queues.
 */
function checkEntry(
  head: Buffer,
  queue: ConsumeQueue,
  offset: number,
  physicalOffset: number,
  bytes: number,
): void {
  if (queue.topic.startsWith(lightQueuePrefix)) {
    return;
  }
  const isSame =
    head.readInt32BE(recordAt.size) === bytes &&
    head.readInt32BE(recordAt.queueId) === queue.queueId &&
    readInt64(head, recordAt.queueOffset) === offset;
  if (!isSame) {
    throw new QueuesDoubted(
      `${queue.topic}/${queue.queueId} has another record at ${physicalOffset} than message ${offset}`,
    );
  }
}

/** Start of the newest segment whose first record is not younger than the time; RocketMQ's own rule after a crash. */
function flushedOffset(segments: SegmentList, flushedMs: number): number {
  const start = segments.first?.startOffset ?? 0;
  const segment = segments
    .all()
    .findLast(
      (each) => (firstStoreTimestamp(segments, each) ?? Number.POSITIVE_INFINITY) <= flushedMs,
    );
  return segment?.startOffset ?? start;
}
