/**
 * Checks UTF-8 without making strings (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
 * Java replaces bad bytes silently, so that two different names could become one; here they are refused.
 */

/** True when source[start, end) is well-formed. */
export function isUtf8(source: Buffer, start: number, end: number): boolean {
  let seen = 0;
  for (let at = start; at < end; at++) {
    seen |= source[at] as number;
  }
  if (seen < 0x80) {
    return true;
  }
  let at = start;
  while (at < end) {
    const next = (source[at] as number) < 0x80 ? at + 1 : endOfSequence(source, at, end);
    if (next < 0) {
      return false;
    }
    at = next;
  }
  return true;
}

/** Position behind the multi-byte sequence that begins at `at`, or -1 when there is none before `end`. */
export function endOfSequence(source: Buffer, at: number, end: number): number {
  const first = source[at] as number;
  const bytes = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (first < 0xc2 || first > 0xf4 || at + bytes > end) {
    return -1;
  }
  const second = source[at + 1] as number;
  if (second < lowestSecond(first) || second > highestSecond(first)) {
    return -1;
  }
  for (let rest = at + 2; rest < at + bytes; rest++) {
    if (((source[rest] as number) & 0xc0) !== 0x80) {
      return -1;
    }
  }
  return at + bytes;
}

/** Smaller second bytes would be overlong forms. */
function lowestSecond(first: number): number {
  return first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
}

/** Larger second bytes would be surrogates, or lie above U+10FFFF. */
function highestSecond(first: number): number {
  return first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
}
