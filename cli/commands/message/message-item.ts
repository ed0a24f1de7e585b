/** A message as the command line prints it, and reads it back (`tail -o jsonl`, `produce --jsonl`). */
import type { ReceivedMessage } from "../../../src/client/index.ts";
import { formatTime } from "../../render/time.ts";

export interface MessageItem {
  readonly topic: string;
  readonly broker: string;
  readonly queue: number;
  readonly offset: number;
  readonly commitOffset: number;
  readonly messageId: string;
  readonly uniqueKey: string | null;
  readonly tag: string | null;
  readonly keys: readonly string[];
  readonly storeTime: string;
  readonly bornTime: string;
  readonly bornHost: string;
  readonly reconsumeTimes: number;
  readonly properties: Readonly<Record<string, string>>;
  /** How `body` is written: json is the value itself, utf8 the text, base64 anything else. */
  readonly encoding: "json" | "utf8" | "base64";
  readonly truncated: boolean;
  /** The body is what the sender compressed, in a way that cannot be undone here. */
  readonly compressed: boolean;
  readonly body: unknown;
  readonly [key: string]: unknown;
}

/** Properties that have members of their own, or that a broker and a producer add anew. */
const ownProperties: ReadonlySet<string> = new Set([
  "TAGS",
  "KEYS",
  "UNIQ_KEY",
  "WAIT",
  "MSG_REGION",
  "TRACE_ON",
  "CLUSTER",
  "__CRC32#",
]);

export interface ItemOptions {
  readonly bodyBytesMax: number;
  readonly isUtc: boolean;
}

/** The item of a message. A body that is cut is printed as text or base64, never as half a JSON value. */
export function messageItem(message: ReceivedMessage, options: ItemOptions): MessageItem {
  const isCut = message.body.length > options.bodyBytesMax;
  const body = isCut ? message.body.subarray(0, options.bodyBytesMax) : message.body;
  return {
    topic: message.topic,
    broker: message.brokerName,
    queue: message.queueId,
    offset: message.queueOffset,
    commitOffset: message.physicalOffset,
    messageId: message.offsetMessageId,
    uniqueKey: message.uniqueKey ?? null,
    tag: message.tag ?? null,
    keys: message.keys,
    storeTime: formatTime(message.storeTimestampMs, options.isUtc),
    bornTime: formatTime(message.bornTimestampMs, options.isUtc),
    bornHost: message.bornHost,
    reconsumeTimes: message.reconsumeTimes,
    properties: Object.fromEntries(
      [...message.properties].filter(([name]) => !ownProperties.has(name)),
    ),
    truncated: isCut,
    compressed: message.isCompressed,
    ...encodedBody(body, isCut || message.isCompressed),
  };
}

/** Only objects and arrays that read back to the same bytes are printed as JSON. */
export function encodedBody(
  body: Buffer,
  isOpaque: boolean,
): Pick<MessageItem, "encoding" | "body"> {
  const text = body.toString("utf8");
  if (!Buffer.from(text, "utf8").equals(body)) {
    return { encoding: "base64", body: body.toString("base64") };
  }
  if (!isOpaque && /^\s*[[{]/.test(text)) {
    try {
      const value: unknown = JSON.parse(text);
      if (JSON.stringify(value) === text) {
        return { encoding: "json", body: value };
      }
    } catch {
      // Not JSON: the text itself is shown.
    }
  }
  return { encoding: "utf8", body: text };
}

/** The body's bytes from an item that was printed. */
export function itemBody(encoding: MessageItem["encoding"], body: unknown): Buffer {
  switch (encoding) {
    case "json":
      return Buffer.from(JSON.stringify(body), "utf8");
    case "utf8":
      return Buffer.from(String(body), "utf8");
    case "base64":
      return Buffer.from(String(body), "base64");
  }
}

/** The body as one line of a table. */
export function bodyText(item: MessageItem): string {
  return item.encoding === "json" ? JSON.stringify(item.body) : String(item.body);
}
