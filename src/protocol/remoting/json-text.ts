/**
 * JSON strings as bytes: where one ends, what its escapes mean, and how one is written.
 *
 * Refused: an open end, raw control characters, unknown escapes, lone surrogates, bytes that are not UTF-8.
 * Both the header scanner and the body reader use these, so a string is either good for both or for none.
 */
import { DecodeError } from "../../core/error.ts";
import { endOfSequence } from "./utf8.ts";

const quote = 0x22;
const backslash = 0x5c;
const letterU = 0x75;

/**
 * Position of the quote that closes the string whose first byte is at `start`; its complement (`~`) when the
 * string has escapes.
 */
export function closingQuote(source: Buffer, start: number, end: number): number {
  const at = afterPlain(source, start, end);
  return at < end && source[at] === quote ? at : closingQuoteBehind(source, at, end);
}

/**
 * Position of the first byte from `at` on that is not plain text. Letters need two comparisons, digits and signs
 * three; and in a loop of its own nothing else is kept at hand (half the time of one loop for all: test/bench/codec.test.ts).
 */
function afterPlain(source: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const byte = source[at] as number;
    if (
      byte > backslash
        ? byte >= 0x80
        : byte > quote
          ? byte === backslash
          : byte < 0x20 || byte === quote
    ) {
      return at;
    }
    at++;
  }
  return at;
}

function closingQuoteBehind(source: Buffer, start: number, end: number): number {
  let isEscaped = false;
  let at = start;
  while (at < end) {
    const byte = source[at] as number;
    if (byte === quote) {
      return isEscaped ? ~at : at;
    }
    if (byte === backslash) {
      isEscaped = true;
      at = afterPlain(source, endOfEscape(source, at, end), end);
    } else {
      const next = byte < 0x20 ? -1 : endOfSequence(source, at, end);
      if (next < 0) {
        throw new DecodeError("a JSON string with a raw control character, or not UTF-8");
      }
      at = afterPlain(source, next, end);
    }
  }
  throw new DecodeError("a JSON string without its end");
}

/** Position behind the escape that begins at `at`; a pair of surrogates is one escape. */
function endOfEscape(source: Buffer, at: number, end: number): number {
  if (at + 1 < end && source[at + 1] === letterU) {
    const unit = escapedUnit(source, at, end);
    if (unit < 0xd800 || unit > 0xdfff) {
      return at + 6;
    }
    if (
      unit < 0xdc00 &&
      at + 7 < end &&
      source[at + 6] === backslash &&
      source[at + 7] === letterU
    ) {
      const low = escapedUnit(source, at + 6, end);
      if (low >= 0xdc00 && low <= 0xdfff) {
        return at + 12;
      }
    }
    throw new DecodeError("a lone surrogate in a JSON string");
  }
  if (at + 1 < end && simpleEscape(source[at + 1] as number) >= 0) {
    return at + 2;
  }
  throw new DecodeError("an unknown escape in a JSON string");
}

/** The UTF-16 unit of the escape \uXXXX at `at`. */
function escapedUnit(source: Buffer, at: number, end: number): number {
  if (at + 6 > end) {
    throw new DecodeError("a cut escape in a JSON string");
  }
  const unit =
    (hexDigit(source[at + 2] as number) << 12) |
    (hexDigit(source[at + 3] as number) << 8) |
    (hexDigit(source[at + 4] as number) << 4) |
    hexDigit(source[at + 5] as number);
  if (unit < 0) {
    throw new DecodeError("an escape in a JSON string without four hexadecimal digits");
  }
  return unit;
}

/** 0 to 15, or -1: or-ing a negative digit in keeps the whole number negative. */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) {
    return byte - 0x30;
  }
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** The byte that a two-character escape stands for, or -1. */
function simpleEscape(letter: number): number {
  switch (letter) {
    case 0x22:
    case 0x2f:
    case 0x5c:
      return letter;
    case 0x62:
      return 0x08;
    case 0x66:
      return 0x0c;
    case 0x6e:
      return 0x0a;
    case 0x72:
      return 0x0d;
    case 0x74:
      return 0x09;
    default:
      return -1;
  }
}

/**
 * Writes source[start, end), the inside of a string that closingQuote accepted, as UTF-8 without escapes.
 * Never writes more bytes than it reads. Returns the next position.
 */
export function unescapeInto(
  target: Buffer,
  at: number,
  source: Buffer,
  start: number,
  end: number,
): number {
  let to = at;
  let from = start;
  while (true) {
    while (from < end && source[from] !== backslash) {
      target[to++] = source[from++] as number;
    }
    if (from >= end) {
      return to;
    }
    if (source[from + 1] !== letterU) {
      target[to++] = simpleEscape(source[from + 1] as number);
      from += 2;
    } else {
      const unit = escapedUnit(source, from, end);
      if (unit < 0x80) {
        target[to++] = unit;
        from += 6;
      } else if (unit < 0xd800 || unit > 0xdfff) {
        to = writeCodePoint(target, to, unit);
        from += 6;
      } else {
        const low = escapedUnit(source, from + 6, end);
        to = writeCodePoint(target, to, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
        from += 12;
      }
    }
  }
}

function writeCodePoint(target: Buffer, at: number, point: number): number {
  if (point < 0x800) {
    target[at] = 0xc0 | (point >> 6);
    target[at + 1] = 0x80 | (point & 0x3f);
    return at + 2;
  }
  if (point < 0x10000) {
    target[at] = 0xe0 | (point >> 12);
    target[at + 1] = 0x80 | ((point >> 6) & 0x3f);
    target[at + 2] = 0x80 | (point & 0x3f);
    return at + 3;
  }
  target[at] = 0xf0 | (point >> 18);
  target[at + 1] = 0x80 | ((point >> 12) & 0x3f);
  target[at + 2] = 0x80 | ((point >> 6) & 0x3f);
  target[at + 3] = 0x80 | (point & 0x3f);
  return at + 4;
}

/** The text between the quotes of a string that closingQuote accepted. */
export function textBetween(
  source: Buffer,
  start: number,
  end: number,
  isEscaped: boolean,
): string {
  if (!isEscaped) {
    return source.toString("utf8", start, end);
  }
  const plain = Buffer.allocUnsafe(end - start);
  return plain.toString("utf8", 0, unescapeInto(plain, 0, source, start, end));
}

const hexDigits = "0123456789abcdef";

/** Most bytes writeEscaped needs for `bytes` bytes of text. */
export function escapedBytesMax(bytes: number): number {
  return bytes * 6;
}

/**
 * Writes UTF-8 bytes source[start, end) as the inside of a JSON string; returns the next position. What is not
 * UTF-8 becomes U+FFFD, so that the reply is valid whatever a foreign record contains.
 */
export function writeEscaped(
  target: Buffer,
  at: number,
  source: Buffer,
  start: number,
  end: number,
): number {
  let to = at;
  let from = start;
  while (from < end) {
    const byte = source[from] as number;
    if (byte >= 0x80) {
      const next = endOfSequence(source, from, end);
      if (next < 0) {
        to = writeCodePoint(target, to, 0xfffd);
        from++;
      } else {
        while (from < next) {
          target[to++] = source[from++] as number;
        }
      }
    } else if (byte < 0x20) {
      to += target.write(`\\u00${hexDigits[byte >> 4]}${hexDigits[byte & 15]}`, to, "latin1");
      from++;
    } else {
      if (byte === quote || byte === backslash) {
        target[to++] = backslash;
      }
      target[to++] = byte;
      from++;
    }
  }
  return to;
}
