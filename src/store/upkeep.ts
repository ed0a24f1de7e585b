/**
 * What a store does beside serving: checkpoints, retention, the index of keys, and what a clean stop leaves behind (a
 * checkpoint of everything, RocketMQ's own beside it, and no `abort`).
 */
import type { Environment } from "../io/environment.ts";
import type { Log } from "../io/log.ts";
import { Checkpoint } from "./flush/checkpoint.ts";
import type { GroupCommit } from "./flush/group-commit.ts";
import type { Dispatcher } from "./index/dispatcher.ts";
import { KeyIndex } from "./index/key-index.ts";
import type { OpenedLog } from "./opened-log.ts";
import { Retention } from "./retention/retention.ts";
import { formatCheckpointFile, writeCheckpointFile } from "./rocketmq/checkpoint-file.ts";
import { distrustQueues, type Snapshot } from "./state/snapshot.ts";
import type { StateLog } from "./state/state-log.ts";

export interface UpkeepOptions {
  readonly environment: Environment;
  readonly opened: OpenedLog;
  readonly journal: Log;
  readonly state: StateLog;
  readonly groupCommit: GroupCommit;
  readonly dispatcher: Dispatcher;
  readonly recordAt: (physicalOffset: number) => Promise<Buffer | undefined>;
  /** Store time of the newest record. */
  readonly lastTimestampMs: () => number;
  /** The log begins later now. */
  readonly onRemoved: () => void;
  /** A sync failed, which is final. */
  readonly onDiskFailed: (error: unknown) => void;
}

export class Upkeep {
  readonly #options: UpkeepOptions;
  readonly keys: KeyIndex;
  readonly #checkpoint: Checkpoint;
  readonly #retention: Retention;
  /** What RocketMQ's checkpoint file says, and what the stop under way makes of it. */
  readonly #checkpointFiles: string[];
  #isGivenUp = false;

  constructor(options: UpkeepOptions) {
    const { opened, journal, groupCommit, dispatcher, onRemoved, onDiskFailed } = options;
    const { disk, clock } = options.environment;
    const { paths, queues, log } = opened;
    this.#options = options;
    this.#checkpointFiles = [opened.checkpointFile];
    this.keys = new KeyIndex({
      disk,
      clock,
      log: journal,
      folder: paths.keyIndex,
      opened: opened.keys,
      commitLog: log,
      acknowledgedOffset: () => groupCommit.acknowledgedOffset,
      recordAt: options.recordAt,
      onDiskFailed,
    });
    this.#checkpoint = new Checkpoint(
      {
        disk,
        clock,
        paths,
        queues,
        keys: this.keys,
        isDispatched: () => !dispatcher.isWaitingForSync,
        snapshot: () => this.#snapshot(),
        syncLog: () => groupCommit.syncAll(),
        onError: (error) => journal.error("no checkpoint", { reason: String(error) }),
        onDiskFailed,
      },
      opened.checkpointOffset,
    );
    this.#retention = new Retention({
      rules: opened.retention,
      disk,
      clock,
      journal,
      paths,
      log,
      queues,
      state: options.state,
      checkpoint: this.#checkpoint,
      syncedOffset: () => groupCommit.syncedOffset,
      onRemoved: (logMinOffset) => {
        this.keys.removeBelow(logMinOffset);
        onRemoved();
      },
    });
  }

  /** The log has been acknowledged up to the offset. */
  reached(acknowledgedOffset: number): void {
    this.#checkpoint.reached(acknowledgedOffset);
    this.keys.reached(acknowledgedOffset);
  }

  /** Takes a checkpoint as soon as nothing else is to be done, so that the next start need not read the log again. */
  checkpointSoon(): void {
    this.#checkpoint.takeSoon();
  }

  get checkpointFacts(): Checkpoint["facts"] {
    return this.#checkpoint.facts;
  }

  keepFrom(floor: () => number): void {
    this.#retention.keepFrom(floor);
  }

  removeExpired(): Promise<void> {
    return this.#retention.runNow();
  }

  /** What the device holds is in doubt: no snapshot may say more than the last one does. */
  giveUp(): void {
    this.#isGivenUp = true;
    this.keys.halt();
    this.#checkpoint.giveUp();
  }

  /** The queues' files point elsewhere: no checkpoint may rely on them, and the next start builds them again. */
  distrustQueues(): void {
    const { environment, opened, journal } = this.#options;
    journal.error("queue files are damaged; the next start builds them again from the log");
    this.#checkpoint.giveUp();
    try {
      distrustQueues(environment.disk, opened.paths);
    } catch (error) {
      journal.error("the snapshot could not be changed", { reason: String(error) });
    }
  }

  /** Does no more by itself; resolves when nothing is under way. */
  async stop(): Promise<void> {
    await this.#retention.stop();
    await this.#checkpoint.stop();
  }

  /** Leaves the store as a clean stop does. Without a checkpoint, as on a full disk, the next start recovers as after a crash. */
  async leave(): Promise<void> {
    const { environment, opened, journal, lastTimestampMs } = this.#options;
    const { disk } = environment;
    const { paths } = opened;
    await this.keys.finish();
    if (this.#isGivenUp) {
      return;
    }
    const checkpointFile = formatCheckpointFile(lastTimestampMs());
    this.#checkpointFiles.push(checkpointFile);
    try {
      await this.#checkpoint.take(true);
      writeCheckpointFile(disk, paths, checkpointFile);
      disk.remove(paths.abort);
      disk.syncFolder(paths.root);
    } catch (error) {
      journal.error("stopped without a checkpoint", { reason: String(error) });
    }
  }

  #snapshot(): Snapshot {
    const { opened, state, groupCommit, lastTimestampMs } = this.#options;
    return {
      logOffset: groupCommit.acknowledgedOffset,
      logMinOffset: opened.log.minOffset,
      storeTimestampMs: lastTimestampMs(),
      queueFileBytes: opened.queueFileBytes,
      checkpointFiles: this.#checkpointFiles,
      queues: opened.queues.extents(),
      keys: this.keys.mark(),
      tables: state.contents(),
    };
  }
}
