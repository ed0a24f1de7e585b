/** Records of a reply as messages. */
import { type Compression, CompressionError, inflate } from "../core/compress.ts";
import { limits } from "../core/limits.ts";
import { decodeRecord } from "../record/decode.ts";
import { sysFlag } from "../record/layout.ts";
import { formatOffsetMessageId } from "../record/message-id.ts";
import { keyWords, propertyNames } from "../record/properties.ts";
import { unwrapMessages } from "./inner-batch.ts";
import type { ReceivedMessage } from "./message.ts";

/** Decodes records back to back, as a pull reply carries them; groups of messages are taken apart. The bodies are copies. Throws DecodeError. */
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
    const outer = {
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
      bodyCrc: record.bodyCrc,
      preparedTransactionOffset: record.preparedTransactionOffset,
    };
    messages.push(...unwrapMessages(outer));
  }
  return messages;
}

/** The body as its producer made it, where we know how; a body above the limit stays as it is stored. */
function plainBody(
  stored: Buffer,
  flags: number,
): { readonly body: Buffer; readonly isCompressed: boolean } {
  const kind = compressionOf(flags);
  if (kind === undefined) {
    return { body: stored, isCompressed: false };
  }
  try {
    return { body: inflate(stored, kind, limits.frameBytesMax), isCompressed: false };
  } catch (error) {
    if (error instanceof CompressionError) {
      return { body: stored, isCompressed: true };
    }
    throw error;
  }
}

/** How a body was packed; undefined for one that was not. */
export function compressionOf(flags: number): Compression | undefined {
  // Clients before 5 say nothing of the kind: theirs is zlib.
  return (flags & sysFlag.compressed) === 0
    ? undefined
    : (kinds.get(flags & sysFlag.compressionMask) ?? "zlib");
}

/**
 * The flags as Java's client has them: who unpacks a body takes that bit away (`MessageDecoder.decode`), and leaves those
 * of the kind of packing.
 */
export function unpackedSysFlag(
  message: Pick<ReceivedMessage, "sysFlag" | "isCompressed">,
): number {
  return message.isCompressed ? message.sysFlag : message.sysFlag & ~sysFlag.compressed;
}

const kinds = new Map<number, Compression>([
  [sysFlag.compressionLz4, "lz4"],
  [sysFlag.compressionZstd, "zstd"],
]);
