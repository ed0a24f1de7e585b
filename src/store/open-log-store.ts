/**
 * Opens a store: takes its lock, finds what the last checkpoint knew, reads the log behind it, and hands over a
 * store that goes on from there. A store without a checkpoint (a new one, RocketMQ's, or one whose snapshot
 * was lost) is read from the log's beginning.
 */
import { DecodeError, MqError } from "../core/error.ts";
import { readInt64 } from "../core/int64.ts";
import { limits } from "../core/limits.ts";
import { type Disk, DiskError, type DiskLock, parentFolder } from "../io/disk.ts";
import type { Environment } from "../io/environment.ts";
import type { Log } from "../io/log.ts";
import { createRecordShape, isBlank, type RecordShape, readShape } from "../record/decode.ts";
import { defaultDelayLevelsMs } from "../record/delay-levels.ts";
import { encodeHost } from "../record/host.ts";
import { recordAt, sysFlag } from "../record/layout.ts";
import { createPropertyScan, scanProperties, tagHashOf } from "../record/properties.ts";
import { CommitLog, type FlushMode } from "./commit-log/commit-log.ts";
import { recoverLog } from "./commit-log/recovery.ts";
import { SegmentList } from "./commit-log/segment-list.ts";
import { QueueTable } from "./consume-queue/queue-table.ts";
import { LogStore } from "./log-store.ts";
import { type StorePaths, storePaths } from "./paths.ts";
import {
  distrustQueues,
  emptySnapshot,
  formatSnapshot,
  readSnapshot,
  removeSnapshot,
  type Snapshot,
  writeSnapshot,
} from "./state/snapshot.ts";
import { forgottenTopic, StateLog, stateTopic } from "./state/state-log.ts";

export interface LogStoreOptions {
  readonly folder: string;
  readonly flush: FlushMode;
  /** What records and message ids name as the broker that stored them: an address, not a name. */
  readonly storeHost: { readonly host: string; readonly port: number };
  /** Size of a new log's segments; an existing log keeps its own. */
  readonly segmentBytes?: number;
  /** How long messages of each delay level wait; RocketMQ's when absent. */
  readonly delayLevelsMs?: readonly number[];
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
  const queues = new QueueTable(disk, paths.consumeQueue, {
    fileBytes: limits.queueFileBytesDefault,
    delayLevelsMs: options.delayLevelsMs ?? defaultDelayLevelsMs,
  });
  const known = knownSnapshot(environment, paths);
  if (segments.first === undefined && known !== undefined && known.logOffset > 0) {
    const what = `${paths.commitLog} is empty, but the log reached ${known.logOffset}`;
    throw new MqError("store_unavailable", `${what}; without ${paths.snapshot} it starts anew`);
  }
  const doubt = known === undefined ? "there is none" : doubtAbout(known, segments, queues);
  const snapshot = doubt === undefined ? known : undefined;
  if (segments.first === undefined && known === undefined) {
    // With it a start after a crash knows that nothing was durable yet, and cuts instead of stepping over.
    writeSnapshot(disk, paths, formatSnapshot(emptySnapshot));
  } else if (snapshot === undefined && segments.first !== undefined) {
    journal.warn("no usable snapshot; the whole log is read", { reason: doubt });
    if (known === undefined) {
      removeSnapshot(disk, paths);
    } else {
      distrustQueues(disk, paths);
    }
  }
  if (snapshot === undefined) {
    disk.removeFolder(paths.consumeQueue);
    disk.makeFolder(paths.consumeQueue);
    disk.syncFolder(paths.root);
  }
  let store: LogStore | undefined;
  const state = new StateLog({
    clock,
    append: (body) => opened(store).appendState(body),
    whenAcknowledged: (offset) => opened(store).whenAcknowledged(offset),
    onError: (error) => journal.warn("state changes wait", { reason: String(error) }),
  });
  const replay = new Replay(queues, state, journal, known?.storeTimestampMs ?? 0);
  queues.restore(snapshot?.queues ?? []);
  // Rows of a snapshot whose queues are lost are still good: the log only tells them again.
  state.restore(known?.tables ?? {});
  const startedMs = clock.elapsedMs();
  const recovered = recoverLog(
    {
      disk,
      log: journal,
      paths,
      segments,
      checkpointOffset: snapshot?.logOffset,
      provenOffset: provenOffset(known, segments),
      isClean,
    },
    (source, at, shape, offset) => replay.record(source, at, shape, offset),
  );
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
      queues,
      paths,
      lock,
      flush: options.flush,
      storeHost: encodeHost(options.storeHost.host, options.storeHost.port),
      checkpointOffset: snapshot?.logOffset ?? noCheckpoint,
      storeTimestampMs: replay.storeTimestampMs,
      damagedRecordCount: recovered.damagedRecordCount + replay.skippedCount,
    },
    state,
  );
  store.noteEarliest(firstStoreTimestamp(segments));
  if (snapshot === undefined && segments.first !== undefined) {
    store.checkpointSoon();
  }
  return store;
}

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

/** Store time of the log's first record, −1 without one. */
function firstStoreTimestamp(segments: SegmentList): number {
  const first = segments.first;
  const shape = createRecordShape();
  const source = Buffer.alloc(limits.segmentBytesMin);
  try {
    const bytes = first?.file().readInto(source, 0, source.length, 0) ?? 0;
    if (bytes < source.length || isBlank(source, 0)) {
      return -1;
    }
    readShape(source, 0, Math.max(bytes, source.readInt32BE(recordAt.size)), shape);
    return readInt64(source, shape.storeTimestampAt);
  } catch {
    return -1;
  }
}

function opened(store: LogStore | undefined): LogStore {
  if (store === undefined) {
    throw new MqError("store_unavailable", "the store is still opening");
  }
  return store;
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

/** Why the log or the queues are not those that the snapshot speaks of; undefined when they are. */
function doubtAbout(
  snapshot: Snapshot,
  segments: SegmentList,
  queues: QueueTable,
): string | undefined {
  const { logOffset, areQueuesDoubted } = snapshot;
  if (areQueuesDoubted === true) {
    return "its queue files were found damaged";
  }
  if (segments.find(logOffset) === undefined && logOffset !== segments.last?.endOffset) {
    const start = segments.first?.startOffset;
    return `it ends at ${logOffset}; the log has ${start} to ${segments.last?.endOffset}`;
  }
  const missing = queues.findMissing(snapshot.queues);
  return missing === undefined
    ? undefined
    : `the queue ${missing[0]}/${missing[1]} has no file for its newest entry`;
}

/** How far the log is known to be durable: what a snapshot says, if it speaks of this log. */
function provenOffset(snapshot: Snapshot | undefined, segments: SegmentList): number | undefined {
  const first = segments.first?.startOffset ?? 0;
  const end = segments.last?.endOffset ?? 0;
  return snapshot !== undefined && snapshot.logOffset >= first && snapshot.logOffset <= end
    ? snapshot.logOffset
    : undefined;
}

/** True for a topic whose queues can lie in a folder of that name (settled 15). */
function isFolderName(topic: string): boolean {
  return topic !== "" && topic !== "." && topic !== ".." && !/[/\\\0]/.test(topic);
}

/** More lost records in one stretch of a queue than this cannot be told from nonsense. */
const holesMax = 10_000_000;

/** Applies the records behind the checkpoint to queues and tables. */
class Replay {
  storeTimestampMs: number;
  /** Whole records that say what cannot be: without `__CRC32#` a flipped header is not noticed before. */
  skippedCount = 0;
  readonly #queues: QueueTable;
  readonly #state: StateLog;
  readonly #journal: Log;
  readonly #scan = createPropertyScan();

  constructor(queues: QueueTable, state: StateLog, journal: Log, storeTimestampMs: number) {
    this.#queues = queues;
    this.#state = state;
    this.#journal = journal;
    this.storeTimestampMs = storeTimestampMs;
  }

  record(source: Buffer, at: number, shape: RecordShape, physicalOffset: number): void {
    try {
      this.#take(source, at, shape, physicalOffset);
    } catch (error) {
      if (!(error instanceof DecodeError)) {
        throw error;
      }
      this.skippedCount++;
      const reason = error.message;
      this.#journal.error("a record of the log is passed over", { physicalOffset, reason });
    }
  }

  #take(source: Buffer, at: number, shape: RecordShape, physicalOffset: number): void {
    const storedMs = readInt64(source, shape.storeTimestampAt);
    this.storeTimestampMs = Math.max(this.storeTimestampMs, storedMs);
    const topic = source.toString("utf8", shape.topicStart, shape.topicEnd);
    if (!isFolderName(topic)) {
      throw new DecodeError("its topic is no name of a folder");
    }
    const transaction = source.readInt32BE(at + recordAt.sysFlag) & sysFlag.transactionMask;
    if (
      transaction !== sysFlag.transactionPrepared &&
      transaction !== sysFlag.transactionRollback
    ) {
      this.#enter(source, at, shape, topic, physicalOffset);
    }
    if (topic === stateTopic) {
      this.#apply(source.subarray(shape.bodyStart, shape.bodyEnd));
    }
  }

  #apply(body: Buffer): void {
    const forgotten = forgottenTopic(body);
    if (forgotten !== undefined) {
      this.#queues.restart(forgotten);
      this.#queues.clear(forgotten);
    }
    this.#state.apply(body);
  }

  #enter(
    source: Buffer,
    at: number,
    shape: RecordShape,
    topic: string,
    physicalOffset: number,
  ): void {
    const queue = this.#queues.queue(topic, source.readInt32BE(at + recordAt.queueId));
    const queueOffset = readInt64(source, at + recordAt.queueOffset);
    if (queue.maxOffset === 0 && queueOffset > 0) {
      queue.restore(queueOffset, queueOffset);
    }
    if (queueOffset - queue.maxOffset > holesMax) {
      throw new DecodeError(`${topic}/${queue.queueId} jumps to ${queueOffset} in the log`);
    }
    while (queue.maxOffset < queueOffset) {
      queue.pushHole();
    }
    if (queueOffset === queue.maxOffset) {
      scanProperties(source, shape.propertiesStart, shape.propertiesEnd, this.#scan);
      const storedMs = readInt64(source, shape.storeTimestampAt);
      const tagCode = queue.tagCode(tagHashOf(source, this.#scan), storedMs);
      queue.push(physicalOffset, shape.bytes, tagCode);
    }
    queue.nextOffset = queue.maxOffset;
  }
}
