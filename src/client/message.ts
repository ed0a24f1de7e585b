/** Messages and queues as an application sees them. */
import { CompressionError, inflate } from "../core/compress.ts";
import { limits } from "../core/limits.ts";
import { decodeRecord } from "../record/decode.ts";
import { sysFlag } from "../record/layout.ts";
import { formatOffsetMessageId } from "../record/message-id.ts";
import { keyWords, propertyNames } from "../record/properties.ts";

/** One lane of a topic on one broker. */
export interface MessageQueue {
  readonly topic: string;
  readonly brokerName: string;
  readonly queueId: number;
}

/** A message to be sent. */
export interface Message {
  readonly topic: string;
  readonly body: Buffer;
  readonly tag?: string | undefined;
  readonly keys?: readonly string[] | undefined;
  readonly properties?: ReadonlyMap<string, string> | undefined;
  readonly flag?: number | undefined;
}

/** A message as it was read. */
export interface ReceivedMessage {
  readonly topic: string;
  readonly brokerName: string;
  readonly queueId: number;
  readonly queueOffset: number;
  readonly physicalOffset: number;
  /** Names broker and position: 32 or 56 hexadecimal digits. */
  readonly offsetMessageId: string;
  /** The producer's own id of the message. */
  readonly uniqueKey: string | undefined;
  readonly tag: string | undefined;
  readonly keys: readonly string[];
  readonly bornTimestampMs: number;
  readonly bornHost: string;
  readonly storeTimestampMs: number;
  readonly storeHost: string;
  readonly reconsumeTimes: number;
  readonly flag: number;
  readonly sysFlag: number;
  readonly properties: ReadonlyMap<string, string>;
  /** Decompressed where the kind of compression is known; otherwise as stored, with `isCompressed` still true. */
  readonly body: Buffer;
  readonly isCompressed: boolean;
  /** Bytes of the record in the broker's log. */
  readonly storedBytes: number;
}

/** Decodes records back to back, as a pull reply carries them. The bodies are copies. Throws DecodeError. */
export function decodeMessages(
  source: Buffer,
  start: number,
  end: number,
  brokerName: string,
): ReceivedMessage[] {
  const messages: ReceivedMessage[] = [];
  const records = Buffer.from(source.subarray(start, end));
  let at = 0;
  while (at < records.length) {
    const record = decodeRecord(records, at);
    at += record.bytes;
    const { body, isCompressed } = plainBody(record.body, record.sysFlag);
    messages.push({
      topic: record.topic,
      brokerName,
      queueId: record.queueId,
      queueOffset: record.queueOffset,
      physicalOffset: record.physicalOffset,
      offsetMessageId: formatOffsetMessageId(record.storeHost, record.physicalOffset),
      uniqueKey: record.properties.get(propertyNames.uniqueKey),
      tag: record.properties.get(propertyNames.tags),
      keys: keyWords(record.properties),
      bornTimestampMs: record.bornTimestampMs,
      bornHost: `${record.bornHost.host}:${record.bornHost.port}`,
      storeTimestampMs: record.storeTimestampMs,
      storeHost: `${record.storeHost.host}:${record.storeHost.port}`,
      reconsumeTimes: record.reconsumeTimes,
      flag: record.flag,
      sysFlag: record.sysFlag,
      properties: record.properties,
      body,
      isCompressed,
      storedBytes: record.bytes,
    });
  }
  return messages;
}

/** The body as its producer made it, where we know how; a body above the limit stays as it is stored. */
function plainBody(
  stored: Buffer,
  flags: number,
): { readonly body: Buffer; readonly isCompressed: boolean } {
  if ((flags & sysFlag.compressed) === 0) {
    return { body: stored, isCompressed: false };
  }
  const kind = flags & sysFlag.compressionMask;
  if (kind === sysFlag.compressionLz4) {
    return { body: stored, isCompressed: true };
  }
  try {
    const body = inflate(
      stored,
      kind === sysFlag.compressionZstd ? "zstd" : "zlib",
      limits.frameBytesMax,
    );
    return { body, isCompressed: false };
  } catch (error) {
    if (error instanceof CompressionError) {
      return { body: stored, isCompressed: true };
    }
    throw error;
  }
}
