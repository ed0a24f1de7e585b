/**
 * The JSON header: `{"code":105,"extFields":{"topic":"T"},"flag":0,"language":"JAVA","opaque":1,"version":409}`.
 *
 * Read in one pass over the bytes, in any order of keys and with white space (remoting 1.3): numbers may come as
 * strings, ext values as numbers, booleans or objects (their text counts), null is absence, unknown keys are
 * passed over. Written as Java writes it: compact, keys in alphabetical order, every ext value a string.
 */
import { DecodeError } from "../../core/error.ts";
import { limits } from "../../core/limits.ts";
import { type CommandHead, fieldForm } from "./command-head.ts";
import { readDecimalInt32 } from "./decimal.ts";
import { closingQuote, textBetween } from "./json-text.ts";
import { language, languageName, languageOrdinal } from "./language.ts";

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/** Nesting of what a header may carry beside its ext fields. */
const depthMax = 8;

/** The value just passed over. Kept here because a scanner that returned two things would allocate per value. */
let valueStart = 0;
let valueEnd = 0;
let valueForm = 0;
let valueIsNull = false;

/** Reads the header source[start, end) into the head. Throws DecodeError. */
export function scanJsonHeader(
  source: Buffer,
  start: number,
  end: number,
  head: CommandHead,
): void {
  let at = afterSpace(source, start, end);
  if (source[at] !== openBrace || at >= end) {
    throw new DecodeError("a JSON header that is no object");
  }
  let seen = 0;
  at = afterSpace(source, at + 1, end);
  if (at < end && source[at] === closeBrace) {
    throw new DecodeError("a JSON header without a code");
  }
  while (true) {
    const keyStart = expect(source, at, end, quote);
    const close = closingQuote(source, keyStart, end);
    const keyEnd = close < 0 ? ~close : close;
    at = afterColon(source, keyEnd + 1, end);
    const bit = close < 0 ? 0 : knownKey(source, keyStart, keyEnd);
    if ((seen & bit) !== 0) {
      throw new DecodeError("a key of the JSON header that is there twice");
    }
    seen |= bit;
    if (bit === keyExtFields && source[at] === openBrace) {
      at = scanFields(source, at + 1, end, head);
    } else {
      at = passValue(source, at, end, 1);
      takeValue(source, bit, head);
    }
    at = afterSpace(source, at, end);
    if (at < end && source[at] === comma) {
      at = afterSpace(source, at + 1, end);
    } else if (at < end && source[at] === closeBrace) {
      break;
    } else {
      throw new DecodeError("a JSON header without its end");
    }
  }
  if (afterSpace(source, at + 1, end) !== end) {
    throw new DecodeError("bytes behind the JSON header");
  }
  if ((seen & keyCode) === 0) {
    throw new DecodeError("a JSON header without a code");
  }
}

/** "JAVA" and "null" as big-endian words. */
const wordJava = 0x4a415641;
const wordNull = 0x6e756c6c;

const keyCode = 1;
const keyFlag = 2;
const keyOpaque = 4;
const keyRemark = 8;
const keyVersion = 16;
const keyLanguage = 32;
const keyExtFields = 64;

/** The bit of a key that means something; 0 for any other. Compared by the first and last four bytes. */
function knownKey(source: Buffer, start: number, end: number): number {
  const bytes = end - start;
  if (bytes < 4 || bytes > 9) {
    return 0;
  }
  const first = source.readUInt32BE(start);
  const last = source.readUInt32BE(end - 4);
  switch (bytes) {
    case 4:
      return first === 0x636f6465 ? keyCode : first === 0x666c6167 ? keyFlag : 0;
    case 6:
      if (first === 0x6f706171 && last === 0x61717565) {
        return keyOpaque;
      }
      return first === 0x72656d61 && last === 0x6d61726b ? keyRemark : 0;
    case 7:
      return first === 0x76657273 && last === 0x73696f6e ? keyVersion : 0;
    case 8:
      return first === 0x6c616e67 && last === 0x75616765 ? keyLanguage : 0;
    case 9:
      return first === 0x65787446 && last === 0x656c6473 && source[start + 4] === 0x69
        ? keyExtFields
        : 0;
    default:
      return 0;
  }
}

function takeValue(source: Buffer, bit: number, head: CommandHead): void {
  if (valueIsNull) {
    if (bit === keyLanguage) {
      head.language = language.other;
    }
    return;
  }
  switch (bit) {
    case keyCode:
      head.code = int32Value(source, "code");
      break;
    case keyFlag:
      head.flag = int32Value(source, "flag");
      break;
    case keyOpaque:
      head.opaque = int32Value(source, "opaque");
      break;
    case keyVersion:
      head.version = int32Value(source, "version");
      break;
    case keyLanguage:
      head.language = languageValue(source);
      break;
    case keyRemark:
      head.remarkStart = valueStart;
      head.remarkEnd = valueEnd;
      head.remarkIsEscaped = valueForm === fieldForm.escaped;
      break;
    case keyExtFields:
      throw new DecodeError("extFields that are no object");
  }
}

function int32Value(source: Buffer, name: string): number {
  const value = readDecimalInt32(source, valueStart, valueEnd);
  if (Number.isNaN(value)) {
    throw new DecodeError(`'${name}' of the JSON header is no int32`);
  }
  return value;
}

function languageValue(source: Buffer): number {
  if (valueForm === fieldForm.bare) {
    const ordinal = readDecimalInt32(source, valueStart, valueEnd);
    return languageOrdinal(languageName(Number.isNaN(ordinal) ? language.other : ordinal));
  }
  if (valueEnd - valueStart === 4 && source.readUInt32BE(valueStart) === wordJava) {
    return language.java;
  }
  return languageOrdinal(
    textBetween(source, valueStart, valueEnd, valueForm === fieldForm.escaped),
  );
}

/** Notes all fields of the object whose inside begins at `start`; returns the position behind its brace. */
function scanFields(source: Buffer, start: number, end: number, head: CommandHead): number {
  let at = afterSpace(source, start, end);
  if (at < end && source[at] === closeBrace) {
    return at + 1;
  }
  while (true) {
    const keyStart = expect(source, at, end, quote);
    const close = closingQuote(source, keyStart, end);
    const keyEnd = close < 0 ? ~close : close;
    if (keyEnd + 2 < end && source[keyEnd + 1] === colon && source[keyEnd + 2] === quote) {
      // The usual case, a text right behind the colon, without the calls that others need.
      const textEnd = closingQuote(source, keyEnd + 3, end);
      const form = textEnd < 0 ? fieldForm.escaped : fieldForm.plain;
      at = textEnd < 0 ? ~textEnd : textEnd;
      head.addField(source, keyStart, keyEnd, close < 0, keyEnd + 3, at, form);
      at++;
    } else {
      at = passValue(source, afterColon(source, keyEnd + 1, end), end, 2);
      if (!valueIsNull) {
        head.addField(source, keyStart, keyEnd, close < 0, valueStart, valueEnd, valueForm);
      }
    }
    if (at < end && source[at] !== comma) {
      at = afterSpace(source, at, end);
    }
    if (at < end && source[at] === comma) {
      at = at + 1 < end && source[at + 1] === quote ? at + 1 : afterSpace(source, at + 1, end);
    } else if (at < end && source[at] === closeBrace) {
      return at + 1;
    } else {
      throw new DecodeError("ext fields without their end");
    }
  }
}

function afterSpace(source: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const byte = source[at] as number;
    if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) {
      return at;
    }
    at++;
  }
  return at;
}

/** Position of the value behind a colon. */
function afterColon(source: Buffer, at: number, end: number): number {
  return afterSpace(source, expect(source, afterSpace(source, at, end), end, colon), end);
}

/** Position behind the expected byte. */
function expect(source: Buffer, at: number, end: number, byte: number): number {
  if (at < end && source[at] === byte) {
    return at + 1;
  }
  throw new DecodeError(`a JSON header that lacks '${String.fromCharCode(byte)}' at byte ${at}`);
}

/** Passes one value, leaves where it lies in the variables above, returns the position behind it. */
function passValue(source: Buffer, at: number, end: number, depth: number): number {
  const first = at < end ? (source[at] as number) : -1;
  if (first === quote) {
    const close = closingQuote(source, at + 1, end);
    valueStart = at + 1;
    valueEnd = close < 0 ? ~close : close;
    valueForm = close < 0 ? fieldForm.escaped : fieldForm.plain;
    valueIsNull = false;
    return valueEnd + 1;
  }
  const behind =
    first === openBrace || first === openBracket
      ? passContainer(source, at, end, depth)
      : passScalar(source, at, end);
  valueIsNull = behind - at === 4 && source.readUInt32BE(at) === wordNull;
  valueStart = at;
  valueEnd = behind;
  valueForm = fieldForm.bare;
  return behind;
}

/** Passes a number, `true`, `false` or `null`. */
function passScalar(source: Buffer, start: number, end: number): number {
  const digitsEnd = afterDigits(source, start, end);
  if (digitsEnd - start > 0 && digitsEnd - start <= limits.jsonNumberBytesMax) {
    const isWhole = digitsEnd === end || isDelimiter(source[digitsEnd] as number);
    if (isWhole && (source[start] !== 0x30 || digitsEnd - start === 1)) {
      return digitsEnd;
    }
  }
  let at = start;
  while (at < end && !isDelimiter(source[at] as number)) {
    at++;
  }
  const bytes = at - start;
  if (bytes === 0 || bytes > limits.jsonNumberBytesMax) {
    throw new DecodeError(`a value in a JSON header that is none, at byte ${start}`);
  }
  const word = source.toString("latin1", start, at);
  if (!/^(true|false|null|-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?)$/.test(word)) {
    throw new DecodeError(`a value in a JSON header that is none, at byte ${start}`);
  }
  return at;
}

function afterDigits(source: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && (source[at] as number) >= 0x30 && (source[at] as number) <= 0x39) {
    at++;
  }
  return at;
}

/** Whether the byte ends a number or a word. */
function isDelimiter(byte: number): boolean {
  return byte === comma || byte === closeBrace || byte === closeBracket || byte <= 0x20;
}

function passContainer(source: Buffer, start: number, end: number, depth: number): number {
  if (depth >= depthMax) {
    throw new DecodeError(`a JSON header nested deeper than ${depthMax}`);
  }
  const isObject = source[start] === openBrace;
  const closing = isObject ? closeBrace : closeBracket;
  let at = afterSpace(source, start + 1, end);
  if (at < end && source[at] === closing) {
    return at + 1;
  }
  while (true) {
    if (isObject) {
      const close = closingQuote(source, expect(source, at, end, quote), end);
      at = afterColon(source, (close < 0 ? ~close : close) + 1, end);
    }
    at = afterSpace(source, passValue(source, at, end, depth + 1), end);
    if (at < end && source[at] === comma) {
      at = afterSpace(source, at + 1, end);
    } else if (at < end && source[at] === closing) {
      return at + 1;
    } else {
      throw new DecodeError("a JSON header without its end");
    }
  }
}

export interface HeaderValues {
  readonly code: number;
  readonly language: number;
  readonly version: number;
  readonly opaque: number;
  readonly flag: number;
  readonly remark: string | undefined;
  readonly fields: Iterable<readonly [string, string]> | undefined;
}

/** The header as Java writes it. `extFields` is always there: Java clients dereference it. */
export function encodeJsonHeader(header: HeaderValues): Buffer {
  let fields = "";
  for (const [key, value] of header.fields ?? []) {
    fields += `${fields === "" ? "" : ","}${JSON.stringify(key)}:${JSON.stringify(value)}`;
  }
  const remark = header.remark === undefined ? "" : `"remark":${JSON.stringify(header.remark)},`;
  return Buffer.from(
    `{"code":${header.code},"extFields":{${fields}},"flag":${header.flag},` +
      `"language":"${languageName(header.language)}","opaque":${header.opaque},${remark}` +
      `"serializeTypeCurrentRPC":"JSON","version":${header.version}}`,
  );
}
