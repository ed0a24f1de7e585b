/**
 * Builds the key index of a stopped store again from its log. The old files are moved aside and kept; a rebuild that was
 * killed leaves a part of the new ones, which the same command moves aside in turn, and a broker's start completes.
 */
import { MqError } from "../core/error.ts";
import type { Environment } from "../io/environment.ts";
import type { MessageStore } from "../store/message-store.ts";
import { moveAside, withLock, withMendedStore } from "./stopped-store.ts";

/** Waits that ended at once and in vain: the index makes no way. */
const idleWaitsMax = 50;
const waitMs = 100;

/**
 * Does it; returns where the old files were moved to, undefined where there were none. Throws MqError `store_unavailable`
 * when a broker holds the store or it cannot be opened, `broker_busy` when the index cannot be written.
 */
export async function rebuildIndex(
  environment: Environment,
  folder: string,
): Promise<string | undefined> {
  const { disk } = environment;
  const aside = withLock(disk, folder, (paths) => moveAside(disk, paths, paths.keyIndex, "index"));
  await withMendedStore(environment, folder, (store) => untilIndexed(environment, store));
  return aside;
}

/** A search waits for the index to come up with the log, and says when that took too long. */
async function untilIndexed({ clock }: Environment, store: MessageStore): Promise<void> {
  let idleWaits = 0;
  for (;;) {
    const startedMs = clock.elapsedMs();
    try {
      await store.queryKey("", "", { fromMs: 0, toMs: 0, countMax: 1 });
      return;
    } catch (error) {
      if (!(error instanceof MqError) || error.kind !== "broker_busy") {
        throw error;
      }
      idleWaits = clock.elapsedMs() - startedMs < waitMs ? idleWaits + 1 : 0;
      if (idleWaits > idleWaitsMax) {
        throw error;
      }
    }
    await new Promise<void>((resolve) => {
      clock.after(waitMs, resolve);
    });
  }
}
