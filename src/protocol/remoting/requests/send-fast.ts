/**
 * The header of a send (10, 310, 320) without an object or a string per message.
 *
 * Names and properties are ranges of `bytes`: of the frame itself, or, when the properties have JSON escapes (as
 * every Java client's do), of a scratch buffer. Either is good until the next header is read. What is unusual
 * (escaped names, numbers that are no int32, ...) is left to the definitions in `send.ts`, which say exactly what is
 * wrong or read it after all; `sendHeaderOf` brings their result into the same form.
 */
import { limits } from "../../../core/limits.ts";
import { type Command, type CommandHead, isOneway } from "../command.ts";
import { fieldForm } from "../command-head.ts";
import { readDecimal, readDecimalInt32 } from "../decimal.ts";
import { FieldNames } from "../field-names.ts";
import { unescapeInto } from "../json-text.ts";
import { sendBatchMessage, sendMessage, sendMessageV2 } from "./send.ts";

export class SendHeader {
  /** What the ranges below lie in. */
  bytes: Buffer;
  producerGroupStart = 0;
  producerGroupEnd = 0;
  topicStart = 0;
  topicEnd = 0;
  defaultTopicStart = 0;
  defaultTopicEnd = 0;
  /** Empty when there are none. */
  propertiesStart = 0;
  propertiesEnd = 0;
  defaultTopicQueueCount = 0;
  queueId = 0;
  sysFlag = 0;
  flag = 0;
  reconsumeTimes = 0;
  /** -1 when the client did not say. */
  maxReconsumeTimes = -1;
  /** The client's clock as two 32-bit halves: it is only handed back. */
  bornTimestampHigh = 0;
  bornTimestampLow = 0;
  isBatch = false;
  isOneway = false;
  code = 0;
  opaque = 0;
  /** Holds unescaped text; no header is larger. */
  readonly scratch = Buffer.alloc(limits.headerBytesMax);

  constructor() {
    this.bytes = this.scratch;
  }
}

/** Bits of the fields that must be there: a to h. */
const requiredFields = 0xff;
const lowerA = 0x61;

/** Whether the code is one whose header these functions read. */
export function isSendCode(code: number): boolean {
  return code === sendMessageV2.code || code === sendMessage.code || code === sendBatchMessage.code;
}

/** Reads the header that was peeked into the head. False: it is unusual, use `sendHeaderOf`. */
export function readSendHeader(source: Buffer, head: CommandHead, into: SendHeader): boolean {
  const isShort = head.code !== sendMessage.code;
  into.bytes = source;
  into.propertiesStart = 0;
  into.propertiesEnd = 0;
  into.reconsumeTimes = 0;
  into.maxReconsumeTimes = -1;
  into.isBatch = false;
  into.code = head.code;
  into.opaque = head.opaque;
  into.isOneway = isOneway(head);
  let found = 0;
  let escapedProperties = -1;
  for (let index = 0; index < head.fieldCount; index++) {
    const keyStart = head.keyStart(index);
    const keyBytes = head.keyEnd(index) - keyStart;
    if (head.isKeyEscaped(index)) {
      return false;
    }
    let letter = -1;
    if (!isShort) {
      letter = longNames.find(source, keyStart, keyStart + keyBytes);
    } else if (keyBytes === 1) {
      letter = (source[keyStart] as number) - lowerA;
    }
    if (letter >= 0 && letter <= 12) {
      found |= 1 << letter;
      if (head.form(index) === fieldForm.escaped) {
        if (letter !== 8) {
          return false;
        }
        escapedProperties = index;
      } else if (!takeField(source, letter, head.valueStart(index), head.valueEnd(index), into)) {
        return false;
      }
    }
  }
  if ((found & requiredFields) !== requiredFields) {
    return false;
  }
  if (escapedProperties >= 0) {
    unescapeProperties(
      source,
      head.valueStart(escapedProperties),
      head.valueEnd(escapedProperties),
      into,
    );
  }
  return true;
}

/** Takes one field by its letter of the short form; false when its value is unusual. */
function takeField(
  source: Buffer,
  letter: number,
  start: number,
  end: number,
  into: SendHeader,
): boolean {
  switch (letter) {
    case 0:
      into.producerGroupStart = start;
      into.producerGroupEnd = end;
      return true;
    case 1:
      into.topicStart = start;
      into.topicEnd = end;
      return true;
    case 2:
      into.defaultTopicStart = start;
      into.defaultTopicEnd = end;
      return true;
    case 6:
      return takeBornTimestamp(source, start, end, into);
    case 8:
      into.propertiesStart = start;
      into.propertiesEnd = end;
      return true;
    case 10:
      return true;
    case 12:
      into.isBatch = isTrue(source, start, end);
      return into.isBatch || isFalse(source, start, end);
  }
  const value = readDecimalInt32(source, start, end);
  if (Number.isNaN(value)) {
    return false;
  }
  takeNumber(letter, value, into);
  return true;
}

function takeNumber(letter: number, value: number, into: SendHeader): void {
  switch (letter) {
    case 3:
      into.defaultTopicQueueCount = value;
      break;
    case 4:
      into.queueId = value;
      break;
    case 5:
      into.sysFlag = value;
      break;
    case 7:
      into.flag = value;
      break;
    case 9:
      into.reconsumeTimes = value;
      break;
    case 11:
      into.maxReconsumeTimes = value;
      break;
  }
}

function takeBornTimestamp(source: Buffer, start: number, end: number, into: SendHeader): boolean {
  const value = readDecimal(source, start, end);
  if (!(value >= 0)) {
    return false;
  }
  into.bornTimestampHigh = Math.floor(value / 0x1_0000_0000);
  into.bornTimestampLow = value >>> 0;
  return true;
}

const wordTrue = 0x74727565;
const wordFals = 0x66616c73;
/** RocketMQ's client for C++ writes a digit. */
const digitOne = 0x31;
const digitZero = 0x30;

function isTrue(source: Buffer, start: number, end: number): boolean {
  return end - start === 4
    ? source.readUInt32BE(start) === wordTrue
    : end - start === 1 && source[start] === digitOne;
}

function isFalse(source: Buffer, start: number, end: number): boolean {
  return end - start === 5
    ? source.readUInt32BE(start) === wordFals && source[start + 4] === 0x65
    : end - start === 1 && source[start] === digitZero;
}

/** Names of code 10, in the order of the letters of the short form. */
const longNames = new FieldNames(
  Object.keys(sendMessage.request).filter((name) => name !== "brokerName"),
);

/** Moves the names into the scratch buffer and the unescaped properties behind them. */
function unescapeProperties(source: Buffer, start: number, end: number, into: SendHeader): void {
  const scratch = into.scratch;
  let at = copyBytes(scratch, 0, source, into.producerGroupStart, into.producerGroupEnd);
  into.producerGroupStart = 0;
  into.producerGroupEnd = at;
  const topicStart = at;
  at = copyBytes(scratch, at, source, into.topicStart, into.topicEnd);
  into.topicStart = topicStart;
  into.topicEnd = at;
  const defaultTopicStart = at;
  at = copyBytes(scratch, at, source, into.defaultTopicStart, into.defaultTopicEnd);
  into.defaultTopicStart = defaultTopicStart;
  into.defaultTopicEnd = at;
  into.propertiesStart = at;
  into.propertiesEnd = unescapeInto(scratch, at, source, start, end);
  into.bytes = scratch;
}

/** A loop, because these ranges are too short for a call out of JavaScript to pay (test/bench/codec.test.ts). */
function copyBytes(target: Buffer, at: number, source: Buffer, start: number, end: number): number {
  let to = at;
  for (let from = start; from < end; from++) {
    target[to++] = source[from] as number;
  }
  return to;
}

/** The same header from a decoded command. Throws DecodeError that names the field. */
export function sendHeaderOf(command: Command, into: SendHeader): void {
  const definition = command.code === sendMessage.code ? sendMessage : sendMessageV2;
  const request = definition.decode(command.fields);
  const scratch = into.scratch;
  into.bytes = scratch;
  into.producerGroupStart = 0;
  into.producerGroupEnd = scratch.write(request.producerGroup, 0);
  into.topicStart = into.producerGroupEnd;
  into.topicEnd = into.topicStart + scratch.write(request.topic, into.topicStart);
  into.defaultTopicStart = into.topicEnd;
  into.defaultTopicEnd =
    into.defaultTopicStart + scratch.write(request.defaultTopic, into.defaultTopicStart);
  into.propertiesStart = into.defaultTopicEnd;
  into.propertiesEnd =
    into.propertiesStart + scratch.write(request.properties ?? "", into.propertiesStart);
  into.defaultTopicQueueCount = request.defaultTopicQueueNums;
  into.queueId = request.queueId;
  into.sysFlag = request.sysFlag;
  into.flag = request.flag;
  into.reconsumeTimes = request.reconsumeTimes ?? 0;
  into.maxReconsumeTimes = request.maxReconsumeTimes ?? -1;
  const born = BigInt.asUintN(64, BigInt(request.bornTimestamp));
  into.bornTimestampHigh = Number(born >> 32n);
  into.bornTimestampLow = Number(born & 0xffff_ffffn);
  into.isBatch = request.batch ?? false;
  into.isOneway = isOneway(command);
  into.code = command.code;
  into.opaque = command.opaque;
}
