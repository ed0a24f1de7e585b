/**
 * The body of a batch send: messages back to back, each size 4, magic 4, CRC 4, flag 4, body length 4, body,
 * properties length 2, properties (RocketMQ common `MessageDecoder.encodeMessage`; magic and CRC are 0).
 */
import { DecodeError } from "../core/error.ts";

const headBytes = 20;

/** Called for each inner message with ranges of the source. */
export type BatchVisitor = (
  flag: number,
  bodyStart: number,
  bodyEnd: number,
  propertiesStart: number,
  propertiesEnd: number,
) => void;

/** Walks a batch. Throws DecodeError at the first length that does not fit, so check with it before acting on it. */
export function forEachBatchMessage(
  source: Buffer,
  start: number,
  end: number,
  visit: BatchVisitor,
): number {
  let at = start;
  let count = 0;
  while (at < end) {
    if (end - at < headBytes) {
      throw new DecodeError(`a batch with ${end - at} bytes behind its last message`);
    }
    const bytes = source.readInt32BE(at);
    const bodyBytes = source.readInt32BE(at + 16);
    const bodyEnd = at + headBytes + bodyBytes;
    if (bytes < headBytes + 2 || bytes > end - at || bodyBytes < 0 || bodyEnd + 2 > at + bytes) {
      throw new DecodeError(`message ${count} of a batch has a size of ${bytes} bytes`);
    }
    const propertiesStart = bodyEnd + 2;
    const propertiesEnd = propertiesStart + source.readInt16BE(bodyEnd);
    if (propertiesEnd < propertiesStart || propertiesEnd !== at + bytes) {
      throw new DecodeError(`message ${count} of a batch has wrong lengths`);
    }
    visit(source.readInt32BE(at + 12), at + headBytes, bodyEnd, propertiesStart, propertiesEnd);
    at += bytes;
    count++;
  }
  return count;
}

/** One message of a batch to be sent. */
export interface BatchMessage {
  readonly flag: number;
  readonly body: Buffer;
  readonly properties: string;
}

/** Encodes messages as a batch body. */
export function encodeBatch(messages: readonly BatchMessage[]): Buffer {
  const properties = messages.map((message) => Buffer.from(message.properties, "utf8"));
  const sizes = messages.map(
    (message, index) => headBytes + message.body.length + 2 + (properties[index]?.length ?? 0),
  );
  const target = Buffer.alloc(sizes.reduce((sum, size) => sum + size, 0));
  let at = 0;
  messages.forEach((message, index) => {
    const text = properties[index] ?? Buffer.alloc(0);
    target.writeInt32BE(sizes[index] ?? 0, at);
    target.writeInt32BE(message.flag, at + 12);
    target.writeInt32BE(message.body.length, at + 16);
    at += headBytes;
    at += message.body.copy(target, at);
    at = target.writeInt16BE(text.length, at);
    at += text.copy(target, at);
  });
  return target;
}
