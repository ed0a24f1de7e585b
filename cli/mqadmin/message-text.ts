/** Messages and queues as Java shows them. */
import type { FileRecord } from "../../src/app/record-file.ts";
import {
  type MessageQueue,
  type ReceivedMessage,
  type SendResult,
  unpackedSysFlag,
} from "../../src/client/index.ts";
import { usageError } from "../command-error.ts";
import { hashOrder } from "./java-order.ts";

/** The tool reads properties into a table of this size. */
const propertyBuckets = 128;

/** A message as it was pulled also tells between which offsets its queue lies. */
export interface PulledFrom {
  readonly minOffset: number;
  readonly maxOffset: number;
}

/** Its producer's id, or where it lies when it has none. */
export function messageId(message: ReceivedMessage): string {
  return message.uniqueKey ?? message.offsetMessageId;
}

/** `{A=1, B=2}`. */
export function propertiesText(
  message: Pick<ReceivedMessage, "properties">,
  from?: PulledFrom,
): string {
  const all = new Map(message.properties);
  if (from !== undefined) {
    all.set("MIN_OFFSET", String(from.minOffset));
    all.set("MAX_OFFSET", String(from.maxOffset));
  }
  const ordered = hashOrder([...all], ([name]) => name, propertyBuckets);
  return `{${ordered.map(([name, value]) => `${name}=${value}`).join(", ")}}`;
}

/** All of a message that was pulled, on one line. */
export function messageText(message: ReceivedMessage, from: PulledFrom): string {
  const isHalf = message.properties.get("TRAN_MSG")?.toLowerCase() === "true";
  return lineOf({
    ...message,
    sysFlag: unpackedSysFlag(message),
    propertiesText: propertiesText(message, from),
    bodyText: `[${[...message.body].map((byte) => (byte << 24) >> 24).join(", ")}]`,
    transactionId: isHalf ? messageId(message) : "null",
  });
}

/** All of a record in a file, on one line, but its body: the official tool does not read it, nor who keeps it. */
export function recordText(record: FileRecord): string {
  return lineOf({
    ...record,
    brokerName: "null",
    storedBytes: record.bytes,
    bornHost: hostText(record.bornHost),
    storeHost: hostText(record.storeHost),
    propertiesText: propertiesText(record),
    bodyText: "null",
    transactionId: "null",
  });
}

function hostText({ host, port }: FileRecord["bornHost"]): string {
  return `${host}:${port}`;
}

interface LineParts
  extends Pick<
    ReceivedMessage,
    | ("topic" | "flag" | "brokerName" | "queueId" | "storedBytes" | "queueOffset" | "sysFlag")
    | ("bornTimestampMs" | "bornHost" | "storeTimestampMs" | "storeHost" | "offsetMessageId")
    | ("physicalOffset" | "bodyCrc" | "reconsumeTimes" | "preparedTransactionOffset")
  > {
  readonly propertiesText: string;
  readonly bodyText: string;
  readonly transactionId: string;
}

function lineOf(message: LineParts): string {
  const inner = [
    `topic='${message.topic}'`,
    `flag=${message.flag}`,
    `properties=${message.propertiesText}`,
    `body=${message.bodyText}`,
    `transactionId='${message.transactionId}'`,
  ];
  const outer = [
    `brokerName=${message.brokerName}`,
    `queueId=${message.queueId}`,
    `storeSize=${message.storedBytes}`,
    `queueOffset=${message.queueOffset}`,
    `sysFlag=${message.sysFlag}`,
    `bornTimestamp=${message.bornTimestampMs}`,
    `bornHost=/${message.bornHost}`,
    `storeTimestamp=${message.storeTimestampMs}`,
    `storeHost=/${message.storeHost}`,
    `msgId=${message.offsetMessageId}`,
    `commitLogOffset=${message.physicalOffset}`,
    `bodyCRC=${message.bodyCrc ?? 0}`,
    `reconsumeTimes=${message.reconsumeTimes}`,
    `preparedTransactionOffset=${message.preparedTransactionOffset ?? 0}`,
    `toString()=Message{${inner.join(", ")}}`,
  ];
  return `MessageExt [${outer.join(", ")}]`;
}

/** `MessageQueue [topic=…, brokerName=…, queueId=…]`. */
export function queueText({ topic, brokerName, queueId }: MessageQueue): string {
  return `MessageQueue [topic=${topic}, brokerName=${brokerName}, queueId=${queueId}]`;
}

/** What became of a message that was sent. */
export function sendResultText(sent: SendResult): string {
  const { status, uniqueKey, offsetMessageId, queue, queueOffset } = sent;
  return (
    `SendResult [sendStatus=${status}, msgId=${uniqueKey}, offsetMsgId=${offsetMessageId}, ` +
    `messageQueue=${queueText(queue)}, queueOffset=${queueOffset}, recallHandle=null]`
  );
}

/** A body in a text encoding by its name. Throws CommandError for a name that nobody knows. */
export function bodyText(body: Buffer, charset: string): string {
  const encoding = encodings.get(charset.toLowerCase());
  if (encoding === undefined) {
    throw usageError(`'${charset}' is none of ${[...encodings.keys()].join(", ")}`);
  }
  return body.toString(encoding);
}

/** Java's names of the encodings that are read without a library. */
const encodings = new Map<string, "utf8" | "latin1" | "utf16le">([
  ["utf-8", "utf8"],
  ["iso-8859-1", "latin1"],
  ["us-ascii", "latin1"],
  ["utf-16le", "utf16le"],
]);

/** A message as a fact. */
export function messageItem(message: ReceivedMessage): Readonly<Record<string, unknown>> {
  const { body, properties, ...rest } = message;
  return {
    ...rest,
    properties: Object.fromEntries(properties),
    bodyBase64: body.toString("base64"),
  };
}
