/** What a store has written down about itself, for the next start: RocketMQ's checkpoint file and our snapshot. */
import { DecodeError } from "../core/error.ts";
import type { Disk } from "../io/disk.ts";
import { SegmentList } from "../store/commit-log/segment-list.ts";
import { storePaths } from "../store/paths.ts";
import { checkpointTimes, readCheckpointFile } from "../store/rocketmq/checkpoint-file.ts";
import { readSnapshot } from "../store/state/snapshot.ts";

export interface StoreCheckpoint {
  /** No broker runs there, and the last one stopped as it should. */
  readonly isClean: boolean;
  /** First byte of the log's first segment, and the end of its last. */
  readonly logStart: number;
  readonly segmentsEnd: number;
  /** RocketMQ's: store times in milliseconds of the last records that are durable in each; undefined without the file. */
  readonly file:
    | { readonly logMs: number; readonly queuesMs: number; readonly indexMs: number }
    | undefined;
  /** Ours; undefined without one. */
  readonly snapshot:
    | {
        /** Queues and tables are complete and durable below it. */
        readonly logOffset: number;
        readonly storeTimestampMs: number;
        readonly queues: number;
        /** Queues are built again at the next start. */
        readonly areQueuesDoubted: boolean;
      }
    | undefined;
  /** Why the snapshot cannot be read. */
  readonly snapshotDamage: string | undefined;
}

/** Reads both. Throws MqError `store_unavailable` for a snapshot that a later mq wrote. */
export function storeCheckpoint(disk: Disk, folder: string): StoreCheckpoint {
  const paths = storePaths(folder);
  const segments = SegmentList.open(disk, paths.commitLog, 0, "read");
  const text = readCheckpointFile(disk, paths);
  let snapshot: StoreCheckpoint["snapshot"];
  let snapshotDamage: string | undefined;
  try {
    const found = readSnapshot(disk, paths);
    snapshot =
      found === undefined
        ? undefined
        : {
            logOffset: found.logOffset,
            storeTimestampMs: found.storeTimestampMs,
            queues: found.queues.length,
            areQueuesDoubted: found.areQueuesDoubted === true,
          };
  } catch (error) {
    if (!(error instanceof DecodeError)) {
      throw error;
    }
    snapshotDamage = error.message;
  }
  return {
    isClean: !disk.exists(paths.abort),
    logStart: segments.first?.startOffset ?? 0,
    segmentsEnd: segments.last?.endOffset ?? 0,
    file: text === "" ? undefined : checkpointTimes(text),
    snapshot,
    snapshotDamage,
  };
}
