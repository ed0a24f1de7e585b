/**
 * The reply to a stored message, written straight into the session's output buffer.
 *
 * All of a send's codes 0, 10, 11 and 12 carry the whole header: clients fail on a missing field. A batch is
 * answered with the offset of its first message and one id for each, joined by commas (remoting 4.1).
 */
import { type SerializeType, serializeBinary } from "../command.ts";
import { decimalBytesMax, writeDecimal } from "../decimal.ts";
import { binaryFields } from "../header-binary.ts";
import { escapedBytesMax, writeEscaped } from "../json-text.ts";
import { isUtf8 } from "../utf8.ts";
import { version } from "../version.ts";

/** Filled again for every reply. */
export class SendReply {
  serializeType: SerializeType = 0;
  opaque = 0;
  code = 0;
  queueId = 0;
  /** Of the first message. */
  queueOffset = 0;
  /** Address (4 or 16 bytes) and port (4) that message ids name. */
  storeHost: Buffer = Buffer.alloc(8);
  messageCount = 1;
  /** Of the first message. */
  physicalOffset = 0;
  /** Of all messages of a batch; not looked at when messageCount is 1, or when their ids are there. */
  physicalOffsets: ArrayLike<number> = [];
  /** The ids of a batch's messages as they are written; empty to make them of the offsets. */
  messageIds: Buffer = Buffer.alloc(0);
  /** The message's UNIQ_KEY, handed back as its transaction id: uniqKey[uniqKeyStart, uniqKeyEnd), empty for none. */
  uniqKey: Buffer = Buffer.alloc(0);
  uniqKeyStart = 0;
  uniqKeyEnd = 0;
}

const jsonStart = Buffer.from('{"code":');
const jsonMessageId = Buffer.from(
  ',"extFields":{"MSG_REGION":"DefaultRegion","TRACE_ON":"true","msgId":"',
);
const jsonQueueId = Buffer.from('","queueId":"');
const jsonQueueOffset = Buffer.from('","queueOffset":"');
const jsonTransactionId = Buffer.from('","transactionId":"');
const jsonOpaque = Buffer.from('"},"flag":1,"language":"JAVA","opaque":');
const jsonEnd = Buffer.from(`,"serializeTypeCurrentRPC":"JSON","version":${version.ours}}`);
const jsonFixedBytes =
  jsonStart.length +
  jsonMessageId.length +
  jsonQueueId.length +
  jsonQueueOffset.length +
  jsonTransactionId.length +
  jsonOpaque.length +
  jsonEnd.length;

const binaryConstants = binaryFields([
  ["MSG_REGION", "DefaultRegion"],
  ["TRACE_ON", "true"],
]);
const binaryMessageId = binaryFields([["msgId", ""]]);
const binaryQueueId = binaryFields([["queueId", ""]]);
const binaryQueueOffset = binaryFields([["queueOffset", ""]]);
const binaryTransactionId = binaryFields([["transactionId", ""]]);
const frameStartBytes = 8;
const binaryFixedBytes =
  21 +
  binaryConstants.length +
  binaryMessageId.length +
  binaryQueueId.length +
  binaryQueueOffset.length +
  binaryTransactionId.length;

/** At most this many bytes of the output buffer are written. */
export function sendReplyBytesMax(reply: SendReply): number {
  const ids = reply.messageCount * (idBytes(reply) + 1);
  const uniqKey = escapedBytesMax(reply.uniqKeyEnd - reply.uniqKeyStart);
  return (
    frameStartBytes +
    Math.max(jsonFixedBytes, binaryFixedBytes) +
    ids +
    uniqKey +
    4 * decimalBytesMax
  );
}

function idBytes(reply: SendReply): number {
  return (reply.storeHost.length + 8) * 2;
}

/** Writes the whole frame; returns the next position. */
export function encodeSendReply(target: Buffer, at: number, reply: SendReply): number {
  const headerAt = at + frameStartBytes;
  const end =
    reply.serializeType === serializeBinary
      ? writeBinary(target, headerAt, reply)
      : writeJson(target, headerAt, reply);
  const headerBytes = end - headerAt;
  target.writeUInt32BE(headerBytes + 4, at);
  target.writeUInt32BE(reply.serializeType * 0x100_0000 + headerBytes, at + 4);
  return end;
}

function writeJson(target: Buffer, start: number, reply: SendReply): number {
  let at = copy(target, start, jsonStart);
  at = writeDecimal(target, at, reply.code);
  at = copy(target, at, jsonMessageId);
  at = writeMessageIds(target, at, reply);
  at = copy(target, at, jsonQueueId);
  at = writeDecimal(target, at, reply.queueId);
  at = copy(target, at, jsonQueueOffset);
  at = writeDecimal(target, at, reply.queueOffset);
  if (reply.uniqKeyEnd > reply.uniqKeyStart) {
    at = copy(target, at, jsonTransactionId);
    at = writeEscaped(target, at, reply.uniqKey, reply.uniqKeyStart, reply.uniqKeyEnd);
  }
  at = copy(target, at, jsonOpaque);
  at = writeDecimal(target, at, reply.opaque);
  return copy(target, at, jsonEnd);
}

function writeBinary(target: Buffer, start: number, reply: SendReply): number {
  target.writeInt16BE(reply.code, start);
  target[start + 2] = 0;
  target.writeInt16BE(version.ours, start + 3);
  target.writeInt32BE(reply.opaque, start + 5);
  target.writeInt32BE(1, start + 9);
  target.writeInt32BE(0, start + 13);
  const fieldsAt = start + 21;
  let at = copy(target, fieldsAt, binaryConstants);
  at = copy(target, at, binaryMessageId);
  at = endValue(target, at, writeMessageIds(target, at, reply));
  at = copy(target, at, binaryQueueId);
  at = endValue(target, at, writeDecimal(target, at, reply.queueId));
  at = copy(target, at, binaryQueueOffset);
  at = endValue(target, at, writeDecimal(target, at, reply.queueOffset));
  if (
    reply.uniqKeyEnd > reply.uniqKeyStart &&
    isUtf8(reply.uniqKey, reply.uniqKeyStart, reply.uniqKeyEnd)
  ) {
    at = copy(target, at, binaryTransactionId);
    const end = at + reply.uniqKey.copy(target, at, reply.uniqKeyStart, reply.uniqKeyEnd);
    at = endValue(target, at, end);
  }
  target.writeInt32BE(at - fieldsAt, start + 17);
  return at;
}

/** Sets the length in front of a value that was written at `start`; returns the value's end. */
function endValue(target: Buffer, start: number, end: number): number {
  target.writeInt32BE(end - start, start - 4);
  return end;
}

function writeMessageIds(target: Buffer, start: number, reply: SendReply): number {
  if (reply.messageCount === 1) {
    return writeMessageId(target, start, reply.storeHost, reply.physicalOffset);
  }
  if (reply.messageIds.length > 0) {
    return copy(target, start, reply.messageIds);
  }
  let at = start;
  for (let index = 0; index < reply.messageCount; index++) {
    if (index > 0) {
      target[at++] = 0x2c;
    }
    at = writeMessageId(target, at, reply.storeHost, reply.physicalOffsets[index] as number);
  }
  return at;
}

/** Upper-case hexadecimal of host, port and offset (`record/message-id.ts` for people). */
function writeMessageId(target: Buffer, start: number, host: Buffer, offset: number): number {
  let at = start;
  for (let index = 0; index < host.length; index++) {
    const byte = host[index] as number;
    target[at] = hexDigit(byte >>> 4);
    target[at + 1] = hexDigit(byte & 15);
    at += 2;
  }
  writeHex32(target, at, Math.floor(offset / 0x1_0000_0000));
  writeHex32(target, at + 8, offset >>> 0);
  return at + 16;
}

function writeHex32(target: Buffer, at: number, value: number): void {
  target[at] = hexDigit(value >>> 28);
  target[at + 1] = hexDigit((value >>> 24) & 15);
  target[at + 2] = hexDigit((value >>> 20) & 15);
  target[at + 3] = hexDigit((value >>> 16) & 15);
  target[at + 4] = hexDigit((value >>> 12) & 15);
  target[at + 5] = hexDigit((value >>> 8) & 15);
  target[at + 6] = hexDigit((value >>> 4) & 15);
  target[at + 7] = hexDigit(value & 15);
}

function hexDigit(value: number): number {
  return value < 10 ? 0x30 + value : 0x37 + value;
}

function copy(target: Buffer, at: number, source: Buffer): number {
  return at + source.copy(target, at);
}
