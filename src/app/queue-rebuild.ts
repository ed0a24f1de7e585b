/**
 * Builds the consume queues of a stopped store again from its log. Our own queues are marked as doubted first, so a
 * rebuild that was killed goes on with the next start of a broker, or with the same command. Queue files that RocketMQ
 * wrote last are moved aside and kept: what it knew of the log's end is not ours to overwrite.
 */
import { DecodeError } from "../core/error.ts";
import type { Disk } from "../io/disk.ts";
import type { Environment } from "../io/environment.ts";
import type { StorePaths } from "../store/paths.ts";
import { readCheckpointFile } from "../store/rocketmq/checkpoint-file.ts";
import { distrustQueues, readSnapshot } from "../store/state/snapshot.ts";
import { moveAside, withLock, withMendedStore } from "./stopped-store.ts";

/**
 * Does it; returns where the old queue files were moved to, undefined when they were replaced. Throws MqError
 * `store_unavailable` when a broker holds the store or it cannot be opened.
 */
export async function rebuildQueues(
  environment: Environment,
  folder: string,
): Promise<string | undefined> {
  const { disk } = environment;
  const aside = withLock(disk, folder, (paths) => {
    if (!isOurs(disk, paths)) {
      return moveAside(disk, paths, paths.consumeQueue, "consumequeue");
    }
    distrustQueues(disk, paths);
    return undefined;
  });
  await withMendedStore(environment, folder, () => Promise.resolve());
  return aside;
}

/** False where RocketMQ wrote last, and where nothing tells. */
function isOurs(disk: Disk, paths: StorePaths): boolean {
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
