/** Where things lie in a store's folder: RocketMQ's layout, and `mq/` for what is ours alone. */
import { joinPath } from "../io/disk.ts";

export interface StorePaths {
  readonly root: string;
  readonly commitLog: string;
  readonly consumeQueue: string;
  /** RocketMQ's queues of inner batches; never written. */
  readonly batchConsumeQueue: string;
  /** RocketMQ's extensions of queue entries; never written. */
  readonly consumeQueueExt: string;
  /** RocketMQ's times of what it flushed. */
  readonly checkpoint: string;
  readonly config: string;
  /** Files that find messages by key. */
  readonly keyIndex: string;
  /** Exists while a broker runs: what a start after a crash finds (RocketMQ's name). */
  readonly abort: string;
  readonly lock: string;
  /** Snapshots and what recovery cut off. */
  readonly own: string;
  /** Queues that RocketMQ keeps in another form. */
  readonly ownConsumeQueue: string;
  readonly snapshot: string;
  readonly cut: string;
  /** The id of a backup that is being restored here: exists until the log is in its place. */
  readonly restoring: string;
  /** What a repair overwrote. */
  readonly repaired: string;
}

/** The paths below a store's folder. */
export function storePaths(root: string): StorePaths {
  return {
    root,
    commitLog: joinPath(root, "commitlog"),
    consumeQueue: joinPath(root, "consumequeue"),
    batchConsumeQueue: joinPath(root, "batchconsumequeue"),
    consumeQueueExt: joinPath(root, "consumequeue_ext"),
    checkpoint: joinPath(root, "checkpoint"),
    config: joinPath(root, "config"),
    keyIndex: joinPath(root, "index"),
    abort: joinPath(root, "abort"),
    lock: joinPath(root, "lock"),
    own: joinPath(root, "mq"),
    ownConsumeQueue: joinPath(root, "mq", "consumequeue"),
    snapshot: joinPath(root, "mq", "snapshot"),
    cut: joinPath(root, "mq", "cut"),
    restoring: joinPath(root, "mq", "restoring"),
    repaired: joinPath(root, "mq", "repair"),
  };
}

/** A file named by the offset of its first byte: 20 decimal digits. */
export function offsetFileName(offset: number): string {
  return String(offset).padStart(20, "0");
}

/** The offset that a file's name says, undefined for other files. */
export function parseOffsetFileName(name: string): number | undefined {
  return /^\d{20}$/.test(name) ? Number(name) : undefined;
}
