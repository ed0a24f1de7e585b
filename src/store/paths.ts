/** Where things lie in a store's folder: RocketMQ's layout, and `mq/` for what is ours alone. */
import { joinPath } from "../io/disk.ts";

export interface StorePaths {
  readonly root: string;
  readonly commitLog: string;
  readonly consumeQueue: string;
  /** Exists while a broker runs: what a start after a crash finds (RocketMQ's name). */
  readonly abort: string;
  readonly lock: string;
  /** Snapshots and what recovery cut off. */
  readonly own: string;
  readonly snapshot: string;
  readonly cut: string;
}

/** The paths below a store's folder. */
export function storePaths(root: string): StorePaths {
  return {
    root,
    commitLog: joinPath(root, "commitlog"),
    consumeQueue: joinPath(root, "consumequeue"),
    abort: joinPath(root, "abort"),
    lock: joinPath(root, "lock"),
    own: joinPath(root, "mq"),
    snapshot: joinPath(root, "mq", "snapshot"),
    cut: joinPath(root, "mq", "cut"),
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
