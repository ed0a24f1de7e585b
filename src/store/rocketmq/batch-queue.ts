/**
 * RocketMQ's queues of inner batches (its BatchConsumeQueue): one unit of 46 bytes a batch, which takes as many offsets of
 * the queue as it has messages. Ours have an entry for each offset, all of a batch naming the same record; the files
 * found are only read.
 */
import { readInt64 } from "../../core/int64.ts";
import { type Disk, joinPath } from "../../io/disk.ts";
import type { ConsumeQueue } from "../consume-queue/consume-queue.ts";
import type { QueueLayout } from "../consume-queue/queue-layout.ts";
import type { QueueTable } from "../consume-queue/queue-table.ts";
import type { StorePaths } from "../paths.ts";
import { QueuesDoubted } from "./queue-files-found.ts";

/** physical offset 8, size 4, tag hash 8, store time 8, base offset 8, messages 2, compacted offset 4, reserved 4 */
const unitBytes = 46;
const unitAt = { physicalOffset: 0, bytes: 8, tagHash: 16, baseOffset: 28, count: 36 } as const;

/** Fills the table's queues of batch topics; returns where the last record of them ends. Throws QueuesDoubted. */
export function takeBatchQueues(
  disk: Disk,
  layout: QueueLayout,
  paths: StorePaths,
  queues: QueueTable,
  logMinOffset: number,
): number {
  disk.removeFolder(paths.ownConsumeQueue);
  let endOffset = 0;
  for (const topic of layout.batchTopics) {
    const folder = joinPath(paths.batchConsumeQueue, topic);
    for (const { name } of disk.list(folder)) {
      if (!/^\d{1,9}$/.test(name)) {
        throw new QueuesDoubted(`${folder} holds '${name}', which is no queue`);
      }
      const queue = queues.queue(topic, Number(name));
      for (const file of disk.list(joinPath(folder, name))) {
        const path = joinPath(folder, name, file.name);
        endOffset = Math.max(endOffset, takeUnits(disk, path, file.bytes, queue, logMinOffset));
      }
      queue.nextOffset = queue.maxOffset;
    }
  }
  return endOffset;
}

/** Adds what one file holds; returns where the last record of it ends. */
function takeUnits(
  disk: Disk,
  path: string,
  fileBytes: number,
  queue: ConsumeQueue,
  logMinOffset: number,
): number {
  const unit = Buffer.alloc(unitBytes);
  let endOffset = 0;
  const file = disk.open(path, "read");
  try {
    for (let at = 0; at + unitBytes <= fileBytes; at += unitBytes) {
      file.readInto(unit, 0, unitBytes, at);
      const bytes = unit.readInt32BE(unitAt.bytes);
      if (bytes <= 0) {
        break;
      }
      const physicalOffset = readInt64(unit, unitAt.physicalOffset);
      if (physicalOffset >= logMinOffset) {
        takeUnit(unit, queue, physicalOffset, bytes, path);
        endOffset = physicalOffset + bytes;
      }
    }
  } finally {
    file.close();
  }
  return endOffset;
}

function takeUnit(
  unit: Buffer,
  queue: ConsumeQueue,
  physicalOffset: number,
  bytes: number,
  path: string,
): void {
  const baseOffset = readInt64(unit, unitAt.baseOffset);
  if (queue.maxOffset === 0) {
    queue.restore(baseOffset, baseOffset);
  }
  if (baseOffset !== queue.maxOffset) {
    throw new QueuesDoubted(`${path} goes on at ${baseOffset}, not at ${queue.maxOffset}`);
  }
  const count = Math.max(1, unit.readInt16BE(unitAt.count));
  for (let index = 0; index < count; index++) {
    queue.push(physicalOffset, bytes, unit.readInt32BE(unitAt.tagHash));
  }
}
