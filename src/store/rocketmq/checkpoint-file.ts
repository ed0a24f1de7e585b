/**
 * RocketMQ's `checkpoint` (its StoreCheckpoint): a file of 4096 bytes that begins with times in milliseconds of the last
 * record flushed to the log, to the queues and to the index. We read it to know what RocketMQ had flushed, write it when
 * we stop, and see by it that RocketMQ has written to the store since.
 */
import { readInt64, writeInt64 } from "../../core/int64.ts";
import type { Disk } from "../../io/disk.ts";
import type { StorePaths } from "../paths.ts";

const fileBytes = 4_096;
/** What RocketMQ uses of it: six times and offsets; 4.x only the first three. */
const usedBytes = 48;
/** RocketMQ's own margin below the times. */
const marginMs = 3_000;

/** The bytes that count, as hexadecimal; empty without the file. */
export function readCheckpointFile(disk: Disk, paths: StorePaths): string {
  if (!disk.exists(paths.checkpoint)) {
    return "";
  }
  const file = disk.open(paths.checkpoint, "read");
  const bytes = Buffer.alloc(usedBytes);
  try {
    file.readInto(bytes, 0, usedBytes, 0);
  } finally {
    file.close();
  }
  return bytes.toString("hex");
}

/** The three times that every version writes, as they stand there. Throws DecodeError for what is no time. */
export function checkpointTimes(checkpoint: string): {
  readonly logMs: number;
  readonly queuesMs: number;
  readonly indexMs: number;
} {
  const bytes = Buffer.from(checkpoint, "hex");
  return {
    logMs: readInt64(bytes, 0),
    queuesMs: readInt64(bytes, 8),
    indexMs: readInt64(bytes, 16),
  };
}

/** Store time up to which log and queues were flushed, 0 when the file does not say. */
export function flushedTimeOf(checkpoint: string): number {
  const bytes = Buffer.from(checkpoint, "hex");
  if (bytes.length < usedBytes) {
    return 0;
  }
  try {
    return Math.max(0, Math.min(readInt64(bytes, 0), readInt64(bytes, 8)) - marginMs);
  } catch {
    return 0;
  }
}

/** What the file says when everything up to the store time is flushed; as hexadecimal. */
export function formatCheckpointFile(storeTimestampMs: number): string {
  const bytes = Buffer.alloc(usedBytes);
  for (const at of [0, 8, 16]) {
    writeInt64(bytes, at, storeTimestampMs);
  }
  return bytes.toString("hex");
}

/** Writes what `formatCheckpointFile` made, in place as RocketMQ does; on the device when it returns. */
export function writeCheckpointFile(disk: Disk, paths: StorePaths, checkpoint: string): void {
  const isNew = !disk.exists(paths.checkpoint);
  const file = disk.open(paths.checkpoint, "create");
  try {
    if (file.bytes() < fileBytes) {
      file.truncate(fileBytes);
    }
    file.write(Buffer.from(checkpoint, "hex"), 0, usedBytes, 0);
    file.syncNow();
  } finally {
    file.close();
  }
  if (isNew) {
    disk.syncFolder(paths.root);
  }
}
