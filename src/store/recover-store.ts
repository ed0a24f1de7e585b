/**
 * What a start finds: decides whom to believe about the queues (our snapshot, RocketMQ's files, or the log alone), reads
 * the log from where that ends, and leaves log, queues and tables ready to go on.
 */
import { DecodeError, MqError } from "../core/error.ts";
import { joinPath } from "../io/disk.ts";
import type { Environment } from "../io/environment.ts";
import type { Log } from "../io/log.ts";
import { type Recovered, recoverLog } from "./commit-log/recovery.ts";
import type { SegmentList } from "./commit-log/segment-list.ts";
import {
  entryBytes,
  entryPhysicalOffset,
  entryRecordBytes,
  holeBytes,
} from "./consume-queue/entry.ts";
import { firstOffsetAt } from "./consume-queue/first-offset.ts";
import { findQueueLayout, type QueueLayout } from "./consume-queue/queue-layout.ts";
import { QueueTable } from "./consume-queue/queue-table.ts";
import type { KeyMark } from "./index/key-folder.ts";
import type { StorePaths } from "./paths.ts";
import { Replay } from "./replay.ts";
import { readCheckpointFile } from "./rocketmq/checkpoint-file.ts";
import { QueuesDoubted } from "./rocketmq/queue-files-found.ts";
import { takeOverQueues } from "./rocketmq/take-over.ts";
import { restoreEmptied } from "./state/emptied-queues.ts";
import {
  distrustQueues,
  emptySnapshot,
  formatSnapshot,
  readSnapshot,
  removeSnapshot,
  type Snapshot,
  writeSnapshot,
} from "./state/snapshot.ts";
import { type StateLog, stateTopic } from "./state/state-log.ts";

export interface StoreFound {
  readonly environment: Environment;
  readonly paths: StorePaths;
  readonly segments: SegmentList;
  /** The last run stopped as it should. */
  readonly isClean: boolean;
  /** How long messages of each delay level wait. */
  readonly delayLevelsMs: readonly number[];
  /** Makes the tables; called once more when a first try has to be given up. */
  readonly createState: () => StateLog;
}

export interface RecoveredStore {
  readonly queues: QueueTable;
  readonly layout: QueueLayout;
  readonly state: StateLog;
  readonly recovered: Recovered;
  readonly storeTimestampMs: number;
  readonly skippedCount: number;
  /** How far the last checkpoint reached; undefined when none may be relied on. */
  readonly checkpointOffset: number | undefined;
  /** What RocketMQ's checkpoint file says. */
  readonly checkpointFile: string;
  /** How far our last checkpoint knew the key index. */
  readonly keyMark: KeyMark | undefined;
}

/** Throws MqError `store_unavailable` for a store that must not be opened as it is. */
export async function recoverStore(found: StoreFound): Promise<RecoveredStore> {
  const { environment, paths, segments } = found;
  const { disk } = environment;
  const known = knownSnapshot(environment, paths);
  if (segments.first === undefined && known !== undefined && known.logOffset > 0) {
    const what = `${paths.commitLog} is empty, but the log reached ${known.logOffset}`;
    throw new MqError("store_unavailable", `${what}; without ${paths.snapshot} it starts anew`);
  }
  const checkpointFile = readCheckpointFile(disk, paths);
  const start = new Start(found, known, checkpointFile);
  if (segments.first === undefined && known === undefined) {
    // With it a start after a crash knows that nothing was durable yet, and cuts instead of stepping over.
    writeSnapshot(disk, paths, formatSnapshot(emptySnapshot));
  }
  if (start.isForeign && segments.first !== undefined) {
    try {
      return await start.fromRocketmq();
    } catch (error) {
      if (!(error instanceof QueuesDoubted)) {
        throw error;
      }
      return start.fromLog(error.message);
    }
  }
  const doubt = start.doubt();
  return doubt === undefined ? await start.fromSnapshot() : start.fromLog(doubt);
}

class Start {
  readonly #found: StoreFound;
  readonly #known: Snapshot | undefined;
  readonly #checkpointFile: string;
  readonly #journal: Log;

  constructor(found: StoreFound, known: Snapshot | undefined, checkpointFile: string) {
    this.#found = found;
    this.#known = known;
    this.#checkpointFile = checkpointFile;
    this.#journal = found.environment.log.area("store");
  }

  /** RocketMQ wrote to the store last: no snapshot speaks of what it did. */
  get isForeign(): boolean {
    const { environment, paths } = this.#found;
    if (this.#known === undefined) {
      const { disk } = environment;
      return !disk.exists(paths.snapshot) && !disk.exists(joinPath(paths.consumeQueue, stateTopic));
    }
    const { checkpointFiles, areQueuesDoubted } = this.#known;
    return areQueuesDoubted !== true && !(checkpointFiles ?? [""]).includes(this.#checkpointFile);
  }

  /** Why the log or the queues are not those that the snapshot speaks of; undefined when they are. */
  doubt(): string | undefined {
    const { segments } = this.#found;
    if (this.#known === undefined) {
      return "there is none";
    }
    const { logOffset, areQueuesDoubted, queues } = this.#known;
    if (areQueuesDoubted === true) {
      return "its queue files are missing, or were found damaged";
    }
    if (segments.find(logOffset) === undefined && logOffset !== segments.last?.endOffset) {
      const start = segments.first?.startOffset;
      return `it ends at ${logOffset}; the log has ${start} to ${segments.last?.endOffset}`;
    }
    const missing = this.#createQueues(this.#layout()).findMissing(queues);
    return missing === undefined
      ? undefined
      : `the queue ${missing[0]}/${missing[1]} has no file for its newest entry`;
  }

  async fromSnapshot(): Promise<RecoveredStore> {
    const layout = this.#layout();
    const queues = this.#createQueues(layout);
    const { logOffset = 0, logMinOffset, queues: extents = [] } = this.#known ?? {};
    queues.restore(extents);
    const logStart = this.#found.segments.first?.startOffset ?? 0;
    if (logStart > (logMinOffset ?? 0)) {
      await raiseMins(queues, logStart);
    }
    return this.#finish(layout, queues, logOffset, { isTakenOver: false, damageBelow: 0 });
  }

  /** Throws QueuesDoubted when the files do not fit the log. */
  async fromRocketmq(): Promise<RecoveredStore> {
    const { environment, paths } = this.#found;
    const layout = findQueueLayout(environment.disk, paths, undefined);
    const queues = this.#createQueues(layout);
    try {
      return await this.#takeOver(layout, queues);
    } catch (error) {
      queues.close();
      throw error;
    }
  }

  async #takeOver(layout: QueueLayout, queues: QueueTable): Promise<RecoveredStore> {
    const { environment, paths, segments, isClean } = this.#found;
    const taken = await takeOverQueues({
      disk: environment.disk,
      paths,
      layout,
      segments,
      queues,
      isClean,
      checkpoint: this.#checkpointFile,
    });
    const fromOffset = Math.min(taken.fromOffset, this.#known?.logOffset ?? taken.fromOffset);
    this.#journal.info("the queues of RocketMQ are taken over", {
      queues: taken.queueCount,
      from: fromOffset,
      logStart: segments.first?.startOffset,
    });
    const damageBelow = Number.POSITIVE_INFINITY;
    const store = this.#finish(layout, queues, fromOffset, { isTakenOver: true, damageBelow });
    lowerMaxes(store.queues, store.recovered.endOffset);
    const storeTimestampMs = Math.max(store.storeTimestampMs, taken.storeTimestampMs);
    return { ...store, storeTimestampMs, checkpointOffset: undefined };
  }

  /** Builds the queues again from the whole log. */
  fromLog(reason: string): RecoveredStore {
    const { environment, paths, segments } = this.#found;
    const { disk } = environment;
    if (segments.first !== undefined) {
      this.#journal.warn("the queues are built again: the whole log is read", { reason });
      if (this.#known === undefined) {
        removeSnapshot(disk, paths);
      } else {
        distrustQueues(disk, paths);
      }
    }
    const layout = this.#layout();
    layout.clear();
    const queues = this.#createQueues(layout);
    const proven = this.#provenOffset();
    const damageBelow = proven ?? Number.POSITIVE_INFINITY;
    const store = this.#finish(layout, queues, undefined, { isTakenOver: false, damageBelow });
    restoreEmptied(store.state, queues);
    return { ...store, checkpointOffset: undefined };
  }

  #finish(
    layout: QueueLayout,
    queues: QueueTable,
    fromOffset: number | undefined,
    how: { readonly isTakenOver: boolean; readonly damageBelow: number },
  ): RecoveredStore {
    const { environment, paths, segments, isClean } = this.#found;
    const state = this.#found.createState();
    // Rows of a snapshot whose queues are lost are still good: the log only tells them again.
    state.restore(this.#known?.tables ?? {});
    const replay = new Replay({
      queues,
      state,
      journal: this.#journal,
      storeTimestampMs: this.#known?.storeTimestampMs ?? 0,
      isTakenOver: how.isTakenOver,
    });
    const recovered = recoverLog(
      {
        disk: environment.disk,
        log: this.#journal,
        paths,
        segments,
        fromOffset,
        provenOffset: this.#provenOffset() ?? 0,
        damageBelow: how.damageBelow,
        isClean,
      },
      (source, at, shape, offset) => replay.record(source, at, shape, offset),
    );
    return {
      queues,
      layout,
      state,
      recovered,
      storeTimestampMs: replay.storeTimestampMs,
      skippedCount: replay.skippedCount,
      checkpointOffset: fromOffset,
      checkpointFile: this.#checkpointFile,
      // Files that our snapshot does not speak of are younger than it, and may be torn.
      keyMark: this.#known === undefined ? undefined : (this.#known.keys ?? { offset: 0 }),
    };
  }

  /** How far the log is known to be durable: what a snapshot says, if it speaks of this log. */
  #provenOffset(): number | undefined {
    const { first, last } = this.#found.segments;
    const offset = this.#known?.logOffset;
    return offset !== undefined &&
      offset >= (first?.startOffset ?? 0) &&
      offset <= (last?.endOffset ?? 0)
      ? offset
      : undefined;
  }

  #layout(): QueueLayout {
    const { environment, paths } = this.#found;
    const ours = this.#known?.queueFileBytes;
    return findQueueLayout(environment.disk, paths, ours);
  }

  #createQueues(layout: QueueLayout): QueueTable {
    return new QueueTable(this.#found.environment.disk, layout, this.#found.delayLevelsMs);
  }
}

/** The snapshot, unless it is missing or damaged. */
function knownSnapshot(environment: Environment, paths: StorePaths): Snapshot | undefined {
  try {
    return readSnapshot(environment.disk, paths);
  } catch (error) {
    if (!(error instanceof DecodeError)) {
      throw error;
    }
    environment.log.area("store").error("the snapshot is damaged", { reason: error.message });
    return undefined;
  }
}

/** Retention removed segments and the snapshot does not know yet: queues begin behind them. */
async function raiseMins(queues: QueueTable, logStart: number): Promise<void> {
  for (const queue of queues.all()) {
    const { minOffset, maxOffset } = queue;
    const offset = await firstOffsetAt(minOffset, maxOffset, logStart, (at, entry) =>
      queue.readNow(at, entry),
    );
    queue.raiseMin(offset);
    queue.removeFilesBelowMin(minOffset);
  }
}

/** The log ends before what queues name: a crash took records whose entries survived it. */
function lowerMaxes(queues: QueueTable, logEnd: number): void {
  const entry = Buffer.alloc(entryBytes);
  for (const queue of queues.all()) {
    let { maxOffset } = queue;
    while (
      maxOffset > queue.minOffset &&
      queue.readNow(maxOffset - 1, entry) &&
      entryRecordBytes(entry, 0) !== holeBytes &&
      entryPhysicalOffset(entry, 0) + entryRecordBytes(entry, 0) > logEnd
    ) {
      maxOffset--;
    }
    if (maxOffset < queue.maxOffset) {
      queue.lower(maxOffset);
    }
  }
}
