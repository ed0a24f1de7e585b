/** How messages are shown by every command that shows some: as rows, one below the other, or in a form of one's own. */
import type { z } from "zod";
import type { ReceivedMessage } from "../../../src/client/index.ts";
import type { CommandContext } from "../../command.ts";
import type { Zod } from "../../flag.ts";
import { byteSize, flag, text } from "../../flag.ts";
import type { Column } from "../../render/listing.ts";
import { bodyDecoder, decodeFlag } from "./body-decoder.ts";
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
  flag: z.number().optional(),
  encoding: z.enum(["json", "utf8", "hex", "base64"]),
  decoded: z.string().optional(),
  truncated: z.boolean(),
  compressed: z.boolean(),
  compression: z.string().optional(),
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
  decode: decodeFlag,
  maxBytes: flag(byteSize().optional(), { about: "cut bodies (whole)", value: "SIZE" }),
} as const;

/** How a command's flags want messages to be seen. */
export interface MessageLook {
  itemOf(message: ReceivedMessage): MessageItem;
  /** A message in a form of one's own; `counter` counts those that were printed, from 1. */
  textOf(message: ReceivedMessage, format: string, counter: number): string;
}

/** The look that the flags ask for. Throws CommandError for a decoder that is none. */
export async function messageLook(
  context: Pick<CommandContext, "global" | "environment">,
  flags: { readonly maxBytes?: number | undefined; readonly decode?: string | undefined },
): Promise<MessageLook> {
  const isUtc = context.global.utc;
  const decoder = await bodyDecoder(context, flags.decode);
  const bodyBytesMax = flags.maxBytes ?? Number.MAX_SAFE_INTEGER;
  const itemOf = (message: ReceivedMessage) =>
    messageItem(message, { bodyBytesMax, isUtc, decoder });
  return {
    itemOf,
    textOf: (message, format, counter) =>
      formatMessage(format, { message, item: itemOf(message), counter }, isUtc),
  };
}

/** The messages in a form of one's own; false when the reader has gone. */
export function printFormatted(
  context: CommandContext,
  look: MessageLook,
  messages: readonly ReceivedMessage[],
  format: string,
): boolean {
  return messages.every((message, index) =>
    context.output.text(look.textOf(message, format, index + 1)),
  );
}
