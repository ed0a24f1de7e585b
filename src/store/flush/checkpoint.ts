/**
 * Bounds what a start has to read again: from time to time the queues' entries are written and synced, and a
 * snapshot says up to where queues and tables are complete. Taken between sends: files are synced one at a
 * time, and the log goes on meanwhile.
 */
import { limits } from "../../core/limits.ts";
import type { Clock, Timer } from "../../io/clock.ts";
import { type Disk, DiskError } from "../../io/disk.ts";
import type { ConsumeQueue } from "../consume-queue/consume-queue.ts";
import type { QueueTable } from "../consume-queue/queue-table.ts";
import type { KeyIndex } from "../index/key-index.ts";
import type { StorePaths } from "../paths.ts";
import { formatSnapshot, type Snapshot, writeSnapshot } from "../state/snapshot.ts";

/** Queues whose entries are written in one turn: a file opened, written and perhaps closed for each. */
const queuesInSlice = 64;
/** Folders that are synced in one turn, which stands still meanwhile. */
const foldersInSlice = 4;

export interface CheckpointOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly paths: StorePaths;
  readonly queues: QueueTable;
  readonly keys: KeyIndex;
  /** Everything acknowledged is in the queues. */
  readonly isDispatched: () => boolean;
  /** What a snapshot taken now would say. */
  readonly snapshot: () => Snapshot;
  /** Resolves when the device has the log as far as it is written. */
  readonly syncLog: () => Promise<void>;
  /** A checkpoint could not be taken; the next one tries again. */
  readonly onError: (error: unknown) => void;
  /** A sync failed, which is final. */
  readonly onDiskFailed: (error: unknown) => void;
}

export class Checkpoint {
  readonly #options: CheckpointOptions;
  #logOffset: number;
  /** When the log was last known to need no more reading than this. */
  #takenMs: number;
  #running: Promise<void> | undefined;
  #timer: Timer | undefined;
  /** Bytes of log that are worth one: more where the last one had many files to sync. */
  #wantedBytes: number = limits.checkpointBytes;
  #isStopped = false;
  #isGivenUp = false;

  constructor(options: CheckpointOptions, logOffset: number) {
    this.#options = options;
    this.#logOffset = logOffset;
    this.#takenMs = options.clock.elapsedMs();
    this.#schedule();
  }

  /** A start after a crash begins to read here. */
  get logOffset(): number {
    return this.#logOffset;
  }

  get facts(): { readonly checkpointAgeMs: number } {
    return { checkpointAgeMs: this.#options.clock.elapsedMs() - this.#takenMs };
  }

  /** The log has been acknowledged up to the offset: takes a checkpoint when enough has gathered. */
  reached(acknowledgedOffset: number): void {
    if (acknowledgedOffset - this.#logOffset >= this.#wantedBytes) {
      this.takeSoon();
    }
  }

  /**
   * Takes one now; resolves when it is complete. One runs at a time. The last one of a clean stop is waited for, and
   * nothing else needs the device: several files are synced side by side.
   */
  async take(isLast = false): Promise<void> {
    if (this.#isGivenUp) {
      return;
    }
    while (this.#running !== undefined) {
      await this.#running;
    }
    this.#running = this.#run(isLast).finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  /** Takes no more at all: what it would say cannot be relied on. */
  giveUp(): void {
    this.#isGivenUp = true;
  }

  /** Takes no more by itself; resolves when none runs. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#running?.catch(() => undefined);
  }

  #schedule(): void {
    this.#timer = this.#options.clock.after(limits.checkpointMs, () => {
      this.takeSoon();
      if (!this.#isStopped) {
        this.#schedule();
      }
    });
  }

  /** Takes one without anybody waiting for it, unless one runs. */
  takeSoon(): void {
    if (this.#running === undefined && !this.#isStopped && !this.#isGivenUp) {
      this.take().catch(this.#options.onError);
    }
  }

  /** After a failed sync nobody knows what the file holds: no later checkpoint may claim it. */
  async #syncFile(path: string, isLast: boolean): Promise<void> {
    try {
      await this.#options.queues.files.sync(path, isLast);
    } catch (error) {
      this.#options.onDiskFailed(error);
      throw error;
    }
  }

  async #run(isLast: boolean): Promise<void> {
    const { queues, keys, paths, disk } = this.#options;
    await this.#writeTailsInSlices();
    while (!this.#options.isDispatched()) {
      await this.#options.syncLog();
    }
    for (const queue of queues.all()) {
      this.#writeTail(queue);
    }
    const snapshot = this.#options.snapshot();
    if (snapshot.logOffset === this.#logOffset && !keys.isDirty && !isLast) {
      this.#takenMs = this.#options.clock.elapsedMs();
      return;
    }
    const bytes = formatSnapshot(snapshot);
    const dirty = queues.files.takeDirty();
    const dirtyKeys = keys.takeDirty();
    this.#wantedBytes = Math.max(
      limits.checkpointBytes,
      (dirty.files.length + dirtyKeys.files.length) * limits.checkpointBytesPerFile,
    );
    try {
      await this.#syncAll(
        [...dirty.files, ...dirtyKeys.files],
        [...dirty.folders, ...dirtyKeys.folders],
        isLast,
      );
    } catch (error) {
      queues.files.putBack(dirty);
      keys.putBack(dirtyKeys);
      throw error;
    }
    if (!this.#isGivenUp) {
      writeSnapshot(disk, paths, bytes);
      this.#logOffset = snapshot.logOffset;
      this.#takenMs = this.#options.clock.elapsedMs();
    }
  }

  /** Most of the writing, some queues a turn, so that sends pass between; the rest is a last short pass. */
  async #writeTailsInSlices(): Promise<void> {
    let count = 0;
    for (const queue of [...this.#options.queues.all()]) {
      if (queue.hasTail) {
        this.#writeTail(queue);
        count++;
      }
      if (count === queuesInSlice) {
        count = 0;
        await new Promise<void>((resolve) => this.#options.clock.endOfTurn(resolve));
      }
    }
  }

  #writeTail(queue: ConsumeQueue): void {
    if (!queue.writeTail()) {
      const { consumeQueue } = this.#options.paths;
      throw new DiskError("no_space", consumeQueue, "queue entries wait for space");
    }
    queue.rest();
  }

  async #syncAll(
    files: readonly string[],
    folders: readonly string[],
    isLast: boolean,
  ): Promise<void> {
    await this.#options.syncLog();
    const left = files.values();
    const syncInTurn = async (): Promise<void> => {
      for (const path of left) {
        await this.#syncFile(path, isLast);
      }
    };
    const sideBySide = isLast ? limits.stopSyncsMax : 1;
    await Promise.all(Array.from({ length: sideBySide }, syncInTurn));
    for (const [index, folder] of folders.entries()) {
      if (index % foldersInSlice === 0 && !isLast) {
        await new Promise<void>((resolve) => this.#options.clock.endOfTurn(resolve));
      }
      this.#options.queues.files.syncFolder(folder);
    }
  }
}
