/**
 * 64-bit integers as numbers. Offsets, sizes and times stay below 2^53 for a broker's lifetime
 * (decision 0003); what may be larger (identities, foreign times) stays bytes or text.
 */
import { DecodeError } from "./error.ts";

/** Java's Long.MAX_VALUE as it travels in text: "no upper end" in queries. */
export const longMaxText = "9223372036854775807";

/** Reads an offset, size or time. Numbers hold them exactly below 2^53. */
export function readInt64(source: Buffer, at: number): number {
  const high = source.readUInt32BE(at);
  if (high >= 0x20_0000) {
    throw new DecodeError("an int64 above 2^53");
  }
  return high * 0x1_0000_0000 + source.readUInt32BE(at + 4);
}

/** Writes a non-negative integer below 2^53; returns the next position. */
export function writeInt64(target: Buffer, at: number, value: number): number {
  const high = (value / 0x1_0000_0000) | 0;
  target[at] = high >>> 24;
  target[at + 1] = high >>> 16;
  target[at + 2] = high >>> 8;
  target[at + 3] = high;
  target[at + 4] = value >>> 24;
  target[at + 5] = value >>> 16;
  target[at + 6] = value >>> 8;
  target[at + 7] = value;
  return at + 8;
}
