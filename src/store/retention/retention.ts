/**
 * What the log may forget: whole segments from its beginning, by age, by size of the log and by how full the disk is.
 * Never the segment that is written, never one that somebody still needs (`keepFrom`), never what no checkpoint covers.
 *
 * First the tables are written again, so that the log that is left tells all of them; then the queues begin later, so
 * that nobody reads what goes; then the files go, oldest first and each for good, so that a crash at any point leaves a log
 * without gaps. A start finds the queues' new beginnings by itself.
 */
import { limits } from "../../core/limits.ts";
import type { Clock, Timer } from "../../io/clock.ts";
import type { Disk } from "../../io/disk.ts";
import type { Log } from "../../io/log.ts";
import type { CommitLog } from "../commit-log/commit-log.ts";
import type { Segment } from "../commit-log/segment-list.ts";
import type { ConsumeQueue } from "../consume-queue/consume-queue.ts";
import { firstOffsetAt } from "../consume-queue/first-offset.ts";
import type { QueueTable } from "../consume-queue/queue-table.ts";
import type { Checkpoint } from "../flush/checkpoint.ts";
import type { StorePaths } from "../paths.ts";
import { firstStoreTimestamp } from "../record-head.ts";
import { noteEmptied } from "../state/emptied-queues.ts";
import type { StateLog } from "../state/state-log.ts";

export interface RetentionRules {
  /** A segment goes when all its records are older than this; 0: age does not matter. */
  readonly reservedMs?: number;
  /** The oldest segments go while the log has more bytes; 0: no bound. */
  readonly logBytesMax?: number;
  /** The oldest segments go while more of the disk is used than this share, 0 to 1; 0: no bound. */
  readonly cleanDiskRatio?: number;
  /** Sends are refused while more of the disk is used than this share; 0: no bound. */
  readonly refuseDiskRatio?: number;
  /** While more is free, the shares do not matter: a tenth of a big disk is plenty. 0: they always do. */
  readonly ampleDiskBytes?: number;
}

export interface RetentionOptions {
  readonly rules: RetentionRules;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly journal: Log;
  readonly paths: StorePaths;
  readonly log: CommitLog;
  readonly queues: QueueTable;
  readonly state: StateLog;
  readonly checkpoint: Checkpoint;
  /** The device has the log up to here: what a crash may take does not count for the size that stays. */
  readonly syncedOffset: () => number;
  /** The log begins later now: for whoever keeps something about its beginning. */
  readonly onRemoved: (logMinOffset: number) => void;
}

/** Queues looked at in one turn. */
const queuesInSlice = 64;

export class Retention {
  readonly #options: RetentionOptions;
  readonly #floors: (() => number)[] = [];
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;
  #isStopped = false;
  /** Tables were last written again from here on; −1: not in this life. */
  #rewrittenOffset = -1;

  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#schedule();
  }

  /** Segments at or behind the lowest floor stay; Infinity says that nothing is needed. */
  keepFrom(floor: () => number): void {
    this.#floors.push(floor);
  }

  /** Ends when no removal is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#running;
  }

  #schedule(): void {
    const {
      reservedMs = 0,
      logBytesMax = 0,
      cleanDiskRatio = 0,
      refuseDiskRatio = 0,
    } = this.#options.rules;
    if (this.#isStopped || reservedMs + logBytesMax + cleanDiskRatio + refuseDiskRatio === 0) {
      return;
    }
    this.#timer = this.#options.clock.after(limits.retentionMs, () => {
      void this.runNow().finally(() => this.#schedule());
    });
  }

  /** Removes what the rules let go; resolves when that, or what was under way already, is done. */
  runNow(): Promise<void> {
    this.#running ??= this.#run()
      .catch((error: unknown) => {
        this.#options.journal.error("old segments stay for now", { reason: String(error) });
      })
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  async #run(): Promise<void> {
    const { log, checkpoint, disk, paths, journal, rules } = this.#options;
    const { refuseDiskRatio = 0, ampleDiskBytes = 0 } = rules;
    const usedRatio = usedShare(disk, paths.root, ampleDiskBytes);
    const isTooFull = refuseDiskRatio > 0 && usedRatio > refuseDiskRatio;
    log.refusal = isTooFull ? `${Math.floor(usedRatio * 100)} % of the disk are used` : undefined;
    const wanted = this.#removableUntil(usedRatio);
    if (wanted <= log.minOffset) {
      return;
    }
    if (checkpoint.logOffset < wanted) {
      // On a full disk there may be no room for one: what the last one covers can go all the same.
      await checkpoint.take().catch((error: unknown) => this.#goOn("no checkpoint", error));
    }
    const until = this.#segmentEndAt(Math.min(wanted, checkpoint.logOffset));
    if (until > log.minOffset && !this.#isStopped) {
      const from = log.minOffset;
      await this.#remove(until);
      journal.info("old segments are removed", { from, until: log.minOffset });
    }
  }

  #goOn(what: string, error: unknown): void {
    this.#options.journal.warn(`${what} before old segments go`, { reason: String(error) });
  }

  /** End of the last segment that ends at or before the offset; the log's beginning without one. */
  #segmentEndAt(offset: number): number {
    const { log } = this.#options;
    const last = log.segments.all().findLast(({ endOffset }) => endOffset <= offset);
    return last?.endOffset ?? log.minOffset;
  }

  /** End of the last segment that the rules let go. */
  #removableUntil(usedRatio: number): number {
    const { log, disk, paths, clock, syncedOffset } = this.#options;
    const { reservedMs = 0, logBytesMax = 0, cleanDiskRatio = 0 } = this.#options.rules;
    const floor = Math.min(log.writtenOffset, ...this.#floors.map((each) => each()));
    const { totalBytes } = disk.space(paths.root);
    const segments = log.segments.all();
    let until = log.minOffset;
    for (const [index, segment] of segments.entries()) {
      const next = segments[index + 1];
      if (next === undefined || segment.endOffset > floor) {
        break;
      }
      const freedRatio = totalBytes === 0 ? 0 : (until - log.minOffset) / totalBytes;
      const isWanted =
        (reservedMs > 0 && this.#isOlder(next, clock.nowMs() - reservedMs)) ||
        (logBytesMax > 0 && syncedOffset() - until > logBytesMax) ||
        (cleanDiskRatio > 0 && usedRatio - freedRatio > cleanDiskRatio);
      if (!isWanted) {
        break;
      }
      until = segment.endOffset;
    }
    return until;
  }

  /** All records before a segment are older than its first. */
  #isOlder(next: Segment, timeMs: number): boolean {
    const storedMs = firstStoreTimestamp(this.#options.log.segments, next);
    return storedMs !== undefined && storedMs < timeMs;
  }

  async #remove(until: number): Promise<void> {
    const { log, queues, state, disk, paths, onRemoved } = this.#options;
    await this.#rewriteTables(until);
    const raised = await this.#raiseQueues(until);
    noteEmptied(state, queues);
    await state.commit().catch((error: unknown) => this.#goOn("rows wait", error));
    for (let first = log.segments.first; first !== undefined; first = log.segments.first) {
      if (first.endOffset > until) {
        break;
      }
      log.segments.dropFirst();
      disk.remove(first.path);
      disk.syncFolder(paths.commitLog);
    }
    for (const [queue, from] of raised) {
      queue.removeFilesBelowMin(from);
    }
    onRemoved(log.minOffset);
  }

  /** A full disk may have no room for the rows: the checkpoint has them, and a later one has those of emptied queues. */
  async #rewriteTables(until: number): Promise<void> {
    const { log, state } = this.#options;
    if (this.#rewrittenOffset < until) {
      const from = log.endOffset;
      try {
        await state.rewrite();
        this.#rewrittenOffset = from;
      } catch (error) {
        this.#goOn("the tables are not written again", error);
      }
    }
  }

  /** Lets queues begin at their first record that stays; returns those that began before, with where. */
  async #raiseQueues(until: number): Promise<readonly (readonly [ConsumeQueue, number])[]> {
    const raised: [ConsumeQueue, number][] = [];
    let count = 0;
    for (const queue of [...this.#options.queues.all()]) {
      const { life, minOffset, maxOffset } = queue;
      const offset = await firstOffsetAt(minOffset, maxOffset, until, (at, entry) =>
        readEntry(queue, at, entry),
      );
      if (offset > minOffset && queue.life === life) {
        queue.raiseMin(offset);
        raised.push([queue, minOffset]);
      }
      count++;
      if (count % queuesInSlice === 0) {
        await new Promise<void>((resolve) => this.#options.clock.endOfTurn(resolve));
      }
    }
    return raised;
  }
}

function readEntry(queue: ConsumeQueue, offset: number, entry: Buffer): boolean | Promise<boolean> {
  if (offset < queue.minOffset || offset >= queue.maxOffset) {
    return false;
  }
  const found = queue.readEntries(offset, 1, entry);
  return found >= 0
    ? found === 1
    : queue.loadEntries(offset, 1, entry).then((count) => count === 1);
}

/** Share of the disk that is used, 0 to 1. */
function usedShare(disk: Disk, folder: string, ampleBytes: number): number {
  const { freeBytes, totalBytes } = disk.space(folder);
  const isAmple = ampleBytes > 0 && freeBytes > ampleBytes;
  return isAmple || totalBytes === 0 ? 0 : 1 - freeBytes / totalBytes;
}
