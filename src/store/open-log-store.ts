/**
 * Opens a store, ours or RocketMQ's: makes its folders, takes its lock, recovers what is there (recover-store.ts), and
 * hands over a store that goes on from there.
 */
import { MqError } from "../core/error.ts";
import { limits } from "../core/limits.ts";
import { type Disk, DiskError, type DiskLock, parentFolder } from "../io/disk.ts";
import type { Environment } from "../io/environment.ts";
import { defaultDelayLevelsMs } from "../record/delay-levels.ts";
import { encodeHost } from "../record/host.ts";
import { CommitLog, type FlushMode } from "./commit-log/commit-log.ts";
import { SegmentList } from "./commit-log/segment-list.ts";
import type { KeyGeometry } from "./index/key-file.ts";
import { openKeyFolder } from "./index/key-folder.ts";
import { LogStore } from "./log-store.ts";
import { type StorePaths, storePaths } from "./paths.ts";
import { recoverStore } from "./recover-store.ts";
import type { RetentionRules } from "./retention/retention.ts";
import { StateLog } from "./state/state-log.ts";

export interface LogStoreOptions {
  readonly folder: string;
  readonly flush: FlushMode;
  /** What records and message ids name as the broker that stored them: an address, not a name. */
  readonly storeHost: { readonly host: string; readonly port: number };
  /** Size of a new log's segments; an existing log keeps its own. */
  readonly segmentBytes?: number;
  /** How long messages of each delay level wait; RocketMQ's when absent. */
  readonly delayLevelsMs?: readonly number[];
  /** Size of a new store's key index files; RocketMQ's when absent. */
  readonly keyGeometry?: KeyGeometry;
  /** What the log may forget; without rules it keeps everything. */
  readonly retention?: RetentionRules;
}

/**
 * Opens the store in the folder, making it when missing.
 * Throws MqError `store_unavailable` when another process has it, `bad_request` for a segment size that cannot be.
 */
export async function openLogStore(
  environment: Environment,
  options: LogStoreOptions,
): Promise<LogStore> {
  const segmentBytes = options.segmentBytes ?? limits.segmentBytesDefault;
  if (segmentBytes < limits.segmentBytesMin) {
    throw new MqError(
      "bad_request",
      `a segment of ${segmentBytes} bytes; at least ${limits.segmentBytesMin} are needed`,
    );
  }
  const { disk } = environment;
  const paths = storePaths(options.folder);
  if (disk.exists(paths.restoring)) {
    throw new MqError(
      "store_unavailable",
      `a restore of a backup into ${paths.root} is not finished: run mq backup restore again`,
    );
  }
  makeFolderDurably(disk, paths);
  for (const folder of [paths.commitLog, paths.consumeQueue, paths.own]) {
    disk.makeFolder(folder);
  }
  const lock = disk.lock(paths.lock);
  if (lock === undefined) {
    throw new MqError("store_unavailable", `${paths.root} is in use by another broker`);
  }
  try {
    return await open(environment, options, paths, lock, segmentBytes);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function open(
  environment: Environment,
  options: LogStoreOptions,
  paths: StorePaths,
  lock: DiskLock,
  segmentBytes: number,
): Promise<LogStore> {
  const { disk, clock } = environment;
  const journal = environment.log.area("store");
  const isClean = !disk.exists(paths.abort);
  disk.open(paths.abort, "create").close();
  disk.syncFolder(paths.root);
  const segments = SegmentList.open(disk, paths.commitLog, segmentBytes);
  let store: LogStore | undefined;
  const startedMs = clock.elapsedMs();
  const found = await recoverStore({
    environment,
    paths,
    segments,
    isClean,
    delayLevelsMs: options.delayLevelsMs ?? defaultDelayLevelsMs,
    createState: () =>
      new StateLog({
        clock,
        append: (body) => opened(store).appendState(body),
        whenAcknowledged: (offset) => opened(store).whenAcknowledged(offset),
        onError: (error) => journal.warn("state changes wait", { reason: String(error) }),
      }),
  });
  const { recovered } = found;
  journal.info("store open", {
    logEnd: recovered.endOffset,
    cleanStop: isClean,
    recordsRead: recovered.recordCount,
    cutBytes: recovered.cutBytes,
    ms: Math.round(clock.elapsedMs() - startedMs),
  });
  store = new LogStore(
    environment,
    {
      log: new CommitLog(segments, clock, recovered.endOffset, options.flush),
      queues: found.queues,
      queueFileBytes: found.layout.fileBytes,
      keys: openKeyFolder({
        disk,
        log: journal,
        folder: paths.keyIndex,
        geometry: options.keyGeometry ?? defaultKeyGeometry,
        mark: found.keyMark,
        isClean,
        minOffset: segments.first?.startOffset ?? 0,
        endOffset: recovered.endOffset,
      }),
      paths,
      lock,
      flush: options.flush,
      retention: options.retention ?? {},
      storeHost: encodeHost(options.storeHost.host, options.storeHost.port),
      checkpointOffset: found.checkpointOffset ?? noCheckpoint,
      checkpointFile: found.checkpointFile,
      storeTimestampMs: found.storeTimestampMs,
      damagedRecordCount: recovered.damagedRecordCount + found.skippedCount,
    },
    found.state,
  );
  store.noteEarliest();
  if (found.checkpointOffset === undefined && segments.first !== undefined) {
    store.checkpointSoon();
  }
  return store;
}

const defaultKeyGeometry: KeyGeometry = {
  slots: limits.keySlotsDefault,
  entries: limits.keyEntriesDefault,
};

/** No offset of the log: whatever it holds is news for a checkpoint. */
const noCheckpoint = -1;

/**
 * Makes the store's folder so that a power cut cannot take it away again: the names of the folder and of all it
 * lies in are synced. A killed run may have made them without living to do that; a snapshot proves that one did.
 */
function makeFolderDurably(disk: Disk, paths: StorePaths): void {
  const isProven = disk.exists(paths.snapshot);
  disk.makeFolder(paths.root);
  for (let at = paths.root; !isProven && at !== parentFolder(at); at = parentFolder(at)) {
    try {
      disk.syncFolder(parentFolder(at));
    } catch (error) {
      // A folder that we may pass through but not open was not made by us.
      if (!(error instanceof DiskError) || error.kind !== "denied") {
        throw error;
      }
    }
  }
}

function opened(store: LogStore | undefined): LogStore {
  if (store === undefined) {
    throw new MqError("store_unavailable", "the store is still opening");
  }
  return store;
}
