/** Decimal integers as bytes: the form of every number in remoting's ext fields and JSON headers. */

const zero = 0x30;
const minus = 0x2d;

/** The int32 written in source[start, end); NaN for anything else. */
export function readDecimalInt32(source: Buffer, start: number, end: number): number {
  const value = readDecimal(source, start, end);
  return value === (value | 0) ? value : Number.NaN;
}

/** The integer written in source[start, end) when fewer than 16 digits hold it; NaN for anything else. */
export function readDecimal(source: Buffer, start: number, end: number): number {
  const isNegative = start < end && source[start] === minus;
  const first = isNegative ? start + 1 : start;
  if (first >= end || end - first > 15) {
    return Number.NaN;
  }
  let value = 0;
  for (let at = first; at < end; at++) {
    const digit = (source[at] as number) - zero;
    if (digit < 0 || digit > 9) {
      return Number.NaN;
    }
    value = value * 10 + digit;
  }
  return isNegative && value !== 0 ? -value : value;
}

/** Most bytes that writeDecimal needs: a sign and the 16 digits of 2^53. */
export const decimalBytesMax = 17;

/** Writes an integer between -2^53 and 2^53; returns the next position. */
export function writeDecimal(target: Buffer, at: number, value: number): number {
  if (value < 0) {
    target[at] = minus;
    return writeDecimal(target, at + 1, -value);
  }
  if (value < 10) {
    target[at] = zero + value;
    return at + 1;
  }
  const end = at + digitCount(value);
  let position = end;
  let rest = value;
  while (rest >= 0x4000_0000) {
    const quotient = Math.floor(rest / 10);
    target[--position] = zero + (rest - quotient * 10);
    rest = quotient;
  }
  let small = rest | 0;
  while (position > at) {
    const quotient = (small / 10) | 0;
    target[--position] = zero + (small - quotient * 10);
    small = quotient;
  }
  return end;
}

function digitCount(value: number): number {
  let digits = 1;
  for (let bound = 10; value >= bound; bound *= 10) {
    digits++;
  }
  return digits;
}
