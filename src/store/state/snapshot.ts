/**
 * What a start needs instead of reading the log from its beginning: how far queues and tables were complete
 * and durable, and their contents then. One text file: `mq-snapshot VERSION CRC BYTES`, a line end, JSON.
 * Replaced atomically; one that does not match its checksum counts as absent, and the log tells all again.
 */
import { crc32 } from "../../core/crc32.ts";
import { DecodeError, MqError } from "../../core/error.ts";
import type { Disk } from "../../io/disk.ts";
import { readWhole, replaceWhole } from "../../io/whole-file.ts";
import type { QueueExtent } from "../consume-queue/queue-table.ts";
import type { KeyMark } from "../index/key-folder.ts";
import type { StateValue } from "../message-store.ts";
import type { StorePaths } from "../paths.ts";

const version = 1;

export interface Snapshot {
  /** Everything below was dispatched, applied and synced. */
  readonly logOffset: number;
  readonly storeTimestampMs: number;
  readonly queues: readonly QueueExtent[];
  /** Size of the queue files, which only differs where RocketMQ made them. */
  readonly queueFileBytes?: number;
  /** Start of the log when the queues' min offsets were found: what retention removed since, they do not know. */
  readonly logMinOffset?: number;
  /**
   * What RocketMQ's `checkpoint` says as far as we know, and what a clean stop was about to make of it. Anything else
   * there is from a RocketMQ that ran since.
   */
  readonly checkpointFiles?: readonly string[];
  /** The queue files were found damaged since: they are built again from the log. */
  readonly areQueuesDoubted?: true;
  /** How far the key index is complete; absent in snapshots that were taken before there was one. */
  readonly keys?: KeyMark;
  /** Rows of each table: name to key to value. */
  readonly tables: { readonly [table: string]: { readonly [key: string]: StateValue } };
}

/** What a store knows when it is made. */
export const emptySnapshot: Snapshot = {
  logOffset: 0,
  storeTimestampMs: 0,
  queues: [],
  tables: {},
};

/** Formats a snapshot as the bytes of its file. */
export function formatSnapshot(snapshot: Snapshot): Buffer {
  const body = Buffer.from(JSON.stringify(snapshot), "utf8");
  const head = `mq-snapshot ${version} ${crc32(body, 0, body.length)} ${body.length}\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), body]);
}

/** Takes a snapshot away that cannot be read: the next start reads the whole log. */
export function removeSnapshot(disk: Disk, paths: StorePaths): void {
  if (disk.exists(paths.snapshot)) {
    disk.remove(paths.snapshot);
    disk.syncFolder(paths.own);
  }
}

/**
 * Notes that the queue files are not what the store's snapshot says: starts build them again from the log until a
 * new snapshot is taken. How far the log was durable is still true, and kept.
 */
export function distrustQueues(disk: Disk, paths: StorePaths): void {
  const snapshot = readSnapshot(disk, paths);
  if (snapshot !== undefined && snapshot.areQueuesDoubted !== true) {
    writeSnapshot(disk, paths, formatSnapshot({ ...snapshot, areQueuesDoubted: true }));
  }
}

/** Replaces the store's snapshot; complete when it returns. */
export function writeSnapshot(disk: Disk, paths: StorePaths, bytes: Buffer): void {
  replaceWhole(disk, paths.snapshot, bytes);
}

/**
 * Reads the store's snapshot, undefined without one. Throws DecodeError when it is damaged, MqError
 * `store_unavailable` when a later version wrote it.
 */
export function readSnapshot(disk: Disk, paths: StorePaths): Snapshot | undefined {
  const bytes = readWhole(disk, paths.snapshot);
  if (bytes === undefined) {
    return undefined;
  }
  const lineEnd = bytes.indexOf(0x0a);
  const [name, found, crc, length] = bytes.toString("latin1", 0, Math.max(0, lineEnd)).split(" ");
  const start = lineEnd + 1;
  if (name === "mq-snapshot" && Number(found) > version) {
    const what = `${paths.snapshot} was written by a later mq (format ${found})`;
    throw new MqError("store_unavailable", what);
  }
  if (name !== "mq-snapshot" || Number(length) !== bytes.length - start) {
    throw new DecodeError(`${paths.snapshot} is no whole snapshot`);
  }
  if (Number(crc) !== crc32(bytes, start, bytes.length)) {
    throw new DecodeError(`${paths.snapshot} does not match its checksum`);
  }
  return JSON.parse(bytes.toString("utf8", start)) as Snapshot;
}
