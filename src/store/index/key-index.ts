/**
 * Finds messages by key. Follows the acknowledged log in the background and enters what it finds into index files
 * (key-file.ts), some hundred KiB of the log at a time: nothing is done or kept for a message while it is appended. A
 * search first waits until the index has caught up, and believes nothing but the records themselves.
 *
 * How far the files are complete is part of each snapshot. What it does not cover, and what is lost or damaged, is
 * read from the log again while the broker runs.
 */
import { MqError } from "../../core/error.ts";
import { readInt64 } from "../../core/int64.ts";
import { limits } from "../../core/limits.ts";
import type { Timer } from "../../io/clock.ts";
import { DiskError } from "../../io/disk.ts";
import type { CommitLog } from "../commit-log/commit-log.ts";
import type { RecordVisitor } from "../commit-log/log-scanner.ts";
import { LogWalk, type StretchVisitor } from "../commit-log/log-walk.ts";
import type { KeyHits, KeyQuery } from "../message-store.ts";
import { emptyKeyHeader, type KeyFile } from "./key-file.ts";
import { type DirtyPaths, KeyFiles, type KeyFilesOptions } from "./key-files.ts";
import type { KeyMark } from "./key-folder.ts";
import { searchKeyFiles } from "./key-search.ts";
import { isWanted, keyHash, RecordKeys, type WantedKey } from "./record-keys.ts";
import { StretchKeys } from "./stretch-keys.ts";

export interface KeyIndexOptions extends KeyFilesOptions {
  readonly commitLog: CommitLog;
  /** Everything below may be read. */
  readonly acknowledgedOffset: () => number;
  readonly recordAt: (physicalOffset: number) => Promise<Buffer | undefined>;
  /** The device answered an error, which is final. */
  readonly onDiskFailed: (error: unknown) => void;
}

export class KeyIndex {
  readonly #options: KeyIndexOptions;
  readonly #files: KeyFiles;
  readonly #walk: LogWalk;
  readonly #keys = new RecordKeys();
  readonly #stretch = new StretchKeys();
  /** Keys of the next record that are entered already: a file was full in its middle. */
  #enteredCount = 0;
  /** The next record to be looked at. */
  #offset: number;
  #wantsFile = false;
  #doubted: KeyFile | undefined;
  #running: Promise<boolean> | undefined;
  #pausedUntilMs = -1;
  #isStopped = false;

  constructor(options: KeyIndexOptions) {
    this.#options = options;
    this.#files = new KeyFiles(options);
    this.#offset = options.opened.offset;
    this.#walk = new LogWalk(
      options.commitLog,
      (offset, nextOffset, reason) =>
        options.log.error("keys of damaged records are not found", { offset, nextOffset, reason }),
      this.#enterAhead,
    );
  }

  /** The log is acknowledged up to the offset. */
  reached(acknowledgedOffset: number): void {
    if (
      acknowledgedOffset - this.#offset >= limits.keyStretchBytes &&
      this.#running === undefined
    ) {
      void this.#run();
    }
  }

  /**
   * Records of the topic that have the key, newest first. Throws MqError `broker_busy` when nothing was found and the
   * index is still being made again.
   */
  async query(topic: string, key: string, query: KeyQuery): Promise<KeyHits> {
    const wanted = { ...query, topic, key, isUnique: query.isUnique ?? false };
    let isComplete = await this.#caughtUp();
    let found = await this.#find(wanted, query.countMax);
    if (this.#doubted !== undefined) {
      // What the search met is made again first: a message must not be missed for a damaged file.
      isComplete = await this.#caughtUp();
      found = await this.#find(wanted, query.countMax);
    }
    if (found.length === 0 && !isComplete) {
      const end = this.#options.acknowledgedOffset();
      const where = `it has reached ${this.#offset} of ${end}`;
      throw new MqError("broker_busy", `the key index is being made again: ${where}; ask later`);
    }
    const last = this.#files.newest?.header ?? emptyKeyHeader();
    return {
      count: found.length,
      records: backToBack(found),
      indexedOffset: last.endOffset,
      indexedTimestampMs: last.endTimestampMs,
    };
  }

  /** Something was written that no snapshot knows of. */
  get isDirty(): boolean {
    return this.#files.isDirty;
  }

  /** How far the files are complete now, for a snapshot that is written once `takeDirty` is synced. */
  mark(): KeyMark {
    const { newest } = this.#files;
    try {
      if (newest?.isReady) {
        newest.writeHeader();
      }
    } catch (error) {
      this.#failed(error);
    }
    return this.#files.mark;
  }

  /** Takes the paths written since the last call, to be synced. */
  takeDirty(): DirtyPaths {
    return this.#files.takeDirty();
  }

  /** Takes back what could not be synced. */
  putBack(dirty: DirtyPaths): void {
    this.#files.putBack(dirty);
  }

  /** The log has nothing below the offset any more. */
  removeBelow(offset: number): void {
    this.#files.removeBelow(offset);
  }

  /** Enters what is acknowledged, if that is not too much, and stores everything; nothing is followed any more. */
  async finish(): Promise<void> {
    await this.#caughtUp();
    this.#isStopped = true;
    await this.#running;
    try {
      await this.#files.store(this.#offset);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Follows no more. */
  halt(): void {
    this.#isStopped = true;
  }

  /** Follows no more and closes the files. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
    this.#files.close();
  }

  /** Records that are wanted, newest first, as many as fit an answer. */
  async #find(wanted: WantedKey, countMax: number): Promise<readonly Buffer[]> {
    const records: Buffer[] = [];
    const seen = new Set<number>();
    let bytes = 0;
    for await (const offset of this.#search(wanted)) {
      const record = seen.has(offset) ? undefined : await this.#options.recordAt(offset);
      seen.add(offset);
      if (record !== undefined && isWanted(record, wanted)) {
        bytes += record.length;
        if (records.length > 0 && bytes > limits.keyAnswerBytesMax) {
          break;
        }
        records.push(record);
      }
      if (records.length >= countMax || seen.size >= limits.keyRecordsReadMax) {
        break;
      }
    }
    return records;
  }

  #search(wanted: WantedKey): AsyncGenerator<number> {
    const { disk, commitLog } = this.#options;
    return searchKeyFiles({
      disk,
      files: this.#files.newestFirst(),
      hash: keyHash(wanted.topic, wanted.key),
      fromMs: wanted.fromMs,
      toMs: wanted.toMs,
      minOffset: commitLog.minOffset,
      pause: () => this.#pause(),
      onDamage: (file, reason) => {
        this.#options.log.error("the key index is damaged", { file: file.name, reason });
        this.#doubted ??= file;
      },
    });
  }

  /** True when all that was acknowledged at the call is entered; false when that takes too long. */
  async #caughtUp(): Promise<boolean> {
    let timer: Timer | undefined;
    const late = new Promise<false>((resolve) => {
      timer = this.#options.clock.after(limits.keyWaitMs, () => resolve(false));
    });
    try {
      return await Promise.race([this.#runAnew(), late]);
    } finally {
      timer?.cancel();
    }
  }

  /** One that runs already may end before what is acknowledged by now. */
  async #runAnew(): Promise<boolean> {
    await this.#running;
    return await this.#run();
  }

  /** True when the end was reached. One runs at a time. */
  #run(): Promise<boolean> {
    const { clock } = this.#options;
    if (this.#isStopped || (this.#pausedUntilMs >= 0 && clock.elapsedMs() < this.#pausedUntilMs)) {
      return Promise.resolve(false);
    }
    this.#running ??= this.#follow()
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  async #follow(): Promise<boolean> {
    await this.#mend();
    const endOffset = this.#options.acknowledgedOffset();
    while (this.#offset < endOffset && !this.#isStopped) {
      const from = Math.max(this.#offset, this.#options.commitLog.minOffset);
      // Keys of a record that is gone are not those of the next.
      this.#enteredCount = from === this.#offset ? this.#enteredCount : 0;
      this.#offset = await this.#walk.step(from, endOffset, this.#enter);
      if (this.#isStopped) {
        break;
      }
      if (this.#wantsFile) {
        this.#wantsFile = false;
        this.#goOnFrom(await this.#files.makeRoom(this.#offset));
      } else if (this.#offset === from) {
        break;
      }
      this.#files.flush(this.#offset);
      await this.#pause();
    }
    this.#pausedUntilMs = -1;
    return !this.#isStopped;
  }

  /** What a pass over the stretch finds; one record's keys are entered together here, and never more than there is room for. */
  readonly #enterAhead: StretchVisitor = (source, at, end, offset): number => {
    const file = this.#files.newest;
    if (!file?.isReady || this.#enteredCount > 0) {
      return 0;
    }
    const stretch = this.#stretch;
    stretch.read(source, at, end, offset, file.room);
    for (let index = 0; index < stretch.count; index++) {
      const recordOffset = offset + stretch.distance(index);
      file.put(stretch.hash(index), recordOffset, stretch.storedMs(index));
    }
    return stretch.walkedBytes;
  };

  readonly #enter: RecordVisitor = (source, at, shape, offset): void => {
    const keys = this.#keys;
    keys.read(source, at, shape);
    if (keys.count === 0) {
      return;
    }
    const file = this.#files.newest;
    if (file?.isReady) {
      const storedMs = readInt64(source, shape.storeTimestampAt);
      while (this.#enteredCount < keys.count && !file.isFull) {
        file.put(keys.hashes[this.#enteredCount++] as number, offset, storedMs);
      }
    }
    if (this.#enteredCount < keys.count) {
      this.#wantsFile = true;
      this.#walk.halt();
    } else {
      this.#enteredCount = 0;
    }
  };

  /** Drops a file in which damage was met, and gets a newest file ready whose slots are not stored. */
  async #mend(): Promise<void> {
    const doubted = this.#doubted;
    this.#doubted = undefined;
    if (doubted !== undefined) {
      this.#goOnFrom(this.#files.drop(doubted, this.#offset));
    }
    this.#goOnFrom(await this.#files.mend(this.#offset));
  }

  #goOnFrom(offset: number): void {
    if (offset < this.#offset) {
      this.#offset = offset;
      this.#enteredCount = 0;
    }
  }

  /** A full disk may have room later; a device that answers errors is not asked again. */
  #failed(error: unknown): false {
    const { log, clock, onDiskFailed } = this.#options;
    if (error instanceof DiskError && error.kind === "failed") {
      this.#isStopped = true;
      onDiskFailed(error);
    } else if (error instanceof DiskError) {
      this.#pausedUntilMs = clock.elapsedMs() + limits.fullDiskRetryMs;
      log.warn("the key index waits", { offset: this.#offset, reason: error.message });
    } else if (!(error instanceof MqError)) {
      throw error;
    }
    return false;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => this.#options.clock.endOfTurn(resolve));
  }
}

function backToBack(records: readonly Buffer[]): Buffer {
  const target = Buffer.allocUnsafeSlow(records.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const record of records) {
    at += record.copy(target, at);
  }
  return target;
}
