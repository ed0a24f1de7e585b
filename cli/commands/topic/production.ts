/** Sends messages as `topic produce` was told to, and tells what became of each. */
import {
  ClientError,
  type Message,
  type MessageQueue,
  type SendResult,
} from "../../../src/client/index.ts";
import { javaHash } from "../../../src/core/java-hash.ts";
import type { CommandContext } from "../../command.ts";
import { CommandError, toCommandError } from "../../command-error.ts";
import { type ExitCode, exitCode } from "../../exit-code.ts";
import type { Column } from "../../render/listing.ts";

const columns: readonly Column[] = [
  { key: "status", head: "STATUS" },
  { key: "messageId", head: "MESSAGE ID" },
  { key: "broker", head: "BROKER" },
  { key: "queue", head: "QUEUE", align: "right" },
  { key: "offset", head: "OFFSET", align: "right" },
  { key: "reason", head: "REASON" },
];

const inFlightMax = 64;

export interface ProductionFlags {
  readonly queue?: number | undefined;
  readonly shardingKey?: string | undefined;
  readonly rate?: number | undefined;
  readonly oneway: boolean;
  readonly async: boolean;
}

export class Production {
  readonly #context: CommandContext;
  readonly #topic: string;
  readonly #flags: ProductionFlags;
  readonly #startedMs: number;
  readonly #inFlight = new Set<Promise<void>>();
  #chosen: Promise<MessageQueue | undefined> | undefined;
  #begun = 0;
  #sent = 0;
  #failed = 0;
  /** The first message failed: so would all. */
  #refusal: unknown;

  constructor(context: CommandContext, topic: string, flags: ProductionFlags) {
    this.#context = context;
    this.#topic = topic;
    this.#flags = flags;
    this.#startedMs = context.environment.clock.elapsedMs();
  }

  /** Sends one; throws what the very first failed with. */
  async send(message: Message): Promise<void> {
    await this.#pace();
    this.#begun++;
    if (this.#context.global.dryRun) {
      this.#sent++;
      return;
    }
    const sending = this.#sendOne(message);
    if (!this.#flags.async) {
      await sending;
    } else {
      this.#inFlight.add(sending);
      void sending.finally(() => this.#inFlight.delete(sending));
      if (this.#inFlight.size >= inFlightMax) {
        await Promise.race(this.#inFlight);
      }
    }
    if (this.#refusal !== undefined) {
      throw this.#refusal;
    }
  }

  /** Waits for what is on its way, and says how many it were. */
  async finish(): Promise<ExitCode | undefined> {
    await Promise.all(this.#inFlight);
    if (this.#refusal !== undefined) {
      throw this.#refusal;
    }
    const { output, global } = this.#context;
    const verb = global.dryRun ? "would be sent" : "sent";
    output.note(`${this.#sent} ${verb}${this.#failed > 0 ? `, ${this.#failed} failed` : ""}`);
    return this.#failed > 0 ? exitCode.partial : undefined;
  }

  /** Never throws: outcomes are rows. */
  async #sendOne(message: Message): Promise<void> {
    const { producer } = this.#context.client();
    const timeoutMs = this.#context.global.timeout;
    try {
      const queue = await this.#queue();
      if (this.#flags.oneway) {
        await producer.sendOneway(message, { queue });
      } else {
        this.#report(await producer.send(message, { queue, timeoutMs }));
      }
      this.#sent++;
    } catch (error) {
      this.#fail(message, error);
    }
  }

  #fail(message: Message, error: unknown): void {
    this.#failed++;
    if (this.#sent === 0 && this.#failed === 1) {
      this.#refusal = error;
      return;
    }
    if (!(error instanceof ClientError || error instanceof CommandError)) {
      this.#refusal ??= error;
      return;
    }
    const { message: reason } = toCommandError(error);
    const uniqueKey = message.properties?.get("UNIQ_KEY") ?? "";
    const { output } = this.#context;
    if (output.format === "table" || output.format === "wide") {
      output.text(`FAILED ${reason}\n`);
      return;
    }
    const nowhere = { messageId: "", broker: "", queue: null, offset: null };
    const item = { status: "FAILED", uniqueKey, ...nowhere, reason };
    output.row(item, { columns, nameKey: "messageId", noun: "message" });
  }

  #report(result: SendResult): void {
    const { output } = this.#context;
    const item = {
      status: result.status,
      messageId: result.offsetMessageId,
      uniqueKey: result.uniqueKey,
      broker: result.queue.brokerName,
      queue: result.queue.queueId,
      offset: result.queueOffset,
    };
    if (output.format === "table" || output.format === "wide") {
      output.text(
        `${item.status} ${item.messageId} ${item.broker} q${item.queue}@${item.offset}\n`,
      );
    } else {
      output.row(item, { columns, nameKey: "messageId", noun: "message" });
    }
  }

  /** The one queue that all go to; undefined lets the producer choose. */
  #queue(): Promise<MessageQueue | undefined> {
    this.#chosen ??= this.#choose();
    return this.#chosen;
  }

  async #choose(): Promise<MessageQueue | undefined> {
    const { queue, shardingKey } = this.#flags;
    if (queue === undefined && shardingKey === undefined) {
      return undefined;
    }
    const queues = await this.#context.client().producer.queues(this.#topic);
    const chosen =
      shardingKey === undefined
        ? queues.find(({ queueId }) => queueId === queue)
        : // As RocketMQ's SelectMessageQueueByHash: the same key, the same queue.
          queues[Math.abs(javaHash(shardingKey) % Math.max(1, queues.length))];
    if (chosen === undefined) {
      throw new CommandError(
        "MQ-E-NOTFOUND",
        exitCode.notFound,
        `topic '${this.#topic}' has no queue ${queue ?? "to write to"}`,
      );
    }
    return chosen;
  }

  /** Waits until the next message is due. */
  async #pace(): Promise<void> {
    const { rate } = this.#flags;
    if (rate === undefined) {
      return;
    }
    const { clock } = this.#context.environment;
    const dueMs = this.#startedMs + (this.#begun * 1_000) / rate;
    const waitMs = dueMs - clock.elapsedMs();
    if (waitMs > 0) {
      const keep = this.#context.process.keepAlive();
      await new Promise<void>((resolve) => clock.after(waitMs, resolve));
      keep();
    }
  }
}
