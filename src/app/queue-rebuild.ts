/**
 * Builds the consume queues of a stopped store again from its log. Our own queues are marked as doubted first, so a
 * rebuild that was killed goes on with the next start of a broker, or with the same command. Queue files that RocketMQ
 * wrote last are moved aside and kept: what it knew of the log's end is not ours to overwrite.
 */
import { DecodeError, MqError } from "../core/error.ts";
import { joinPath } from "../io/disk.ts";
import type { Environment } from "../io/environment.ts";
import { type StorePaths, storePaths } from "../store/paths.ts";
import { readCheckpointFile } from "../store/rocketmq/checkpoint-file.ts";
import { distrustQueues, readSnapshot } from "../store/state/snapshot.ts";
import { openStore } from "./open-store.ts";

/** Nothing is removed meanwhile, however old or full: that is a running broker's to decide. */
const keepAll = { reservedMs: 0, logBytesMax: 0, cleanDiskRatio: 0, refuseDiskRatio: 0 };
/** In no record of ours: a rebuild sends nothing. */
const nowhere = { host: "127.0.0.1", port: 10_911 };

/**
 * Does it; returns where the old queue files were moved to, undefined when they were replaced. Throws MqError
 * `store_unavailable` when a broker holds the store or it cannot be opened.
 */
export async function rebuildQueues(
  environment: Environment,
  folder: string,
): Promise<string | undefined> {
  const { disk } = environment;
  const paths = storePaths(folder);
  const lock = disk.lock(paths.lock);
  if (lock === undefined) {
    throw new MqError("store_unavailable", `${folder} is in use: a broker holds its lock`);
  }
  let aside: string | undefined;
  try {
    aside = isOurs(environment, paths) ? undefined : moveAside(environment, paths);
    if (aside === undefined) {
      distrustQueues(disk, paths);
    }
  } finally {
    lock.release();
  }
  const options = { folder, flush: "sync", storeHost: nowhere, retention: keepAll } as const;
  const store = await openStore(environment, options);
  await store.close();
  return aside;
}

/** False where RocketMQ wrote last, and where nothing tells. */
function isOurs({ disk }: Environment, paths: StorePaths): boolean {
  try {
    const snapshot = readSnapshot(disk, paths);
    const files = snapshot?.checkpointFiles ?? [""];
    return snapshot !== undefined && files.includes(readCheckpointFile(disk, paths));
  } catch (error) {
    if (error instanceof DecodeError) {
      return false;
    }
    throw error;
  }
}

/** A move that was made before, by a rebuild that was killed, has left nothing to move. */
function moveAside({ disk }: Environment, paths: StorePaths): string | undefined {
  if (!disk.exists(paths.consumeQueue)) {
    return undefined;
  }
  let number = 1;
  const name = () => joinPath(paths.own, `consumequeue.before-${number}`);
  while (disk.exists(name())) {
    number++;
  }
  disk.makeFolder(paths.own);
  disk.rename(paths.consumeQueue, name());
  disk.syncFolder(paths.own);
  disk.syncFolder(paths.root);
  return name();
}
