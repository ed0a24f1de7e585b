/** Work on a store that no broker has: its lock, what is moved out of the way, and the store opened to be mended. */
import { MqError } from "../core/error.ts";
import { type Disk, joinPath } from "../io/disk.ts";
import type { Environment } from "../io/environment.ts";
import type { MessageStore } from "../store/message-store.ts";
import { type StorePaths, storePaths } from "../store/paths.ts";
import { openStore } from "./open-store.ts";

/** Nothing is removed meanwhile, however old or full: that is a running broker's to decide. */
const keepAll = { reservedMs: 0, logBytesMax: 0, cleanDiskRatio: 0, refuseDiskRatio: 0 };
/** In no record of ours: mending sends nothing. */
const nowhere = { host: "127.0.0.1", port: 10_911 };

/** Runs the work under the store's lock. Throws MqError `store_unavailable` when a broker holds it. */
export function withLock<T>(disk: Disk, folder: string, work: (paths: StorePaths) => T): T {
  const paths = storePaths(folder);
  const lock = disk.lock(paths.lock);
  if (lock === undefined) {
    throw new MqError("store_unavailable", `${folder} is in use: a broker holds its lock`);
  }
  try {
    return work(paths);
  } finally {
    lock.release();
  }
}

/**
 * Moves a folder of the store to `mq/NAME.before-N`; returns where it is now, undefined when it is not there: a move that
 * was made before, by work that was killed, has left nothing to move.
 */
export function moveAside(
  disk: Disk,
  paths: StorePaths,
  from: string,
  name: string,
): string | undefined {
  if (!disk.exists(from)) {
    return undefined;
  }
  let number = 1;
  const target = () => joinPath(paths.own, `${name}.before-${number}`);
  while (disk.exists(target())) {
    number++;
  }
  disk.makeFolder(paths.own);
  disk.rename(from, target());
  disk.syncFolder(paths.own);
  disk.syncFolder(paths.root);
  return target();
}

/** Opens the store as a broker's start would, and closes it behind the work. */
export async function withMendedStore(
  environment: Environment,
  folder: string,
  work: (store: MessageStore) => Promise<void>,
): Promise<void> {
  const options = { folder, flush: "sync", storeHost: nowhere, retention: keepAll } as const;
  const store = await openStore(environment, options);
  try {
    await work(store);
  } finally {
    await store.close();
  }
}
