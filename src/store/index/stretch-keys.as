/**
 * The keys of a stretch of the log in one pass (AssemblyScript; `make wasm` compiles it to stretch-wasm.ts): walks the
 * records, finds `UNIQ_KEY` and `KEYS` among their properties, and hashes each key as index files know it (record-keys.ts).
 * At the first record that is not plain it ends: the code that takes records one by one goes on from there.
 *
 * Layout of a record: src/record/layout.ts. All addresses lie in this module's memory; 16 bytes behind the stretch may be read.
 */
import { readWord, separatorFrom, valueEnd, valueEndFrom } from "../../record/pass-bytes";

/** The caller's ranges begin here. */
export const freeAt: i32 = 1024;
/** What is kept of a key: its record's distance from the start of the stretch, its hash, its record's store time. */
export const keyBytes: i32 = 16;
/** Bytes of the stretch that were walked. */
export let walkedBytes: i32 = 0;

const magicV1: u32 = 0xdaa320a7;
const fixedBytes: i32 = 91;
const ipv6ExtraBytes: i32 = 12;
const bornIpv6: i32 = 0x10;
const storeIpv6: i32 = 0x20;
const transactionMask: i32 = 0xc;
/** The names as they lie in memory. */
const name_UNIQ_KEY: u64 = 0x59454b5f51494e55;
const name_KEYS: u32 = 0x5359454b;
const separator: i32 = 0x23;
const space: u32 = 0x20;
/** Marks a key that is not ASCII: its hash goes over UTF-16 units. */
let isForeign: bool = false;

/** Java's String.hashCode of memory[at, end), continued from `hash`; four bytes a step, whose products wait for nothing. */
function hashOf(at: usize, end: usize, hash: i32): i32 {
  let seen: u32 = 0;
  for (; at + 4 <= end; at += 4) {
    const four = load<u32>(at);
    seen |= four;
    hash =
      hash * 923_521 +
      ((four & 0xff) * 29_791 +
        ((four >>> 8) & 0xff) * 961 +
        ((four >>> 16) & 0xff) * 31 +
        (four >>> 24));
  }
  for (; at < end; at++) {
    const byte: u32 = load<u8>(at);
    seen |= byte;
    hash = hash * 31 + byte;
  }
  isForeign = isForeign || (seen & 0x80808080) !== 0;
  return hash;
}

@inline
function storeKey(out: usize, distance: i32, hash: i32, storedMs: f64): void {
  store<i32>(out, distance);
  store<i32>(out, hash < 0 ? -hash & 0x7fffffff : hash, 4);
  store<f64>(out, storedMs, 8);
}

/**
 * Notes at `out` the keys, at most `keysMax`, of the records that begin at memory[start) and lie whole before `end`, the
 * first at `offset` of the log. Returns how many; `walkedBytes` says how far it came.
 */
export function read(start: usize, end: usize, offset: f64, out: usize, keysMax: i32): i32 {
  let at = start;
  let physical = <u64>offset;
  let count: i32 = 0;
  isForeign = false;
  while (at < end) {
    const room = <i32>(end - at);
    if (room < fixedBytes) {
      break;
    }
    const bytes = readWord(at);
    if (bytes < fixedBytes || bytes > room || readWord(at + 4) !== magicV1) {
      break;
    }
    const flags = readWord(at + 36);
    // A time from 2^53 on, like everything here that is not plain, is for others to refuse.
    if ((flags & transactionMask) !== 0 || bswap<u64>(load<u64>(at + 28)) !== physical) {
      break;
    }
    const storedAt = at + 56 + (flags & bornIpv6 ? ipv6ExtraBytes : 0);
    if (<u32>readWord(storedAt) >= 0x200000) {
      break;
    }
    const bodyAt = storedAt + 32 + (flags & storeIpv6 ? ipv6ExtraBytes : 0);
    const stop = at + bytes;
    const bodyBytes = readWord(bodyAt - 4);
    if (bodyBytes < 0 || bodyBytes > <i32>(stop - bodyAt) - 3) {
      break;
    }
    const topicAt = bodyAt + bodyBytes + 1;
    const topicEnd = topicAt + load<u8>(topicAt - 1);
    const propertiesAt = topicEnd + 2;
    if (propertiesAt > stop || propertiesAt + bswap<u16>(load<u16>(topicEnd)) !== stop) {
      break;
    }
    let uniqueAt: usize = 0;
    let uniqueEnd: usize = 0;
    let keysAt: usize = 0;
    let keysEnd: usize = 0;
    let next = propertiesAt;
    while (next < stop) {
      const name = next;
      const nameStop = separatorFrom(next, stop);
      next = nameStop + 1;
      if (nameStop === stop || <u32>load<u8>(nameStop) === valueEnd) {
        continue;
      }
      const value = next;
      const valueStop = valueEndFrom(value, stop);
      next = valueStop + 1;
      if (valueStop === value) {
        continue;
      }
      if (nameStop - name === 8 && load<u64>(name) === name_UNIQ_KEY) {
        uniqueAt = value;
        uniqueEnd = valueStop;
      } else if (nameStop - name === 4 && load<u32>(name) === name_KEYS) {
        keysAt = value;
        keysEnd = valueStop;
      }
    }
    if (uniqueAt !== 0 || keysAt !== 0) {
      const before = count;
      const distance = <i32>(at - start);
      const storedMs = <f64>bswap<i64>(load<i64>(storedAt));
      const from = hashOf(topicAt, topicEnd, 0) * 31 + separator;
      let isWhole = true;
      if (uniqueAt !== 0) {
        isWhole = count < keysMax;
        if (isWhole) {
          const to = out + count++ * keyBytes;
          storeKey(to, distance, hashOf(uniqueAt, uniqueEnd, from), storedMs);
        }
      }
      let word = keysAt;
      while (word < keysEnd && isWhole) {
        let wordEnd = word;
        while (wordEnd < keysEnd && <u32>load<u8>(wordEnd) !== space) {
          wordEnd++;
        }
        if (wordEnd > word) {
          isWhole = count < keysMax;
          if (isWhole) {
            const to = out + count++ * keyBytes;
            storeKey(to, distance, hashOf(word, wordEnd, from), storedMs);
          }
        }
        word = wordEnd + 1;
      }
      if (!isWhole || isForeign) {
        count = before;
        break;
      }
    }
    at = stop;
    physical += bytes;
  }
  walkedBytes = <i32>(at - start);
  return count;
}
