/** One tail: what lies there, then what comes, until something ends it. */
import { ClientError, type MessageQueue, type ReceivedMessage } from "../../../src/client/index.ts";
import type { Timer } from "../../../src/io/clock.ts";
import type { CommandContext } from "../../command.ts";
import { CommandError } from "../../command-error.ts";
import { type ExitCode, exitCode } from "../../exit-code.ts";
import { toolsGroup } from "../message/stored-messages.ts";
import type { MessageTest } from "../message/where.ts";
import { backlog, newest } from "./tail-backlog.ts";
import type { GroupCommits } from "./tail-commits.ts";
import type { TailRange } from "./tail-start.ts";

const holdMs = 10_000;
const pullCountMax = 32;
const retryFirstMs = 200;
const retryMaxMs = 5_000;

export interface TailOptions {
  readonly topic: string;
  readonly ranges: readonly TailRange[];
  readonly isFollowing: boolean;
  /** Filters of the broker. */
  readonly expression: string | undefined;
  readonly sql: string | undefined;
  readonly matches: MessageTest;
  readonly last: number | undefined;
  /** Every message is meant: the ranges of --last hold all that can be shown. */
  readonly isLastExact: boolean;
  readonly countMax: number | undefined;
  readonly expected: number | undefined;
  readonly expectedWithinMs: number;
  readonly idleMs: number | undefined;
  /** False when the reader has gone. */
  readonly print: (message: ReceivedMessage) => boolean;
  readonly commits: GroupCommits | undefined;
}

interface BatchRead {
  readonly nextOffset: number;
  readonly isCaughtUp: boolean;
  readonly messages: readonly ReceivedMessage[];
}

export class TailSession {
  readonly #context: CommandContext;
  readonly #options: TailOptions;
  readonly #done = new AbortController();
  /** Brokers that did not answer last. */
  readonly #silent = new Set<string>();
  #idleTimer: Timer | undefined;
  #shown = 0;
  #scanned = 0;

  constructor(context: CommandContext, options: TailOptions) {
    this.#context = context;
    this.#options = options;
  }

  async run(): Promise<ExitCode | undefined> {
    const { signal, output, environment, process } = this.#context;
    const { expected, expectedWithinMs, commits } = this.#options;
    const stop = (): void => this.#done.abort();
    signal.addEventListener("abort", stop);
    const timer =
      expected === undefined ? undefined : environment.clock.after(expectedWithinMs, stop);
    this.#restartIdle();
    const letGo = process.keepAlive();
    try {
      await Promise.race([this.#readAll(), aborted(this.#done.signal)]);
      this.#done.abort();
      await commits?.now();
    } finally {
      letGo();
      timer?.cancel();
      this.#idleTimer?.cancel();
      signal.removeEventListener("abort", stop);
      this.#done.abort();
    }
    output.note(`${this.#shown} shown, ${this.#scanned} read`);
    return this.#exit();
  }

  #exit(): ExitCode | undefined {
    const { expected } = this.#options;
    if (expected !== undefined && this.#shown < expected) {
      throw new CommandError(
        "MQ-E-WAITED",
        exitCode.waitedTooLong,
        `${this.#shown} of ${expected} messages came in time`,
      );
    }
    return this.#context.signal.aborted ? exitCode.interrupted : undefined;
  }

  async #readAll(): Promise<void> {
    const { ranges, isFollowing, last } = this.#options;
    if (last === undefined) {
      await this.#backlog(ranges);
    } else {
      await this.#newest(ranges, last);
    }
    if (isFollowing && !this.#done.signal.aborted) {
      await Promise.all(ranges.map((range) => this.#follow(range)));
    }
  }

  /** What lies between start and end of all queues. */
  async #backlog(ranges: readonly TailRange[]): Promise<void> {
    for await (const message of backlog(ranges, (range, offset) => this.#batch(range, offset))) {
      if (this.#done.signal.aborted) {
        return;
      }
      this.#take(message);
      await this.#options.commits?.soon();
    }
  }

  /** Of all queues together, the newest that are meant. */
  async #newest(ranges: readonly TailRange[], count: number): Promise<void> {
    const { matches, isLastExact } = this.#options;
    const found = await newest(ranges, count, {
      read: (range, offset) => this.#batch(range, offset),
      isWhole: isLastExact,
      matches: (message) => {
        this.#scanned++;
        return matches(message);
      },
      isStopped: () => this.#done.signal.aborted,
    });
    for (const message of found) {
      this.#show(message);
    }
  }

  async #batch(
    { queue, endOffset }: TailRange,
    offset: number,
  ): Promise<{ readonly nextOffset: number; readonly messages: readonly ReceivedMessage[] }> {
    const result = await this.#read(queue, offset, 0);
    // A queue that ends before it was said to end has nothing more to give.
    return result.isCaughtUp ? { ...result, nextOffset: endOffset } : result;
  }

  async #follow({ queue, startOffset, endOffset }: TailRange): Promise<void> {
    const { commits } = this.#options;
    let offset = Math.max(startOffset, endOffset);
    let waitMs = retryFirstMs;
    while (!this.#done.signal.aborted) {
      try {
        const result = await this.#read(queue, offset, holdMs);
        this.#heard(queue);
        waitMs = retryFirstMs;
        offset = result.nextOffset;
        for (const message of result.messages) {
          this.#take(message);
        }
      } catch (error) {
        this.#missed(queue, error);
        await this.#pause(waitMs);
        waitMs = Math.min(retryMaxMs, waitMs * 2);
      }
      await commits?.soon();
    }
  }

  /** Says once that a broker does not answer; throws what waiting will not mend. */
  #missed({ brokerName }: MessageQueue, error: unknown): void {
    if (!isPassing(error)) {
      throw error;
    }
    if (!this.#silent.has(brokerName) && !this.#done.signal.aborted) {
      this.#silent.add(brokerName);
      this.#context.output.note(`${brokerName}: ${error.message}; trying again`);
    }
  }

  #heard({ brokerName }: MessageQueue): void {
    if (this.#silent.delete(brokerName)) {
      this.#context.output.note(`${brokerName} answers again`);
    }
  }

  async #read(queue: MessageQueue, offset: number, hold: number): Promise<BatchRead> {
    const { expression, sql } = this.#options;
    const result = await this.#context.client().pull.pull({
      group: toolsGroup,
      queue,
      offset,
      countMax: pullCountMax,
      expression,
      sql,
      holdMs: hold,
    });
    const messages = result.kind === "found" ? result.messages : [];
    if (messages.length > 0) {
      this.#restartIdle();
    }
    return { nextOffset: result.nextOffset, isCaughtUp: result.kind === "caught_up", messages };
  }

  #take(message: ReceivedMessage): void {
    if (this.#done.signal.aborted) {
      return;
    }
    this.#scanned++;
    if (this.#options.matches(message)) {
      this.#show(message);
    }
    this.#options.commits?.note(
      { topic: this.#options.topic, brokerName: message.brokerName, queueId: message.queueId },
      message.queueOffset + 1,
    );
  }

  #show(message: ReceivedMessage): void {
    if (this.#done.signal.aborted) {
      return;
    }
    const isOpen = this.#options.print(message);
    this.#shown++;
    if (!isOpen || this.#shown === this.#options.countMax) {
      this.#done.abort();
    }
  }

  #restartIdle(): void {
    const { idleMs } = this.#options;
    if (idleMs !== undefined) {
      this.#idleTimer?.cancel();
      this.#idleTimer = this.#context.environment.clock.after(idleMs, () => this.#done.abort());
    }
  }

  /** Until the time has passed, or the tail ends. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#context.environment.clock.after(ms, resolve);
      this.#done.signal.addEventListener("abort", () => {
        timer.cancel();
        resolve();
      });
    });
  }
}

/** A broker that restarts, is slow or busy, or that nobody knows for the moment. */
function isPassing(error: unknown): error is ClientError {
  return (
    error instanceof ClientError &&
    (error.kind === "unreachable" ||
      error.kind === "timed_out" ||
      error.kind === "no_route" ||
      (error.kind === "refused" && passingCodes.has(error.code ?? -1)))
  );
}

/** System busy, service not available. */
const passingCodes: ReadonlySet<number> = new Set([2, 14]);

/** Resolves when the signal is aborted. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
    } else {
      signal.addEventListener("abort", () => resolve(), { once: true });
    }
  });
}
