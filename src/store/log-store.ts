/**
 * The store on disk: one commit log, the queues derived from it, and the tables kept in it. This file wires the
 * folders below and owns their order: a record is encoded, written with its turn, acknowledged by the group
 * commit, then dispatched to its queue, and only then may anybody read it.
 */
import { MqError } from "../core/error.ts";
import type { Environment } from "../io/environment.ts";
import type { Log } from "../io/log.ts";
import type { BatchRecords } from "../record/batch-records.ts";
import { Appender } from "./appender.ts";
import type { CommitLog } from "./commit-log/commit-log.ts";
import type { ConsumeQueue } from "./consume-queue/consume-queue.ts";
import type { QueueTable } from "./consume-queue/queue-table.ts";
import { Damage } from "./damage.ts";
import { GroupCommit } from "./flush/group-commit.ts";
import { Waiters } from "./flush/waiters.ts";
import { Dispatcher } from "./index/dispatcher.ts";
import type {
  Appended,
  KeyHits,
  KeyQuery,
  MessageStore,
  QueueHandle,
  ReadOutcome,
  ReadRequest,
  RecordDraft,
  StateTables,
  StoreFacts,
  StoreHealth,
} from "./message-store.ts";
import type { OpenedLog } from "./opened-log.ts";
import { firstStoreTimestamp } from "./record-head.ts";
import { RecordReader } from "./record-reader.ts";
import { RecordTime } from "./record-time.ts";
import { forgetEmptied } from "./state/emptied-queues.ts";
import { createStateDraft } from "./state/state-draft.ts";
import { forgetBody, type StateLog, stateTopic } from "./state/state-log.ts";
import { searchByTime } from "./time-search.ts";
import { Upkeep } from "./upkeep.ts";

export class LogStore implements MessageStore {
  readonly #environment: Environment;
  readonly #journal: Log;
  readonly #opened: OpenedLog;
  readonly #log: CommitLog;
  readonly #queues: QueueTable;
  readonly #state: StateLog;
  readonly #groupCommit: GroupCommit;
  readonly #dispatcher: Dispatcher;
  readonly #reader: RecordReader;
  readonly #damage: Damage;
  readonly #upkeep: Upkeep;
  readonly #appender: Appender;
  readonly #acknowledgedListeners: (() => void)[] = [];
  readonly #arrivalListeners: ((queue: QueueHandle) => void)[] = [];
  readonly #waiters = new Waiters();
  #isClosed = false;
  #isWriteScheduled = false;
  #failure: MqError | undefined;
  #closing: Promise<void> | undefined;
  readonly #time: RecordTime;

  constructor(environment: Environment, opened: OpenedLog, state: StateLog) {
    this.#environment = environment;
    this.#journal = environment.log.area("store");
    this.#opened = opened;
    this.#log = opened.log;
    this.#queues = opened.queues;
    this.#state = state;
    this.#time = new RecordTime(environment.clock, opened.storeTimestampMs);
    this.#queues.files.onNoSpace = () => this.#log.noteFull();
    this.#log.onDiskFailed = (error) => this.#fail(error);
    this.#damage = new Damage(this.#journal, () => this.#upkeep.distrustQueues());
    this.#reader = new RecordReader(this.#log, this.#damage);
    this.#dispatcher = new Dispatcher(
      (topic) => this.#queues.clear(topic),
      (queue) => {
        for (const listener of this.#arrivalListeners) {
          listener(queue);
        }
      },
    );
    this.#appender = new Appender({
      log: this.#log,
      dispatcher: this.#dispatcher,
      time: this.#time,
      storeHost: opened.storeHost,
      acknowledgedOffset: () => this.acknowledgedOffset,
    });
    this.#groupCommit = new GroupCommit(this.#log, environment.clock, opened.flush, {
      synced: () => this.#dispatcher.isWaitingForSync && this.#dispatch(),
      acknowledged: () => this.#acknowledged(),
      failed: (error) => this.#fail(error),
    });
    this.#upkeep = new Upkeep({
      environment,
      opened,
      journal: this.#journal,
      state,
      groupCommit: this.#groupCommit,
      dispatcher: this.#dispatcher,
      recordAt: (physicalOffset) => this.recordAt(physicalOffset),
      lastTimestampMs: () => this.#time.lastMs,
      onRemoved: () => this.noteEarliest(),
      onDiskFailed: (error) => this.#fail(error),
    });
  }

  get state(): StateTables {
    return this.#state;
  }

  get acknowledgedOffset(): number {
    return this.#groupCommit.acknowledgedOffset;
  }

  queue(topic: string, queueId: number): QueueHandle {
    return this.#queues.queue(topic, queueId);
  }

  queuesOf(topic: string): readonly QueueHandle[] {
    return this.#queues.queuesOf(topic);
  }

  append(draft: RecordDraft): Appended {
    return this.#append(draft, false);
  }

  appendBatch(draft: RecordDraft, records: BatchRecords): Appended | undefined {
    this.#checkOpen(false);
    const appended = this.#appender.appendBatch(this.#known(draft.queue), draft, records);
    this.#scheduleWrite();
    return appended;
  }

  /** Appends the body of a state record; returns the offset to wait for. */
  appendState(body: Buffer): number {
    return this.#append(createStateDraft(this.#queues.queue(stateTopic, 0), body), true).endOffset;
  }

  onAcknowledged(listener: () => void): void {
    this.#acknowledgedListeners.push(listener);
  }

  topics(): readonly string[] {
    return this.#queues.topics();
  }

  onArrival(listener: (queue: QueueHandle) => void): void {
    this.#arrivalListeners.push(listener);
  }

  whenAcknowledged(endOffset: number): Promise<void> {
    if (this.#failure !== undefined) {
      return Promise.reject(this.#failure);
    }
    if (endOffset <= this.acknowledgedOffset) {
      return Promise.resolve();
    }
    return this.#waiters.add(endOffset);
  }

  read(request: ReadRequest): ReadOutcome | Promise<ReadOutcome> {
    if (this.#isClosed) {
      throw closedError();
    }
    return this.#reader.read(request, this.#known(request.queue));
  }

  offsetAtTime(queue: QueueHandle, timeMs: number, boundary: "lower" | "upper"): Promise<number> {
    const known = this.#known(queue);
    return searchByTime(known, timeMs, boundary, (offset) =>
      this.#reader.storeTimestampAt(known, offset),
    );
  }

  storeTimestampAt(queue: QueueHandle, offset: number): Promise<number | undefined> {
    return this.#reader.storeTimestampAt(this.#known(queue), offset);
  }

  nowMs(): number {
    return this.#time.now();
  }

  recordAt(physicalOffset: number): Promise<Buffer | undefined> {
    return this.#isClosed
      ? Promise.reject(closedError())
      : this.#reader.recordAt(physicalOffset, this.acknowledgedOffset);
  }

  queryKey(topic: string, key: string, query: KeyQuery): Promise<KeyHits> {
    return this.#isClosed
      ? Promise.reject(closedError())
      : this.#upkeep.keys.query(topic, key, query);
  }

  forget(topic: string): void {
    this.#checkOpen(false);
    forgetEmptied(this.#state, topic);
    this.#state.flush();
    const endOffset = this.appendState(forgetBody(topic));
    this.#dispatcher.addForget(topic, endOffset, 0);
    this.#queues.restart(topic);
  }

  health(): StoreHealth {
    const full = this.#log.isFull ? "the disk is full" : this.#log.refusal;
    const reason = this.#failure?.message ?? full;
    return { isWritable: reason === undefined && this.#closing === undefined, reason };
  }

  facts(): StoreFacts {
    const { freeBytes, totalBytes } = this.#environment.disk.space(this.#opened.paths.root);
    return {
      logMinOffset: this.#log.minOffset,
      logMaxOffset: this.acknowledgedOffset,
      ...this.#log.segments.facts,
      queueFileBytes: this.#opened.queueFileBytes,
      appendedCount: this.#appender.appendedCount,
      appendedBytes: this.#appender.appendedBytes,
      ...this.#groupCommit.facts,
      ...this.#upkeep.checkpointFacts,
      earliestStoreTimestampMs: this.#time.earliestMs,
      diskUsedRatio: totalBytes === 0 ? 0 : 1 - freeBytes / totalBytes,
      damagedRecordCount: this.#opened.damagedRecordCount + this.#damage.count,
    };
  }

  /** Notes the store time of the log's first record: when the store was opened, and when the log begins later. */
  noteEarliest(): void {
    const { first } = this.#log.segments;
    this.#time.earliestMs =
      first === undefined ? -1 : (firstStoreTimestamp(this.#log.segments, first) ?? -1);
  }

  keepFrom(floor: () => number): void {
    this.#upkeep.keepFrom(floor);
  }

  removeExpired(): Promise<void> {
    return this.#upkeep.removeExpired();
  }

  /** Takes a checkpoint as soon as nothing else is to be done, so that the next start need not read the log again. */
  checkpointSoon(): void {
    this.#upkeep.checkpointSoon();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #append(draft: RecordDraft, isState: boolean): Appended {
    this.#checkOpen(isState);
    const appended = this.#appender.append(this.#known(draft.queue), draft, isState);
    this.#scheduleWrite();
    return appended;
  }

  #checkOpen(isState: boolean): void {
    if (this.#failure !== undefined) {
      throw this.#failure;
    }
    if (this.#closing !== undefined && !isState) {
      throw new MqError("store_unavailable", "the store is closing");
    }
  }

  #scheduleWrite(): void {
    if (!this.#isWriteScheduled) {
      this.#isWriteScheduled = true;
      this.#environment.clock.endOfTurn(() => this.#write());
    }
  }

  #write(): void {
    this.#isWriteScheduled = false;
    if (this.#failure !== undefined || this.#isClosed) {
      return;
    }
    try {
      this.#log.writeStaged();
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#groupCommit.written();
  }

  #acknowledged(): void {
    if (this.#isClosed) {
      return;
    }
    const offset = this.acknowledgedOffset;
    this.#dispatch();
    if (this.#failure !== undefined) {
      return;
    }
    this.#waiters.release(offset);
    for (const listener of this.#acknowledgedListeners) {
      listener();
    }
    this.#upkeep.reached(offset);
  }

  #dispatch(): void {
    try {
      this.#dispatcher.advance(this.acknowledgedOffset, this.#groupCommit.syncedOffset);
    } catch (error) {
      // The queues' files cannot be written: entries after a gap would point to other messages.
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) {
      return;
    }
    this.#failure = new MqError("store_unavailable", `the disk failed: ${String(error)}`, {
      cause: error,
    });
    this.#journal.error("the disk failed; nothing more is stored until a restart", {
      reason: String(error),
    });
    this.#groupCommit.stop();
    this.#upkeep.giveUp();
    this.#state.stop(this.#failure);
    this.#waiters.reject(this.#failure);
    for (const listener of this.#acknowledgedListeners) {
      listener();
    }
  }

  async #close(): Promise<void> {
    await this.#upkeep.stop();
    this.#state.finish(closedError());
    if (this.#failure === undefined) {
      this.#write();
      await this.#groupCommit.syncAll().catch((error: unknown) => this.#fail(error));
    }
    if (this.#failure === undefined) {
      await this.#upkeep.leave();
    }
    await this.#upkeep.keys.stop();
    this.#isClosed = true;
    this.#groupCommit.stop();
    this.#log.close();
    this.#queues.close();
    this.#opened.lock.release();
  }

  #known(queue: QueueHandle): ConsumeQueue {
    return queue as ConsumeQueue;
  }
}

function closedError(): MqError {
  return new MqError("store_unavailable", "the store is closed");
}
