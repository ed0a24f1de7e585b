/** `mq topic tail`: never joins a group and commits nothing. */
import type { MessageQueue, PullConsumer, ReceivedMessage } from "../../../src/client/index.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { CommandError, usageError } from "../../command-error.ts";
import { type ExitCode, exitCode } from "../../exit-code.ts";
import {
  duration,
  type FlagValues,
  flag,
  onOff,
  text,
  texts,
  toggle,
  wholeNumber,
} from "../../flag.ts";
import { formatMessage } from "../message/message-format.ts";
import { bodyText, type MessageItem } from "../message/message-item.ts";
import { lookFlags, lookOf, messageColumns, messageSchema } from "../message/message-look.ts";
import { toolsGroup } from "../message/stored-messages.ts";
import { chosenQueues } from "./chosen-queues.ts";
import { backlog } from "./tail-backlog.ts";
import { type TailRange, tailRange } from "./tail-start.ts";

const holdMs = 10_000;
const pullCountMax = 32;
const withinDefaultMs = 30_000;

const flagShape = {
  follow: flag(onOff().optional(), { about: "wait for more (on a terminal)", short: "f" }),
  exitAtEnd: toggle("stop at the end, also on a terminal"),
  offset: flag(text().optional(), { about: "start, end, N, +N, -N", value: "EXPR" }),
  since: flag(text().optional(), { about: "from a time on: 15m, RFC 3339", value: "TIME" }),
  until: flag(text().optional(), { about: "up to a time", value: "TIME" }),
  last: flag(wholeNumber(1).optional(), { about: "the newest N", value: "N" }),
  queue: flag(text().optional(), { about: "only these queue ids", value: "0,3" }),
  tag: flag(text().optional(), { about: "tags, filtered by the broker", value: "A||B" }),
  key: flag(text().optional(), { about: "only messages with the key", value: "KEY" }),
  prop: flag(texts().optional(), { about: "only with the property", value: "K=V" }),
  grep: flag(text().optional(), { about: "only bodies that match", value: "REGEXP" }),
  count: flag(wholeNumber(1).optional(), { about: "stop after N messages", value: "N" }),
  ...lookFlags,
  expect: flag(wholeNumber(1).optional(), { about: "succeed once N messages came", value: "N" }),
  within: flag(duration().optional(), { about: "time for --expect (30s)", value: "DURATION" }),
} as const;

type TailFlags = FlagValues<typeof flagShape>;

export const command = defineCommand({
  spec: {
    path: ["topic", "tail"],
    summary: "show messages as they come",
    description:
      "Follows on a terminal, reads to the end elsewhere. Joins no group and commits no offsets.\n--tag is filtered by the broker, the rest here.",
    arguments: [{ name: "TOPIC", about: "name of the topic", completes: "topic" }],
    flags: flagShape,
    output: messageSchema,
    examples: [
      "mq topic tail orders",
      "mq topic tail orders --since 5m --tag 'PAID||REFUND'",
      "mq topic tail orders --last 1 -o jsonl | jq .body",
      "mq topic tail orders --offset end --expect 1 --within 30s",
    ],
  },
  async run(context, { arguments: [topic = ""], flags }) {
    const tail = new Tail(context, flags);
    return await tail.run(topic);
  },
});

interface BatchRead {
  readonly nextOffset: number;
  readonly isCaughtUp: boolean;
  readonly messages: readonly ReceivedMessage[];
}

class Tail {
  readonly #context: CommandContext;
  readonly #flags: TailFlags;
  readonly #pull: PullConsumer;
  readonly #isFollowing: boolean;
  readonly #matches: (message: ReceivedMessage) => boolean;
  readonly #done = new AbortController();
  #shown = 0;
  #scanned = 0;

  constructor(context: CommandContext, flags: TailFlags) {
    this.#context = context;
    this.#flags = flags;
    this.#pull = context.client().pull;
    this.#isFollowing =
      flags.until === undefined &&
      !flags.exitAtEnd &&
      (flags.follow ?? (flags.expect !== undefined || context.terminal.isOutputTerminal));
    this.#matches = messageFilter(flags);
  }

  async run(topic: string): Promise<ExitCode | undefined> {
    const { signal, output, environment, process } = this.#context;
    const { clock } = environment;
    const queues = chosenQueues(await this.#pull.queues(topic), this.#flags.queue);
    const options = { isFollowing: this.#isFollowing, nowMs: clock.nowMs() };
    const ranges = await Promise.all(
      queues.map((queue) => tailRange(this.#pull, queue, this.#flags, options)),
    );
    const stop = (): void => this.#done.abort();
    signal.addEventListener("abort", stop);
    const timer =
      this.#flags.expect === undefined
        ? undefined
        : clock.after(this.#flags.within ?? withinDefaultMs, stop);
    const letGo = process.keepAlive();
    try {
      await Promise.race([this.#readAll(ranges), aborted(this.#done.signal)]);
    } finally {
      letGo();
      timer?.cancel();
      signal.removeEventListener("abort", stop);
      this.#done.abort();
    }
    output.note(`${this.#shown} shown, ${this.#scanned} read`);
    return this.#exit();
  }

  async #readAll(ranges: readonly TailRange[]): Promise<void> {
    await this.#backlog(ranges);
    if (this.#isFollowing && !this.#done.signal.aborted) {
      await Promise.all(ranges.map((range) => this.#follow(range)));
    }
  }

  #exit(): ExitCode | undefined {
    const { expect } = this.#flags;
    if (expect !== undefined && this.#shown < expect) {
      throw new CommandError(
        "MQ-E-WAITED",
        exitCode.waitedTooLong,
        `${this.#shown} of ${expect} messages came in time`,
      );
    }
    return this.#context.signal.aborted ? exitCode.interrupted : undefined;
  }

  /** What lies between start and end of all queues; of `--last` the newest of all. */
  async #backlog(ranges: readonly TailRange[]): Promise<void> {
    const { last } = this.#flags;
    const newest: ReceivedMessage[] = [];
    for await (const message of backlog(ranges, (range, offset) => this.#batch(range, offset))) {
      if (this.#done.signal.aborted) {
        return;
      }
      if (last === undefined) {
        this.#show(message);
        continue;
      }
      newest.push(message);
      if (newest.length > last) {
        newest.shift();
      }
    }
    for (const message of newest) {
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
    let offset = Math.max(startOffset, endOffset);
    while (!this.#done.signal.aborted) {
      const result = await this.#read(queue, offset, holdMs);
      offset = result.nextOffset;
      for (const message of result.messages) {
        this.#show(message);
      }
    }
  }

  async #read(queue: MessageQueue, offset: number, hold: number): Promise<BatchRead> {
    const result = await this.#pull.pull({
      group: toolsGroup,
      queue,
      offset,
      countMax: pullCountMax,
      expression: this.#flags.tag,
      holdMs: hold,
    });
    return {
      nextOffset: result.nextOffset,
      isCaughtUp: result.kind === "caught_up",
      messages: result.kind === "found" ? result.messages : [],
    };
  }

  #show(message: ReceivedMessage): void {
    this.#scanned++;
    if (this.#done.signal.aborted || !this.#matches(message)) {
      return;
    }
    const { global } = this.#context;
    const item = lookOf(this.#context, message, this.#flags.maxBytes);
    const isOpen = this.#print(message, item);
    this.#shown++;
    const limit = this.#flags.count ?? this.#flags.expect ?? global.limit;
    if (!isOpen || this.#shown === limit) {
      this.#done.abort();
    }
  }

  /** One line; false when the reader has gone. */
  #print(message: ReceivedMessage, item: MessageItem): boolean {
    const { output, global } = this.#context;
    if (this.#flags.format !== undefined) {
      return output.text(formatMessage(this.#flags.format, { message, item }, global.utc));
    }
    if (output.format === "table" || output.format === "wide") {
      const tag = item.tag === null ? "" : ` [${item.tag}]`;
      const keys = item.keys.length === 0 ? "" : ` ${item.keys.join(" ")}`;
      const time = item.storeTime.slice(11, 23);
      return output.text(`${time} q${item.queue}@${item.offset}${tag}${keys} ${bodyText(item)}\n`);
    }
    return output.row(item, { columns: messageColumns, nameKey: "messageId", noun: "message" });
  }
}

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

/** The tags of an expression; the broker compares only their hashes. Undefined takes all. */
function wantedTags(expression: string | undefined): ReadonlySet<string> | undefined {
  const tags = (expression ?? "*").split("||").map((tag) => tag.trim());
  return tags.includes("*") ? undefined : new Set(tags);
}

/** What the broker does not filter. */
function messageFilter(flags: TailFlags): (message: ReceivedMessage) => boolean {
  const tags = wantedTags(flags.tag);
  const properties = (flags.prop ?? []).map((text) => {
    const at = text.indexOf("=");
    if (at <= 0) {
      throw usageError(`--prop '${text}' is no NAME=VALUE`);
    }
    return [text.slice(0, at), text.slice(at + 1)] as const;
  });
  let pattern: RegExp | undefined;
  try {
    pattern = flags.grep === undefined ? undefined : new RegExp(flags.grep, "u");
  } catch (error) {
    throw usageError(`--grep: ${error instanceof Error ? error.message : String(error)}`);
  }
  return (message) =>
    (tags === undefined || tags.has(message.tag ?? "")) &&
    (flags.key === undefined ||
      message.keys.includes(flags.key) ||
      message.uniqueKey === flags.key) &&
    properties.every(([name, value]) => message.properties.get(name) === value) &&
    (pattern === undefined || pattern.test(message.body.toString("utf8")));
}
