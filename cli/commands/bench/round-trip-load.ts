/**
 * Messages that go through a broker and come back: sent at a pace, read by one pull a queue, each known by its
 * number, so that what is lost or comes twice is counted. A latency is from when a message was due to when it is here.
 */
import { Latencies, type MessageQueue } from "../../../src/client/index.ts";
import type { CommandContext } from "../../command.ts";
import { pause } from "../../pause.ts";
import { toolsGroup } from "../message/stored-messages.ts";
import { benchProgress } from "./bench-progress.ts";

/** Run, number, and when it was due: what a body begins with. */
const headBytes = 24;
const numbersMax = 1 << 26;
const acknowledged = 1;
const received = 2;
const holdMs = 1_000;
const lookEveryMs = 5;
const progressEveryMs = 1_000;
const countMax = 64;

export interface RoundTripOptions {
  readonly topic: string;
  readonly bodyBytes: number;
  /** Requests in flight. */
  readonly producers: number;
  readonly ratePerSecond: number | undefined;
  readonly durationMs: number;
  readonly messageCount: number | undefined;
  /** How long to wait for what is still under way at the end. */
  readonly drainMs: number;
}

export interface RoundTripReport {
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly errors: number;
  readonly firstError: string | undefined;
  /** From the first send to the last. */
  readonly seconds: number;
  readonly latencies: Latencies;
}

export const bodyBytesMin = headBytes;

export class RoundTripLoad {
  readonly #context: CommandContext;
  readonly #options: RoundTripOptions;
  readonly #run: number;
  readonly #latencies = new Latencies();
  /** What is known of each number. */
  #seen = new Uint8Array(1 << 12);
  #next = 0;
  #sent = 0;
  #received = 0;
  #duplicated = 0;
  /** Acknowledged and not here. */
  #missing = 0;
  #errors = 0;
  #firstError: string | undefined;
  #readError: unknown;
  #isOver = false;
  #startMs = 0;

  constructor(context: CommandContext, options: RoundTripOptions) {
    this.#context = context;
    this.#options = options;
    this.#run = context.environment.random.below(2 ** 31);
  }

  /** Throws ClientError when the queues cannot be read. */
  async run(): Promise<RoundTripReport> {
    const { pull } = this.#context.client();
    const { clock } = this.#context.environment;
    const queues = await pull.queues(this.#options.topic);
    const starts = await Promise.all(queues.map((queue) => pull.maxOffset(queue)));
    // Nobody waits for their end: the last pulls are held by brokers for as long as these like.
    for (const [index, queue] of queues.entries()) {
      void this.#read(queue, starts[index] ?? 0).catch((error: unknown) => {
        this.#readError ??= error;
      });
    }
    this.#startMs = clock.elapsedMs();
    const senders = Array.from({ length: this.#options.producers }, () => this.#send());
    await Promise.all([...senders, this.#tellProgress(Promise.all(senders))]);
    const seconds = (clock.elapsedMs() - this.#startMs) / 1_000;
    await this.#drain();
    this.#isOver = true;
    if (this.#readError !== undefined) {
      throw this.#readError;
    }
    return {
      sent: this.#sent,
      received: this.#received,
      lost: this.#missing,
      duplicated: this.#duplicated,
      errors: this.#errors,
      firstError: this.#firstError,
      seconds,
      latencies: this.#latencies,
    };
  }

  /** One sender: a message after the other, each when it is due. */
  async #send(): Promise<void> {
    const context = this.#context;
    const options = this.#options;
    const { clock } = context.environment;
    const { producer } = context.client();
    const limit = Math.min(options.messageCount ?? numbersMax, numbersMax);
    while (!context.signal.aborted && this.#readError === undefined) {
      const number = this.#next++;
      const dueMs =
        options.ratePerSecond === undefined
          ? clock.elapsedMs()
          : this.#startMs + (number * 1_000) / options.ratePerSecond;
      if (number >= limit || dueMs - this.#startMs >= options.durationMs) {
        return;
      }
      const earlyMs = dueMs - clock.elapsedMs();
      if (earlyMs > 0) {
        await pause(context, earlyMs, context.signal);
      }
      const body = Buffer.alloc(options.bodyBytes, 0x2e);
      body.writeDoubleBE(this.#run, 0);
      body.writeDoubleBE(number, 8);
      body.writeDoubleBE(dueMs, 16);
      try {
        await producer.send({ topic: options.topic, body });
        this.#sent++;
        this.#note(number, acknowledged);
      } catch (error) {
        this.#errors++;
        this.#firstError ??= error instanceof Error ? error.message : String(error);
      }
    }
  }

  async #read(queue: MessageQueue, startOffset: number): Promise<void> {
    const { pull } = this.#context.client();
    const { clock } = this.#context.environment;
    let offset = startOffset;
    while (!this.#isOver) {
      const result = await pull.pull({ group: toolsGroup, queue, offset, countMax, holdMs });
      offset = result.nextOffset;
      const nowMs = clock.elapsedMs();
      for (const { body } of result.kind === "found" ? result.messages : []) {
        if (body.length >= headBytes && body.readDoubleBE(0) === this.#run) {
          this.#arrived(body.readDoubleBE(8), nowMs - body.readDoubleBE(16));
        }
      }
    }
  }

  #arrived(number: number, latencyMs: number): void {
    if (!(Number.isInteger(number) && number >= 0 && number < this.#next)) {
      return;
    }
    if (((this.#seen[number] ?? 0) & received) !== 0) {
      this.#duplicated++;
      return;
    }
    this.#note(number, received);
    this.#received++;
    this.#latencies.add(latencyMs);
  }

  #note(number: number, what: number): void {
    if (number >= this.#seen.length) {
      const larger = new Uint8Array(Math.max(this.#seen.length * 2, number + 1));
      larger.set(this.#seen);
      this.#seen = larger;
    }
    const known = this.#seen[number] as number;
    this.#seen[number] = known | what;
    if (what === acknowledged) {
      this.#missing += known === received ? 0 : 1;
    } else {
      this.#missing -= known === acknowledged ? 1 : 0;
    }
  }

  async #drain(): Promise<void> {
    const { clock } = this.#context.environment;
    const endMs = clock.elapsedMs() + this.#options.drainMs;
    while (
      this.#missing > 0 &&
      clock.elapsedMs() < endMs &&
      this.#readError === undefined &&
      !this.#context.signal.aborted
    ) {
      await pause(this.#context, lookEveryMs, this.#context.signal);
    }
  }

  async #tellProgress(done: Promise<unknown>): Promise<void> {
    const { environment, signal } = this.#context;
    const startedMs = environment.clock.elapsedMs();
    const { durationMs: duration, messageCount: count } = this.#options;
    const bar = benchProgress(this.#context, { duration, count });
    let isDone = false;
    const ended = done.then(() => {
      isDone = true;
    });
    while (!isDone && !signal.aborted) {
      await Promise.race([ended, pause(this.#context, progressEveryMs, signal)]);
      const seconds = (environment.clock.elapsedMs() - startedMs) / 1_000;
      bar.reached(this.#sent, seconds, `${this.#sent} sent, ${this.#received} back`);
    }
    bar.stop();
  }
}
