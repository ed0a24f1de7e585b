/** `mq dlq show`: the dead letters of a group, and where they come from. */
import { defineCommand } from "../../command.ts";
import { count, flag, text } from "../../flag.ts";
import type { Column } from "../../render/listing.ts";
import { formatTime } from "../../render/time.ts";
import { bodyText, type MessageItem } from "../message/message-item.ts";
import { lookFlags, messageLook, messageShape, printFormatted } from "../message/message-look.ts";
import { storedMessages, take } from "../message/stored-messages.ts";
import { showShortTime } from "../time-fields.ts";
import { tailRange } from "../topic/tail-start.ts";
import { originOf, readableQueues } from "./dead-letters.ts";

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
      last: flag(count(1).optional(), { about: "the newest N of each queue", value: "N" }),
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
    const look = await messageLook(context, flags);
    if (flags.format !== undefined) {
      printFormatted(context, look, messages, flags.format);
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
        ...look.itemOf(message),
      })),
      summary: `${messages.length} dead letters${cursor === undefined ? "" : `; there are more: --since ${cursor}`}`,
      isTruncated: cursor !== undefined,
      nextCursor: cursor,
    });
    return undefined;
  },
});
