/** `mq bench produce` */
import { z } from "zod";
import type { Message, MessageQueue } from "../../../src/client/index.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { CommandError } from "../../command-error.ts";
import { type ExitCode, exitCode } from "../../exit-code.ts";
import { byteSize, duration, flag, wholeNumber } from "../../flag.ts";
import { Latencies } from "./latency.ts";

const flagShape = {
  topic: flag(z.string().default("mq-bench"), {
    about: "topic (mq-bench)",
    short: "t",
    value: "TOPIC",
  }),
  size: flag(byteSize().default(1_024), { about: "body size (1K)", value: "SIZE" }),
  senders: flag(wholeNumber(1, 4_096).default(64), {
    about: "synchronous senders: one message in flight each (64)",
    value: "N",
  }),
  window: flag(wholeNumber(1, 65_536).optional(), {
    about: "messages in flight instead of senders",
    value: "N",
  }),
  batch: flag(wholeNumber(1, 4_096).default(1), { about: "messages in a request (1)", value: "N" }),
  rate: flag(wholeNumber(1).optional(), { about: "at most N requests a second", value: "N" }),
  warmup: flag(duration().default(1_000), { about: "not counted (1s)", value: "DURATION" }),
  duration: flag(duration().default(10_000), { about: "counted (10s)", value: "DURATION" }),
  maxP99: flag(duration().optional(), { about: "exit 10 above this p99", value: "DURATION" }),
} as const;

type BenchFlags = z.infer<z.ZodObject<typeof flagShape>>;

export const command = defineCommand({
  spec: {
    path: ["bench", "produce"],
    summary: "measure sending",
    description:
      "Works against mq and any RocketMQ. Sends for the warm-up and the duration; a failed request is counted, not repeated.",
    flags: flagShape,
    output: z.object({
      mode: z.literal("produce"),
      sent: z.number(),
      errors: z.number(),
      seconds: z.number(),
      messagesPerSecond: z.number(),
      megabytesPerSecond: z.number(),
      latencyMs: z.object({
        mean: z.number(),
        p50: z.number(),
        p90: z.number(),
        p99: z.number(),
        p999: z.number(),
        max: z.number(),
      }),
    }),
    examples: [
      "mq bench produce --senders 64 --size 1K --duration 10s",
      "mq bench produce --window 1024 --batch 512 --size 100 -o json",
    ],
  },
  async run(context, { flags }) {
    const bench = new ProduceBench(context, flags);
    return await bench.run();
  },
});

class ProduceBench {
  readonly #context: CommandContext;
  readonly #flags: BenchFlags;
  readonly #latencies = new Latencies();
  readonly #messages: readonly Message[];
  #queues: readonly MessageQueue[] = [];
  #turn = 0;
  #sent = 0;
  #errors = 0;
  #lastError = "";
  #countFromMs = 0;
  #endMs = 0;
  #startedMs = 0;
  #requests = 0;

  constructor(context: CommandContext, flags: BenchFlags) {
    this.#context = context;
    this.#flags = flags;
    const message = { topic: flags.topic, body: Buffer.alloc(flags.size, "x") };
    this.#messages = Array.from({ length: flags.batch }, () => message);
  }

  async run(): Promise<ExitCode | undefined> {
    const { clock } = this.#context.environment;
    const { warmup, duration: counted } = this.#flags;
    this.#queues = await this.#topicQueues();
    this.#startedMs = clock.elapsedMs();
    this.#countFromMs = this.#startedMs + warmup;
    this.#endMs = this.#countFromMs + counted;
    const senders = this.#flags.window ?? this.#flags.senders;
    await Promise.all(Array.from({ length: senders }, () => this.#sender()));
    const seconds = (Math.min(clock.elapsedMs(), this.#endMs) - this.#countFromMs) / 1_000;
    return this.#report(Math.max(0.001, seconds));
  }

  /** The queues of the topic; a missing topic is made first, so that the first sends do not all make it. */
  async #topicQueues(): Promise<readonly MessageQueue[]> {
    const { admin, pull } = this.#context.client();
    const { topic } = this.#flags;
    for (const { address } of await admin.brokers()) {
      if ((await admin.topicConfig(address, topic)) === undefined) {
        await admin.updateTopic(address, { topic, queueCount: 8, perm: 6 });
      }
    }
    return await pull.queues(topic);
  }

  async #sender(): Promise<void> {
    const { clock } = this.#context.environment;
    const { producer } = this.#context.client();
    while (!this.#context.signal.aborted) {
      await this.#pace();
      const startedMs = clock.elapsedMs();
      if (startedMs >= this.#endMs) {
        return;
      }
      const queue = this.#queues[this.#turn++ % this.#queues.length];
      const isCounted = startedMs >= this.#countFromMs;
      try {
        const [first] = this.#messages;
        if (this.#messages.length === 1 && first !== undefined) {
          await producer.send(first, { queue });
        } else {
          await producer.sendBatch(this.#messages, { queue });
        }
        const endedMs = clock.elapsedMs();
        if (isCounted && endedMs <= this.#endMs) {
          this.#sent += this.#messages.length;
          this.#latencies.add(endedMs - startedMs);
        }
      } catch (error) {
        this.#errors++;
        this.#lastError = error instanceof Error ? error.message : String(error);
      }
    }
  }

  async #pace(): Promise<void> {
    const { rate } = this.#flags;
    if (rate === undefined) {
      return;
    }
    const { clock } = this.#context.environment;
    const dueMs = this.#startedMs + (this.#requests++ * 1_000) / rate;
    const waitMs = dueMs - clock.elapsedMs();
    if (waitMs > 0) {
      await new Promise<void>((resolve) => clock.after(waitMs, resolve));
    }
  }

  #report(seconds: number): ExitCode | undefined {
    if (this.#sent === 0 && this.#errors > 0) {
      throw new CommandError(
        "MQ-E-FAILED",
        exitCode.failed,
        `nothing was sent: ${this.#lastError}`,
      );
    }
    const { size, maxP99 } = this.#flags;
    const latencies = this.#latencies;
    const round = (value: number): number => Math.round(value * 1_000) / 1_000;
    this.#context.output.item("Bench", {
      mode: "produce",
      sent: this.#sent,
      errors: this.#errors,
      seconds: round(seconds),
      messagesPerSecond: Math.round(this.#sent / seconds),
      megabytesPerSecond: round((this.#sent * size) / seconds / 1_000_000),
      latencyMs: {
        mean: round(latencies.meanMs),
        p50: round(latencies.percentileMs(0.5)),
        p90: round(latencies.percentileMs(0.9)),
        p99: round(latencies.percentileMs(0.99)),
        p999: round(latencies.percentileMs(0.999)),
        max: round(latencies.maxMs),
      },
    });
    if (this.#errors > 0) {
      this.#context.output.note(`${this.#errors} requests failed; the last: ${this.#lastError}`);
    }
    const isSlow = maxP99 !== undefined && latencies.percentileMs(0.99) > maxP99;
    return isSlow ? exitCode.unhealthy : undefined;
  }
}
