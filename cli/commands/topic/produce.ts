/** `mq topic produce` */
import type { Message, SendResult } from "../../../src/client/index.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { CommandError, toCommandError, usageError } from "../../command-error.ts";
import { type ExitCode, exitCode } from "../../exit-code.ts";
import {
  byteSize,
  type FlagValues,
  flag,
  text,
  texts,
  toggle,
  wholeNumber,
  type Zod,
} from "../../flag.ts";
import type { Column } from "../../render/listing.ts";
import { itemBody } from "../message/message-item.ts";

const columns: readonly Column[] = [
  { key: "status", head: "STATUS" },
  { key: "messageId", head: "MESSAGE ID" },
  { key: "broker", head: "BROKER" },
  { key: "queue", head: "QUEUE", align: "right" },
  { key: "offset", head: "OFFSET", align: "right" },
];

const flagShape = {
  value: flag(text().optional(), { about: "the body", short: "v", value: "TEXT" }),
  lines: toggle("one message a line of standard input", "l"),
  jsonl: toggle("JSON lines as 'tail -o jsonl' prints them"),
  tag: flag(text().optional(), { about: "tag", value: "TAG" }),
  key: flag(texts().optional(), { about: "key (repeatable)", value: "KEY" }),
  prop: flag(texts().optional(), { about: "property (repeatable)", value: "K=V" }),
  queue: flag(wholeNumber(0).optional(), { about: "to this queue id", value: "N" }),
  count: flag(wholeNumber(1).optional(), { about: "send the body N times (1)", value: "N" }),
  size: flag(byteSize().optional(), { about: "a body of that size", value: "SIZE" }),
  rate: flag(wholeNumber(1).optional(), { about: "at most N a second", value: "N" }),
  oneway: toggle("do not wait for answers"),
} as const;

type ProduceFlags = FlagValues<typeof flagShape>;

export const command = defineCommand({
  spec: {
    path: ["topic", "produce"],
    summary: "send messages",
    description: "The body comes from --value, from --size, or from standard input.",
    arguments: [{ name: "TOPIC", about: "name of the topic", completes: "topic" }],
    flags: flagShape,
    output: (z) =>
      z.object({
        status: z.string(),
        messageId: z.string(),
        uniqueKey: z.string(),
        broker: z.string(),
        queue: z.number(),
        offset: z.number(),
      }),
    examples: [
      "mq topic produce orders --value '{\"id\":1}' --tag PAID --key ord-1",
      "seq 100 | mq topic produce orders --lines",
      "mq topic tail orders --last 5 -o jsonl | mq topic produce copy --jsonl",
    ],
  },
  async run(context, { arguments: [topic = ""], flags }) {
    const producer = new Production(context, topic, flags);
    for await (const message of messagesOf(context, topic, flags)) {
      if (context.signal.aborted) {
        return exitCode.interrupted;
      }
      await producer.send(message);
    }
    return producer.finish();
  },
});

class Production {
  readonly #context: CommandContext;
  readonly #topic: string;
  readonly #flags: ProduceFlags;
  readonly #startedMs: number;
  #sent = 0;
  #failed = 0;

  constructor(context: CommandContext, topic: string, flags: ProduceFlags) {
    this.#context = context;
    this.#topic = topic;
    this.#flags = flags;
    this.#startedMs = context.environment.clock.elapsedMs();
  }

  async send(message: Message): Promise<void> {
    const { output, global } = this.#context;
    await this.#pace();
    if (global.dryRun) {
      this.#sent++;
      return;
    }
    const { producer } = this.#context.client();
    const queue = await this.#queue();
    try {
      if (this.#flags.oneway) {
        await producer.sendOneway(message, { queue });
      } else {
        this.#report(await producer.send(message, { queue, timeoutMs: global.timeout }));
      }
      this.#sent++;
    } catch (error) {
      this.#failed++;
      if (this.#sent === 0 && this.#failed === 1) {
        throw error;
      }
      output.error(toCommandError(error));
    }
  }

  finish(): ExitCode | undefined {
    const { output, global } = this.#context;
    const verb = global.dryRun ? "would be sent" : "sent";
    output.note(`${this.#sent} ${verb}${this.#failed > 0 ? `, ${this.#failed} failed` : ""}`);
    return this.#failed > 0 ? exitCode.partial : undefined;
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

  async #queue(): Promise<{ topic: string; brokerName: string; queueId: number } | undefined> {
    const { queue } = this.#flags;
    if (queue === undefined) {
      return undefined;
    }
    const queues = await this.#context.client().pull.queues(this.#topic);
    const chosen = queues.find(({ queueId }) => queueId === queue);
    if (chosen === undefined) {
      throw new CommandError(
        "MQ-E-NOTFOUND",
        exitCode.notFound,
        `topic '${this.#topic}' has no queue ${queue}`,
      );
    }
    return { ...chosen };
  }

  /** Waits until the next message is due. */
  async #pace(): Promise<void> {
    const { rate } = this.#flags;
    if (rate === undefined) {
      return;
    }
    const { clock } = this.#context.environment;
    const dueMs = this.#startedMs + ((this.#sent + this.#failed) * 1_000) / rate;
    const waitMs = dueMs - clock.elapsedMs();
    if (waitMs > 0) {
      const keep = this.#context.process.keepAlive();
      await new Promise<void>((resolve) => clock.after(waitMs, resolve));
      keep();
    }
  }
}

async function* messagesOf(
  context: CommandContext,
  topic: string,
  flags: ProduceFlags,
): AsyncGenerator<Message> {
  const common = {
    topic,
    tag: flags.tag,
    keys: flags.key,
    properties: new Map((flags.prop ?? []).map(readProperty)),
  };
  if (flags.jsonl) {
    const { z } = await import("zod");
    z.config({ jitless: true });
    const schema = itemSchema(z);
    for await (const line of context.terminal.lines()) {
      if (line.trim() !== "") {
        yield readItem(schema, line, topic);
      }
    }
    return;
  }
  if (flags.lines) {
    for await (const line of context.terminal.lines()) {
      yield { ...common, body: Buffer.from(line, "utf8") };
    }
    return;
  }
  const body = await bodyOf(context, flags);
  for (let index = 0; index < (flags.count ?? 1); index++) {
    yield { ...common, body };
  }
}

async function bodyOf(context: CommandContext, flags: ProduceFlags): Promise<Buffer> {
  if (flags.value !== undefined) {
    return Buffer.from(flags.value, "utf8");
  }
  if (flags.size !== undefined) {
    return Buffer.alloc(flags.size, "x");
  }
  if (context.terminal.isInputTerminal) {
    throw usageError(
      "no body: give --value, --size, or standard input",
      "echo hello | mq topic produce TOPIC",
    );
  }
  return await context.terminal.readAll();
}

function readProperty(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at <= 0) {
    throw usageError(`--prop '${text}' is no NAME=VALUE`);
  }
  return [text.slice(0, at), text.slice(at + 1)];
}

const itemSchema = (zod: Zod) =>
  zod.object({
    tag: zod.string().nullish(),
    keys: zod.array(zod.string()).optional(),
    properties: zod.record(zod.string(), zod.string()).optional(),
    encoding: zod.enum(["json", "utf8", "base64"]).default("utf8"),
    truncated: zod.boolean().optional(),
    compressed: zod.boolean().optional(),
    body: zod.unknown(),
  });

/** A message from a line that tail printed. */
function readItem(schema: ReturnType<typeof itemSchema>, line: string, topic: string): Message {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw usageError(`a line of standard input is no JSON: ${line.slice(0, 60)}`);
  }
  const checked = schema.safeParse(value);
  if (!checked.success) {
    throw usageError(`a line of standard input is no message: ${checked.error.issues[0]?.message}`);
  }
  const item = checked.data;
  if (item.truncated === true) {
    throw usageError("a message was cut when it was printed: tail it without --max-bytes");
  }
  if (item.compressed === true) {
    throw usageError(
      "the body of a message is compressed in a way that cannot be undone here: consumers would get it as it is",
    );
  }
  return {
    topic,
    tag: item.tag ?? undefined,
    keys: item.keys,
    properties: new Map(Object.entries(item.properties ?? {})),
    body: itemBody(item.encoding, item.body),
  };
}
