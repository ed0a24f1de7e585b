/**
 * When written bytes count. With synchronous flush a record is acknowledged once the device has it; one sync
 * is in flight at a time and covers everything written before it began, so a group forms by itself. With
 * asynchronous flush a written record counts at once, as long as what the device lacks stays below a bound.
 * A failed sync is final: the kernel marks the pages clean, so a later success would prove nothing.
 */
import { DurationHistogram } from "../../core/duration-histogram.ts";
import { limits } from "../../core/limits.ts";
import type { Clock, Timer } from "../../io/clock.ts";
import type { CommitLog, FlushMode } from "../commit-log/commit-log.ts";

/** From a disk with a battery to one that hangs. */
const durationBoundsMs = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000];

export interface GroupCommitEvents {
  /** The device has more; told before `acknowledged`. */
  synced(): void;
  /** The acknowledged offset grew. */
  acknowledged(): void;
  /** The device failed; nothing more will be acknowledged. */
  failed(error: unknown): void;
}

export class GroupCommit {
  readonly #log: CommitLog;
  readonly #clock: Clock;
  readonly #mode: FlushMode;
  readonly #events: GroupCommitEvents;
  #acknowledgedOffset: number;
  #syncedOffset: number;
  #syncCount = 0;
  #startedMs = 0;
  readonly #durations = new DurationHistogram(durationBoundsMs);
  #inFlight: Promise<void> | undefined;
  #timer: Timer | undefined;
  #isFailed = false;
  #isStopped = false;

  constructor(log: CommitLog, clock: Clock, mode: FlushMode, events: GroupCommitEvents) {
    this.#log = log;
    this.#clock = clock;
    this.#mode = mode;
    this.#events = events;
    this.#acknowledgedOffset = log.writtenOffset;
    this.#syncedOffset = log.writtenOffset;
  }

  get acknowledgedOffset(): number {
    return this.#acknowledgedOffset;
  }

  /** The device has everything below. */
  get syncedOffset(): number {
    return this.#syncedOffset;
  }

  get facts(): { readonly syncCount: number; readonly syncDurations: DurationHistogram } {
    return { syncCount: this.#syncCount, syncDurations: this.#durations };
  }

  /** The log has written more. */
  written(): void {
    if (this.#isFailed) {
      return;
    }
    this.#startInTime();
    this.#advance();
  }

  /** Resolves when the device has all that is written now; rejects when it never will. */
  async syncAll(): Promise<void> {
    const target = this.#log.writtenOffset;
    while (this.#syncedOffset < target) {
      if (this.#isFailed) {
        throw new Error("the disk refused to sync");
      }
      this.#start();
      await this.#inFlight;
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #unsyncedBytes(): number {
    return this.#log.writtenOffset - this.#syncedOffset;
  }

  /** Synchronous flush begins at once, asynchronous when much or old enough; what a running sync misses is next. */
  #startInTime(): void {
    if (this.#mode === "sync" || this.#unsyncedBytes() > limits.unsyncedBytesMax / 4) {
      this.#start();
    } else if (this.#unsyncedBytes() > 0 && !this.#isStopped) {
      this.#timer ??= this.#clock.after(limits.asyncFlushMs, () => {
        this.#timer = undefined;
        this.#start();
      });
    }
  }

  #start(): void {
    if (this.#inFlight !== undefined || this.#isFailed || this.#unsyncedBytes() === 0) {
      return;
    }
    const target = this.#log.writtenOffset;
    this.#syncCount++;
    this.#startedMs = this.#clock.elapsedMs();
    this.#inFlight = this.#log.sync().then(
      () => this.#synced(target),
      (error: unknown) => this.#fail(error),
    );
  }

  #synced(target: number): void {
    this.#inFlight = undefined;
    this.#syncedOffset = target;
    this.#durations.add(this.#clock.elapsedMs() - this.#startedMs);
    // The next group starts before this one is told: the device works while replies are made.
    this.#startInTime();
    this.#events.synced();
    this.#advance();
  }

  #advance(): void {
    const reached =
      this.#mode === "sync"
        ? this.#syncedOffset
        : Math.min(this.#log.writtenOffset, this.#syncedOffset + limits.unsyncedBytesMax);
    if (reached > this.#acknowledgedOffset) {
      this.#acknowledgedOffset = reached;
      this.#events.acknowledged();
    }
  }

  #fail(error: unknown): void {
    this.#inFlight = undefined;
    this.#isFailed = true;
    this.stop();
    this.#events.failed(error);
  }
}
