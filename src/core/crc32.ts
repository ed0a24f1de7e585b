/**
 * CRC-32 (IEEE 802.3), masked to 31 bits as RocketMQ stores it.
 *
 * Short ranges are computed here, eight bytes a step over eight tables; long ones by Bun's vector code,
 * whose call and view cost about 120 ns before the first byte (test/bench/codec).
 */
import { hash } from "bun";

const nativeFromBytes = 160;
const mask = 0x7fffffff;

const t0 = firstTable();
const t1 = nextTable(t0);
const t2 = nextTable(t1);
const t3 = nextTable(t2);
const t4 = nextTable(t3);
const t5 = nextTable(t4);
const t6 = nextTable(t5);
const t7 = nextTable(t6);

/** CRC of source[start, end), masked to 31 bits. */
export function crc32(source: Buffer, start: number, end: number): number {
  if (end - start >= nativeFromBytes) {
    return hash.crc32(source.subarray(start, end)) & mask;
  }
  let crc = -1;
  let at = start;
  for (; at + 8 <= end; at += 8) {
    const low = crc ^ word(source, at);
    const high = word(source, at + 4);
    crc =
      entry(t7, low) ^
      entry(t6, low >>> 8) ^
      entry(t5, low >>> 16) ^
      entry(t4, low >>> 24) ^
      entry(t3, high) ^
      entry(t2, high >>> 8) ^
      entry(t1, high >>> 16) ^
      entry(t0, high >>> 24);
  }
  for (; at < end; at++) {
    crc = entry(t0, crc ^ (source[at] as number)) ^ (crc >>> 8);
  }
  return ~crc & mask;
}

/** Four bytes, least significant first. */
function word(source: Buffer, at: number): number {
  return (
    (source[at] as number) |
    ((source[at + 1] as number) << 8) |
    ((source[at + 2] as number) << 16) |
    ((source[at + 3] as number) << 24)
  );
}

function entry(table: Int32Array, index: number): number {
  return table[index & 0xff] as number;
}

function firstTable(): Int32Array {
  const table = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) {
      value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    }
    table[byte] = value;
  }
  return table;
}

/** The table for a byte one place further from the end. */
function nextTable(table: Int32Array): Int32Array {
  return table.map((value) => entry(t0, value) ^ (value >>> 8));
}
