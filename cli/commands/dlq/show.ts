/** `mq dlq show`: the dead letters of a group, and where they come from. */
import { ClientError, type ReceivedMessage } from "../../../src/client/index.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { CommandError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { flag, text, wholeNumber } from "../../flag.ts";
import type { Column } from "../../render/listing.ts";
import { formatTime } from "../../render/time.ts";
import { bodyText, type MessageItem } from "../message/message-item.ts";
import { lookFlags, lookOf, messageShape, printFormatted } from "../message/message-look.ts";
import { storedMessages, take } from "../message/stored-messages.ts";
import { showShortTime } from "../time-fields.ts";
import { tailRange } from "../topic/tail-start.ts";
import { deadLetterTopic } from "./dead-letters.ts";

const countDefault = 64;

const columns: readonly Column[] = [
  { key: "storeTime", head: "DIED", show: showShortTime },
  { key: "originTopic", head: "TOPIC" },
  { key: "originMessageId", head: "MESSAGE ID" },
  { key: "reconsumeTimes", head: "TRIED", align: "right" },
  { key: "keys", head: "KEYS", show: (value) => (value as readonly string[]).join(" ") || "-" },
  { key: "offset", head: "OFFSET", align: "right", isWide: true },
  { key: "body", head: "BODY", show: (_, item) => bodyText(item as MessageItem) },
];

export const command = defineCommand({
  spec: {
    path: ["dlq", "show"],
    summary: "show the dead letters of a group",
    description:
      "The earliest first, at most --limit (64). Each names the topic it was sent to and the id it had there; its own\nid, offset and store time are those of the dead letter.",
    arguments: [{ name: "GROUP", about: "name of the group", completes: "group" }],
    flags: {
      since: flag(text(1).optional(), { about: "died at or after: 15m, RFC 3339", value: "TIME" }),
      until: flag(text(1).optional(), { about: "died before", value: "TIME" }),
      last: flag(wholeNumber(1).optional(), { about: "the newest N of each queue", value: "N" }),
      ...lookFlags,
    },
    output: (z) =>
      z.object({
        group: z.string(),
        originTopic: z.string().nullable(),
        originMessageId: z.string().nullable(),
        ...messageShape(z),
      }),
    examples: ["mq dlq show billing", "mq dlq show billing --since 1h -o jsonl"],
  },
  async run(context, { arguments: [group = ""], flags }) {
    const { pull } = context.client();
    const options = { isFollowing: false, nowMs: context.environment.clock.nowMs() };
    const queues = await readableQueues(context, group);
    const ranges = await Promise.all(queues.map((queue) => tailRange(pull, queue, flags, options)));
    const countMax = context.global.limit ?? countDefault;
    const { messages, next } = await take(storedMessages(pull, ranges), countMax);
    if (flags.format !== undefined) {
      printFormatted(context, messages, flags.format);
      return undefined;
    }
    const cursor =
      next === undefined ? undefined : formatTime(next.storeTimestampMs, context.global.utc);
    await context.output.list({
      kind: "DeadLetters",
      noun: "message",
      nameKey: "messageId",
      columns,
      items: messages.map((message) => ({
        group,
        ...originOf(message),
        ...lookOf(context, message, flags.maxBytes),
      })),
      summary: `${messages.length} dead letters${cursor === undefined ? "" : `; there are more: --since ${cursor}`}`,
      isTruncated: cursor !== undefined,
      nextCursor: cursor,
    });
    return undefined;
  },
});

/** None for a group that never had a dead letter. */
async function readableQueues(context: CommandContext, group: string) {
  const { admin, pull } = context.client();
  const topic = deadLetterTopic(group);
  try {
    const queues = await pull.queues(topic);
    if (queues.length === 0) {
      // RocketMQ before 5 makes these topics so that nobody can read them.
      throw new CommandError(
        "MQ-E-UNREADABLE",
        exitCode.precondition,
        `the dead letters of '${group}' may not be read`,
        { hint: `mq topic update '${topic}' --perm rw` },
      );
    }
    return queues;
  } catch (error) {
    if (error instanceof ClientError && error.kind === "no_route") {
      if (await admin.groups.isKnown(group)) {
        return [];
      }
      throw new CommandError("MQ-E-NOTFOUND", exitCode.notFound, `group '${group}' is not known`, {
        hint: "mq dlq list shows groups with dead letters",
      });
    }
    throw error;
  }
}

/** What brokers note when they put a message aside; a client that does it itself notes less. */
function originOf({ properties }: ReceivedMessage) {
  return {
    originTopic: properties.get("DLQ_ORIGIN_TOPIC") ?? properties.get("RETRY_TOPIC") ?? null,
    originMessageId:
      properties.get("DLQ_ORIGIN_MESSAGE_ID") ?? properties.get("ORIGIN_MESSAGE_ID") ?? null,
  };
}
