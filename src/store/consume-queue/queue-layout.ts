/**
 * Where queue files lie, and how large they are. Their size belongs to the store, as its segments' (settled 5).
 *
 * RocketMQ's folder `consumequeue/` is ours as well, but for queues that RocketMQ itself keeps in another form: topics of
 * inner batches (`batchconsumequeue/`), and everything where it keeps its queues in RocksDB. Entries of those lie below
 * `mq/`, so that RocketMQ finds its own files as it left them.
 */
import { limits } from "../../core/limits.ts";
import { type Disk, joinPath } from "../../io/disk.ts";
import { parseOffsetFileName, type StorePaths } from "../paths.ts";
import { entryBytes } from "./entry.ts";

export interface QueueLayout {
  readonly fileBytes: number;
  /** RocketMQ keeps the queues of this store in RocksDB. */
  readonly isRocksDb: boolean;
  /** Topics whose queues RocketMQ keeps as batches. */
  readonly batchTopics: ReadonlySet<string>;
  /** The folder that the topic's queues lie in. */
  folderOf(topic: string): string;
  /** Removes all queue files that are ours to build again. */
  clear(): void;
}

/**
 * Looks at the store's folders. `fileBytes` is what a snapshot remembers; without it the first queue file tells, and where
 * all are gone to be built again, one of those that were set aside: RocketMQ does not start on files of another size.
 */
export function findQueueLayout(
  disk: Disk,
  paths: StorePaths,
  fileBytes: number | undefined,
): QueueLayout {
  const isRocksDb = disk.exists(joinPath(paths.consumeQueue, "CURRENT"));
  const batchTopics = new Set(
    disk
      .list(paths.batchConsumeQueue)
      .filter(({ isFolder }) => isFolder)
      .map(({ name }) => name),
  );
  const found = (): number | undefined =>
    isRocksDb
      ? undefined
      : (firstFileBytes(disk, paths.consumeQueue) ?? setAsideFileBytes(disk, paths));
  return {
    fileBytes: fileBytes ?? found() ?? limits.queueFileBytesDefault,
    isRocksDb,
    batchTopics,
    folderOf: (topic) =>
      isRocksDb || batchTopics.has(topic) ? paths.ownConsumeQueue : paths.consumeQueue,
    clear() {
      disk.removeFolder(paths.ownConsumeQueue);
      if (!isRocksDb) {
        disk.removeFolder(paths.consumeQueue);
        disk.makeFolder(paths.consumeQueue);
      }
      disk.syncFolder(paths.own);
      disk.syncFolder(paths.root);
    },
  };
}

/** Of the queues that were set aside last, in `mq/consumequeue.before-N`. */
function setAsideFileBytes(disk: Disk, paths: StorePaths): number | undefined {
  const numbers = disk
    .list(paths.own)
    .flatMap(({ name }) => /^consumequeue\.before-(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((left, right) => right - left);
  for (const number of numbers) {
    const bytes = firstFileBytes(disk, joinPath(paths.own, `consumequeue.before-${number}`));
    if (bytes !== undefined) {
      return bytes;
    }
  }
  return undefined;
}

/** Size of the first queue file there is, if queue files can have it. */
function firstFileBytes(disk: Disk, folder: string): number | undefined {
  for (const topic of disk.list(folder)) {
    for (const queue of disk.list(joinPath(folder, topic.name))) {
      const file = disk
        .list(joinPath(folder, topic.name, queue.name))
        .find(({ name }) => parseOffsetFileName(name) !== undefined);
      if (file !== undefined && file.bytes > 0 && file.bytes % entryBytes === 0) {
        return file.bytes;
      }
    }
  }
  return undefined;
}
