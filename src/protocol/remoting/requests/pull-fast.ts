/**
 * The header of a pull (11, 361) without an object or a string, and the head of its reply.
 *
 * The ranges lie in the frame itself and are good as long as it is. Unusual headers (escapes, numbers beyond 15
 * digits) are left to the definitions in `pull.ts`.
 */
import { type CommandHead, type SerializeType, serializeBinary } from "../command.ts";
import { fieldForm } from "../command-head.ts";
import { readDecimal, readDecimalInt32, writeDecimal } from "../decimal.ts";
import { FieldNames } from "../field-names.ts";
import { binaryFields } from "../header-binary.ts";
import { version } from "../version.ts";
import { litePullMessage, pullMessage } from "./pull.ts";

export class PullHeader {
  /** What the ranges below lie in. */
  bytes: Buffer = Buffer.alloc(0);
  consumerGroupStart = 0;
  consumerGroupEnd = 0;
  topicStart = 0;
  topicEnd = 0;
  /** The filter expression; -1 when the request has none. */
  subscriptionStart = -1;
  subscriptionEnd = -1;
  /** -1 when the request has none: TAG. */
  expressionTypeStart = -1;
  expressionTypeEnd = -1;
  /** Digits: Go counts nanoseconds. */
  subVersionStart = 0;
  subVersionEnd = 0;
  queueId = 0;
  queueOffset = 0;
  maxMessageCount = 0;
  sysFlag = 0;
  commitOffset = 0;
  suspendTimeoutMs = 0;
  /** -1 when the client did not say. */
  maxMessageBytes = -1;
  isOneway = false;
  code = 0;
  opaque = 0;
  serializeType: SerializeType = 0;
}

/** Whether the code is one whose header this file reads. */
export function isPullCode(code: number): boolean {
  return code === pullMessage.code || code === litePullMessage.code;
}

const names = new FieldNames([
  "consumerGroup",
  "topic",
  "queueId",
  "queueOffset",
  "maxMsgNums",
  "sysFlag",
  "commitOffset",
  "suspendTimeoutMillis",
  "subVersion",
  "subscription",
  "expressionType",
  "maxMsgBytes",
]);
/** The first nine must be there. */
const requiredFields = 0x1ff;

/** Reads the header that was peeked into the head. False: it is unusual, use the definition. */
export function readPullHeader(source: Buffer, head: CommandHead, into: PullHeader): boolean {
  into.bytes = source;
  into.subscriptionStart = -1;
  into.subscriptionEnd = -1;
  into.expressionTypeStart = -1;
  into.expressionTypeEnd = -1;
  into.maxMessageBytes = -1;
  into.isOneway = (head.flag & 2) !== 0;
  into.code = head.code;
  into.opaque = head.opaque;
  into.serializeType = head.serializeType;
  let found = 0;
  for (let index = 0; index < head.fieldCount; index++) {
    const name = names.find(source, head.keyStart(index), head.keyEnd(index));
    if (head.isKeyEscaped(index)) {
      return false;
    }
    if (name >= 0) {
      found |= 1 << name;
      if (
        head.form(index) === fieldForm.escaped ||
        !takeField(source, name, head.valueStart(index), head.valueEnd(index), into)
      ) {
        return false;
      }
    }
  }
  return (found & requiredFields) === requiredFields;
}

function takeField(
  source: Buffer,
  name: number,
  start: number,
  end: number,
  into: PullHeader,
): boolean {
  switch (name) {
    case 0:
      into.consumerGroupStart = start;
      into.consumerGroupEnd = end;
      return true;
    case 1:
      into.topicStart = start;
      into.topicEnd = end;
      return true;
    case 8:
      into.subVersionStart = start;
      into.subVersionEnd = end;
      return isInt64(source, start, end);
    case 9:
      into.subscriptionStart = start;
      into.subscriptionEnd = end;
      return true;
    case 10:
      into.expressionTypeStart = start;
      into.expressionTypeEnd = end;
      return true;
  }
  const value = isLong(name)
    ? readDecimal(source, start, end)
    : readDecimalInt32(source, start, end);
  if (Number.isNaN(value)) {
    return false;
  }
  takeNumber(name, value, into);
  return true;
}

/** queueOffset, commitOffset, suspendTimeoutMillis. */
function isLong(name: number): boolean {
  return name === 3 || name === 6 || name === 7;
}

function takeNumber(name: number, value: number, into: PullHeader): void {
  switch (name) {
    case 2:
      into.queueId = value;
      break;
    case 3:
      into.queueOffset = value;
      break;
    case 4:
      into.maxMessageCount = value;
      break;
    case 5:
      into.sysFlag = value;
      break;
    case 6:
      into.commitOffset = value;
      break;
    case 7:
      into.suspendTimeoutMs = value;
      break;
    case 11:
      into.maxMessageBytes = value;
      break;
  }
}

/** Digits that surely fit an int64; the few numbers of 19 digits are nanoseconds, which do as well. */
function isInt64(source: Buffer, start: number, end: number): boolean {
  const first = source[start] === 0x2d ? start + 1 : start;
  if (
    first >= end ||
    end - first > 19 ||
    (end - first === 19 && (source[first] as number) > 0x38)
  ) {
    return false;
  }
  for (let at = first; at < end; at++) {
    const byte = source[at] as number;
    if (byte < 0x30 || byte > 0x39) {
      return false;
    }
  }
  return true;
}

/** Filled again for every reply. */
export class PullReply {
  serializeType: SerializeType = 0;
  opaque = 0;
  code = 0;
  nextBeginOffset = 0;
  minOffset = 0;
  maxOffset = 0;
  /** Records that the caller copies behind the head. */
  bodyBytes = 0;
}

const jsonStart = Buffer.from('{"code":');
const jsonMaxOffset = Buffer.from(',"extFields":{"groupSysFlag":"0","maxOffset":"');
const jsonMinOffset = Buffer.from('","minOffset":"');
const jsonNextOffset = Buffer.from('","nextBeginOffset":"');
const jsonOpaque = Buffer.from(
  '","suggestWhichBrokerId":"0","topicSysFlag":"0"},"flag":1,"language":"JAVA","opaque":',
);
const jsonRemark = Buffer.from(',"remark":"');
const jsonEnd = Buffer.from(`","serializeTypeCurrentRPC":"JSON","version":${version.ours}}`);

const binaryConstants = binaryFields([
  ["groupSysFlag", "0"],
  ["suggestWhichBrokerId", "0"],
  ["topicSysFlag", "0"],
]);
const binaryMaxOffset = binaryFields([["maxOffset", ""]]);
const binaryMinOffset = binaryFields([["minOffset", ""]]);
const binaryNextOffset = binaryFields([["nextBeginOffset", ""]]);

/** RocketMQ's names of what a pull came to: they are the remark, and people read them. */
const remarks = {
  found: Buffer.from("FOUND"),
  nothingNew: Buffer.from("OFFSET_OVERFLOW_ONE"),
  nothingMatched: Buffer.from("NO_MATCHED_MESSAGE"),
  offsetMoved: Buffer.from("OFFSET_MOVED"),
} as const;

/** At most this many bytes are written for a reply's head. */
export const pullReplyHeadBytesMax = 512;

/** Writes length word, header length and header; returns the position where the records belong. */
export function encodePullReply(target: Buffer, at: number, reply: PullReply): number {
  const headerAt = at + 8;
  const end =
    reply.serializeType === serializeBinary
      ? writeBinary(target, headerAt, reply)
      : writeJson(target, headerAt, reply);
  const headerBytes = end - headerAt;
  target.writeUInt32BE(4 + headerBytes + reply.bodyBytes, at);
  target.writeUInt32BE(reply.serializeType * 0x100_0000 + headerBytes, at + 4);
  return end;
}

function remarkOf(code: number): Buffer {
  switch (code) {
    case 0:
      return remarks.found;
    case 19:
      return remarks.nothingNew;
    case 20:
      return remarks.nothingMatched;
    default:
      return remarks.offsetMoved;
  }
}

function writeJson(target: Buffer, start: number, reply: PullReply): number {
  let at = copy(target, start, jsonStart);
  at = writeDecimal(target, at, reply.code);
  at = copy(target, at, jsonMaxOffset);
  at = writeDecimal(target, at, reply.maxOffset);
  at = copy(target, at, jsonMinOffset);
  at = writeDecimal(target, at, reply.minOffset);
  at = copy(target, at, jsonNextOffset);
  at = writeDecimal(target, at, reply.nextBeginOffset);
  at = copy(target, at, jsonOpaque);
  at = writeDecimal(target, at, reply.opaque);
  at = copy(target, at, jsonRemark);
  at = copy(target, at, remarkOf(reply.code));
  return copy(target, at, jsonEnd);
}

function writeBinary(target: Buffer, start: number, reply: PullReply): number {
  const remark = remarkOf(reply.code);
  target.writeInt16BE(reply.code, start);
  target[start + 2] = 0;
  target.writeInt16BE(version.ours, start + 3);
  target.writeInt32BE(reply.opaque, start + 5);
  target.writeInt32BE(1, start + 9);
  target.writeInt32BE(remark.length, start + 13);
  const fieldBytesAt = copy(target, start + 17, remark);
  const fieldsAt = fieldBytesAt + 4;
  let at = copy(target, fieldsAt, binaryConstants);
  at = writeNumberField(target, at, binaryMaxOffset, reply.maxOffset);
  at = writeNumberField(target, at, binaryMinOffset, reply.minOffset);
  at = writeNumberField(target, at, binaryNextOffset, reply.nextBeginOffset);
  target.writeInt32BE(at - fieldsAt, fieldBytesAt);
  return at;
}

function writeNumberField(target: Buffer, at: number, key: Buffer, value: number): number {
  const start = copy(target, at, key);
  const end = writeDecimal(target, start, value);
  target.writeInt32BE(end - start, start - 4);
  return end;
}

function copy(target: Buffer, at: number, source: Buffer): number {
  return at + source.copy(target, at);
}
