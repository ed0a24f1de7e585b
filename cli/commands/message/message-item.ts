/** A message as the command line prints it, and reads it back (`tail -o jsonl`, `produce --jsonl`). */
import { compressionOf, type ReceivedMessage } from "../../../src/client/index.ts";
import { formatTime } from "../../render/time.ts";
import type { BodyDecoder } from "./body-decoder.ts";

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
  /** The application's own number, where it is not 0. */
  readonly flag?: number;
  /** How `body` is written: json is the value itself, utf8 the text, hex and base64 any bytes. */
  readonly encoding: "json" | "utf8" | "hex" | "base64";
  /** How the body was read, where it does not tell the bytes that were sent any more. */
  readonly decoded?: string;
  readonly truncated: boolean;
  /** The body is what the sender compressed, in a way that cannot be undone here. */
  readonly compressed: boolean;
  /** How the body was packed when it was stored. */
  readonly compression?: string;
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
  readonly decoder?: BodyDecoder | undefined;
}

/** The item of a message. A body that is cut is printed as text or base64, never as half a JSON value. */
export function messageItem(message: ReceivedMessage, options: ItemOptions): MessageItem {
  const { decoder } = options;
  const unpacked = decoder?.unpack?.(message.body);
  const whole = unpacked ?? message.body;
  const isCut = whole.length > options.bodyBytesMax;
  const body = isCut ? whole.subarray(0, options.bodyBytesMax) : whole;
  const shown = encodedBody(body, isCut || message.isCompressed, decoder?.form);
  const compression = message.isCompressed ? undefined : compressionOf(message.sysFlag);
  const isDecoded =
    unpacked !== undefined || (!isCut && !itemBody(shown.encoding, shown.body).equals(body));
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
      [...message.properties].filter(([name, value]) => isShown(name, value, message)),
    ),
    ...(message.flag === 0 ? {} : { flag: message.flag }),
    truncated: isCut,
    compressed: message.isCompressed,
    ...(compression === undefined ? {} : { compression }),
    ...shown,
    ...(isDecoded && decoder !== undefined ? { decoded: decoder.name } : {}),
  };
}

/** Not what has a member of its own or is added anew, unless that tells less. */
function isShown(name: string, value: string, { keys }: ReceivedMessage): boolean {
  return (
    !ownProperties.has(name) ||
    (name === "WAIT" && value !== "true") ||
    (name === "KEYS" && value !== keys.join(" "))
  );
}

/** Without a form, only objects and arrays that read back to the same bytes are printed as JSON. */
export function encodedBody(
  body: Buffer,
  isOpaque: boolean,
  form: BodyDecoder["form"] = "auto",
): Pick<MessageItem, "encoding" | "body"> {
  if (form === "hex" || form === "base64") {
    return { encoding: form, body: body.toString(form) };
  }
  const text = body.toString("utf8");
  if (form === "utf8") {
    return { encoding: "utf8", body: text };
  }
  if (form === "json" && !isOpaque) {
    try {
      return { encoding: "json", body: JSON.parse(text) };
    } catch {
      // Not JSON: shown as what it is.
    }
  }
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
    case "hex":
    case "base64":
      return Buffer.from(String(body), encoding);
  }
}

/** The body as one line of a table. */
export function bodyText(item: MessageItem): string {
  return item.encoding === "json" ? JSON.stringify(item.body) : String(item.body);
}
