/**
 * CRC-32 (IEEE 802.3) for the passes in AssemblyScript, over 16 bytes a step ("slicing by 16", Kounavis and Berry 2008).
 * A module that imports this has the tables at tablesAt in its memory, and calls makeTables once.
 */

export const polynomial: u32 = 0xedb88320;
/** 16 tables of 256 words: table t has what a byte with t bytes behind it says. */
export const tablesAt: usize = 1024;
const tableBytes: usize = 1024;
/** First byte behind the tables. */
export const tablesEnd: usize = tablesAt + 16 * tableBytes;

/** Makes the tables; once. */
export function makeTables(): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) {
      value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    }
    store<u32>(tablesAt + (byte << 2), value);
  }
  for (let at: usize = tablesAt; at < tablesAt + 15 * tableBytes; at += 4) {
    const value = load<u32>(at);
    store<u32>(at + tableBytes, entry(0, value << 2) ^ (value >>> 8));
  }
}

/** A word of table t; the byte to look up stands in bits 2 to 9. */
@inline
function entry(t: usize, shifted: u32): u32 {
  return load<u32>((shifted & 0x3fc) + <u32>(tablesAt + t * tableBytes));
}

/** What four bytes say that have `behind` bytes behind them (at most 12). */
@inline
export function word(behind: usize, value: u32): u32 {
  return (
    entry(behind + 3, value << 2) ^
    entry(behind + 2, value >>> 6) ^
    entry(behind + 1, value >>> 14) ^
    entry(behind, value >>> 22)
  );
}

/** The register after memory[at, end). */
export function crcOf(from: u32, at: usize, end: usize): u32 {
  let crc = from;
  for (; at + 16 <= end; at += 16) {
    crc =
      word(12, load<u32>(at) ^ crc) ^
      word(8, load<u32>(at, 4)) ^
      word(4, load<u32>(at, 8)) ^
      word(0, load<u32>(at, 12));
  }
  if (at + 8 <= end) {
    crc = word(4, load<u32>(at) ^ crc) ^ word(0, load<u32>(at, 4));
    at += 8;
  }
  if (at + 4 <= end) {
    crc = word(0, load<u32>(at) ^ crc);
    at += 4;
  }
  for (; at < end; at++) {
    crc = entry(0, (crc ^ load<u8>(at)) << 2) ^ (crc >>> 8);
  }
  return crc;
}
