/** How messages are shown by every command that shows some: as rows, one below the other, or in a form of one's own. */
import type { z } from "zod";
import type { ReceivedMessage } from "../../../src/client/index.ts";
import type { CommandContext } from "../../command.ts";
import type { Zod } from "../../flag.ts";
import { byteSize, flag, text } from "../../flag.ts";
import type { Column } from "../../render/listing.ts";
import { formatMessage } from "./message-format.ts";
import { bodyText, type MessageItem, messageItem } from "./message-item.ts";

/** Members of a message for programs. */
export const messageShape = (z: Zod) => ({
  topic: z.string(),
  broker: z.string(),
  queue: z.number(),
  offset: z.number(),
  commitOffset: z.number(),
  messageId: z.string(),
  uniqueKey: z.string().nullable(),
  tag: z.string().nullable(),
  keys: z.array(z.string()),
  storeTime: z.string(),
  bornTime: z.string(),
  bornHost: z.string(),
  reconsumeTimes: z.number(),
  properties: z.record(z.string(), z.string()),
  encoding: z.enum(["json", "utf8", "base64"]),
  truncated: z.boolean(),
  compressed: z.boolean(),
  body: z.unknown(),
});

export const messageSchema = (z: Zod): z.ZodObject => z.object(messageShape(z));

export const messageColumns: readonly Column[] = [
  {
    key: "storeTime",
    head: "STORED",
    show: (value) => String(value).slice(0, 23).replace("T", " "),
  },
  { key: "broker", head: "BROKER", isWide: true },
  { key: "queue", head: "Q", align: "right" },
  { key: "offset", head: "OFFSET", align: "right" },
  { key: "tag", head: "TAG" },
  { key: "keys", head: "KEYS", show: (value) => (value as readonly string[]).join(" ") || "-" },
  { key: "messageId", head: "MESSAGE ID", isWide: true },
  { key: "body", head: "BODY", show: (_, item) => bodyText(item as MessageItem) },
];

export const lookFlags = {
  format: flag(text().optional(), {
    about: "%t topic %q queue %o offset %g tag %k keys %v body %d stored %p{NAME}",
    short: "F",
    value: "FORMAT",
  }),
  maxBytes: flag(byteSize().optional(), { about: "cut bodies (whole)", value: "SIZE" }),
} as const;

/** The item of a message under the flags of a command. */
export function lookOf(
  { global }: Pick<CommandContext, "global">,
  message: ReceivedMessage,
  maxBytes: number | undefined,
): MessageItem {
  return messageItem(message, {
    bodyBytesMax: maxBytes ?? Number.MAX_SAFE_INTEGER,
    isUtc: global.utc,
  });
}

/** The messages in a form of one's own; false when the reader has gone. */
export function printFormatted(
  context: CommandContext,
  messages: readonly ReceivedMessage[],
  format: string,
): boolean {
  return messages.every((message) => {
    const item = lookOf(context, message, undefined);
    return context.output.text(formatMessage(format, { message, item }, context.global.utc));
  });
}
