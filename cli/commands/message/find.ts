/** `mq message find`: messages of a topic by key, by unique key, or by when they were stored. */
import type { ReceivedMessage } from "../../../src/client/index.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { usageError } from "../../command-error.ts";
import { type FlagValues, flag, text } from "../../flag.ts";
import { formatTime, parseTime } from "../../render/time.ts";
import { tailRange } from "../topic/tail-start.ts";
import {
  lookFlags,
  messageColumns,
  messageLook,
  messageSchema,
  printFormatted,
} from "./message-look.ts";
import { storedMessages, take } from "./stored-messages.ts";

const countDefault = 64;

const flagShape = {
  topic: flag(text(1), { about: "topic to look in", short: "t", value: "TOPIC" }),
  key: flag(text(1).optional(), { about: "messages with the key", short: "k", value: "KEY" }),
  uniqueKey: flag(text(1).optional(), {
    about: "messages with the unique key that producers give",
    value: "KEY",
  }),
  from: flag(text(1).optional(), { about: "stored at or after: -15m, RFC 3339", value: "TIME" }),
  to: flag(text(1).optional(), { about: "stored before (by key: up to)", value: "TIME" }),
  ...lookFlags,
} as const;

type FindFlags = FlagValues<typeof flagShape>;

interface Found {
  readonly messages: readonly ReceivedMessage[];
  readonly isTruncated: boolean;
  readonly nextCursor?: string | undefined;
}

export const command = defineCommand({
  spec: {
    path: ["message", "find"],
    summary: "find messages by key or time",
    description:
      "Shows at most --limit messages (64) and says when there may be more: by time the earliest first, nextCursor of\n-o json is the --from to go on with; by key the newest first, a longer list needs an earlier --to. A RocketMQ broker\nanswers at most 64 for a key.",
    flags: flagShape,
    output: messageSchema,
    examples: [
      "mq message find --topic orders --key ord-77121",
      "mq message find --topic orders --unique-key 7F0000010A3C18B4AAC2062C4E5A0000",
      "mq message find --topic orders --from -15m --to -10m --limit 500 -o jsonl",
    ],
  },
  async run(context, { flags }) {
    const { key, uniqueKey, from, to } = flags;
    if (key !== undefined && uniqueKey !== undefined) {
      throw usageError("give --key or --unique-key, not both");
    }
    if ([key, uniqueKey, from, to].every((each) => each === undefined)) {
      throw usageError("give --key, --unique-key, or --from and --to");
    }
    const countMax = context.global.limit ?? countDefault;
    const found =
      key === undefined && uniqueKey === undefined
        ? await byTime(context, flags, countMax)
        : await byKey(context, flags, countMax);
    const look = await messageLook(context, flags);
    if (flags.format !== undefined) {
      printFormatted(context, look, found.messages, flags.format);
    } else {
      await context.output.list({
        kind: "MessageList",
        noun: "message",
        nameKey: "messageId",
        columns: messageColumns,
        items: found.messages.map(look.itemOf),
        isTruncated: found.isTruncated,
        nextCursor: found.nextCursor,
      });
    }
    context.output.note(summary(found));
    return undefined;
  },
});

function summary({ messages, isTruncated, nextCursor }: Found): string {
  const more =
    nextCursor === undefined
      ? "there may be more: --limit, or an earlier --to"
      : `there are more: --from ${nextCursor}`;
  return `${messages.length} messages${isTruncated ? `; ${more}` : ""}`;
}

async function byKey(
  context: CommandContext,
  { topic, key, uniqueKey, from, to }: FindFlags,
  countMax: number,
): Promise<Found> {
  const { messages } = context.client();
  const query = {
    countMax,
    ...(from === undefined ? {} : { fromMs: timeOf(context, "from", from) }),
    ...(to === undefined ? {} : { toMs: timeOf(context, "to", to) }),
  };
  const found =
    key === undefined
      ? await messages.queryByUniqueKey(topic, uniqueKey ?? "", query)
      : await messages.queryByKey(topic, key, query);
  return { messages: found, isTruncated: found.length >= countMax };
}

async function byTime(
  context: CommandContext,
  { topic, from, to }: FindFlags,
  countMax: number,
): Promise<Found> {
  const { pull } = context.client();
  const options = {
    isFollowing: false,
    nowMs: context.environment.clock.nowMs(),
    names: { since: "from", until: "to" },
  };
  const range = { since: from, until: to };
  const queues = await pull.queues(topic);
  const ranges = await Promise.all(queues.map((queue) => tailRange(pull, queue, range, options)));
  const { messages, next } = await take(storedMessages(pull, ranges), countMax);
  return {
    messages,
    isTruncated: next !== undefined,
    nextCursor:
      next === undefined ? undefined : formatTime(next.storeTimestampMs, context.global.utc),
  };
}

function timeOf(context: CommandContext, name: string, typed: string): number {
  const ms = parseTime(typed, context.environment.clock.nowMs());
  if (ms === undefined) {
    throw usageError(`--${name} '${typed}' is no time: -15m, 2026-11-22T10:00:00Z, 1763809200`);
  }
  return ms;
}
