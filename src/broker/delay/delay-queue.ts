/**
 * One delay level: messages wait in one queue in the order in which they are due, so only its head has to be watched.
 * Each is written again to its own topic when its time has come; how far that is done is a row of the state table.
 * The row follows the messages into the log, so a crash may deliver again what it had delivered last, and loses nothing.
 */
import { MqError } from "../../core/error.ts";
import { readInt64 } from "../../core/int64.ts";
import { limits } from "../../core/limits.ts";
import type { Clock, Timer } from "../../io/clock.ts";
import { createRecordShape, type RecordShape, readShape } from "../../record/decode.ts";
import { recordAt } from "../../record/layout.ts";
import type { MessageStore, QueueHandle } from "../../store/message-store.ts";

/** Writes a message that is due where it belongs. Throws MqError while that cannot be. */
export type DeliverMessage = (source: Buffer, at: number, shape: RecordShape) => void;

export interface DelayQueueParts {
  readonly store: MessageStore;
  readonly clock: Clock;
  readonly queue: QueueHandle;
  readonly delayMs: number;
  /** The next message that is not delivered yet. */
  readonly offset: number;
  readonly deliver: DeliverMessage;
  /** Everything before the offset is delivered. */
  readonly delivered: (offset: number) => void;
  readonly onError: (error: unknown) => void;
}

export class DelayQueue {
  readonly #parts: DelayQueueParts;
  readonly #shape = createRecordShape();
  #offset: number;
  /** Place in the log of the first message that waits; −1 while it was not read. */
  #headPlace = -1;
  #timer: Timer | undefined;
  #isRunning = false;
  #isStopped = false;

  constructor(parts: DelayQueueParts) {
    this.#parts = parts;
    this.#offset = parts.offset;
  }

  get offset(): number {
    return this.#offset;
  }

  get waitingCount(): number {
    return Math.max(0, this.#parts.queue.maxOffset - this.#offset);
  }

  /** Place in the log of the oldest message that waits: infinite without one, 0 while nobody knows. */
  get oldestPlace(): number {
    if (this.waitingCount === 0) {
      return Number.POSITIVE_INFINITY;
    }
    return Math.max(0, this.#headPlace);
  }

  /** Looks at the head, unless its time is known. */
  wake(): void {
    if (!this.#isRunning && this.#timer === undefined && !this.#isStopped) {
      this.#isRunning = true;
      void this.#run();
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  async #run(): Promise<void> {
    const { clock, onError, queue } = this.#parts;
    try {
      while (!this.#isStopped && (await this.#step())) {
        // Much may be due at once: others go between.
        await new Promise<void>((resolve) => clock.endOfTurn(resolve));
      }
    } catch (error) {
      if (!(error instanceof MqError)) {
        onError(error);
      }
      this.#watch(limits.deliveryRetryMs);
    }
    this.#isRunning = false;
    if (this.#timer === undefined && this.#offset < queue.maxOffset) {
      this.wake();
    }
  }

  /** Delivers what one read brings and is due. False when there is nothing to do before a timer or an arrival. */
  async #step(): Promise<boolean> {
    const { store, queue } = this.#parts;
    const reading = store.read({
      queue,
      offset: this.#offset,
      countMax: limits.pullCountMax,
      bytesMax: limits.pullBytesMax,
      filter: undefined,
    });
    const outcome = reading instanceof Promise ? await reading : reading;
    if (outcome.kind === "caught_up") {
      return this.#offset < queue.maxOffset;
    }
    if (outcome.kind !== "found") {
      this.#advance(outcome.nextOffset);
      return true;
    }
    // Delivering appends: what was read would not outlast it.
    const records = Buffer.from(outcome.records.subarray(outcome.start, outcome.end));
    return this.#deliverDue(records, outcome.nextOffset);
  }

  #deliverDue(records: Buffer, nextOffset: number): boolean {
    let offset = this.#offset;
    try {
      for (let at = 0; at < records.length; at += this.#shape.bytes) {
        readShape(records, at, records.length, this.#shape);
        offset = readInt64(records, at + recordAt.queueOffset);
        this.#headPlace = readInt64(records, at + recordAt.physicalOffset);
        const storedMs = readInt64(records, this.#shape.storeTimestampAt);
        // Times are whole milliseconds: the last one of the delay has passed only with the next.
        const waitMs = storedMs + this.#parts.delayMs + 1 - this.#parts.store.nowMs();
        if (waitMs > 0) {
          this.#watch(waitMs);
          return false;
        }
        this.#parts.deliver(records, at, this.#shape);
        offset++;
      }
      offset = nextOffset;
      return true;
    } finally {
      this.#advance(offset);
    }
  }

  #watch(waitMs: number): void {
    this.#timer?.cancel();
    if (this.#isStopped) {
      return;
    }
    this.#timer = this.#parts.clock.after(waitMs, () => {
      this.#timer = undefined;
      this.wake();
    });
  }

  #advance(offset: number): void {
    if (offset !== this.#offset) {
      this.#offset = offset;
      this.#parts.delivered(offset);
    }
  }
}
