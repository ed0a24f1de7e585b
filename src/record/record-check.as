/**
 * Checks a stretch of the log in one pass (AssemblyScript; `make wasm` compiles it to check-wasm.ts): lengths, places and
 * checksums of its records, as decode.ts does record by record, and notes of each what its queue should say of it. At the
 * first record that is rare or not whole it ends: the code that takes records one by one goes on from there.
 *
 * Layout of a record: layout.ts. All addresses lie in this module's memory; 16 bytes behind the stretch may be read.
 */
import { nameEnd, readWord, separatorFrom, valueEnd, valueEndFrom } from "./pass-bytes";
import { crcOf, makeTables, tablesEnd } from "./pass-crc32";

/** The caller's ranges begin here. */
export const freeAt: i32 = <i32>tablesEnd;
/**
 * What is kept of a record. Words: distance from the start of the stretch, bytes, queue id, marks, tag hash, distance of the
 * topic, its bytes, one unused; then the queue offset as a double.
 */
export const factBytes: i32 = 40;
/** Marks: it has a checksum over the whole; consumers see it (no half message); its topic is that of the record before. */
const markChecksum: i32 = 1;
const markDispatched: i32 = 2;
const markSameTopic: i32 = 4;
/** Bytes of the stretch that were walked. */
export let walkedBytes: i32 = 0;

const magicV1: u32 = 0xdaa320a7;
const fixedBytes: i32 = 91;
const ipv6ExtraBytes: i32 = 12;
const bornIpv6: i32 = 0x10;
const storeIpv6: i32 = 0x20;
const transactionPrepared: i32 = 0x4;
/** Batches that readers take apart, and those that take several offsets. */
const batchMask: i32 = 0xc0;
const checksumBytes: usize = 20;
/** Names as they lie in memory: `__CRC32#`, `TAGS`, and how `INNER_MULTI_DISPATCH` begins. */
const name_CRC32: u64 = 0x2332334352435f5f;
const name_TAGS: u32 = 0x53474154;
const startOf_INNER_MULTI: u64 = 0x554d5f52454e4e49;

export function setUp(): void {
  makeTables();
}

/** Set by `tagHashOf` when the record stands in light queues as well, or when its tag is not ASCII. */
let isRare: bool = false;

/** Java's hash of the tag among the properties memory[at, end), 0 without one. */
function tagHashOf(at: usize, end: usize): i32 {
  let hash: i32 = 0;
  while (at < end) {
    const name = at;
    const nameStop = separatorFrom(at, end);
    at = nameStop + 1;
    if (nameStop >= end || <u32>load<u8>(nameStop) === valueEnd) {
      continue;
    }
    const value = at;
    const valueStop = valueEndFrom(value, end);
    at = valueStop + 1;
    if (valueStop === value) {
      continue;
    }
    const nameBytes = nameStop - name;
    if (nameBytes === 4 && load<u32>(name) === name_TAGS) {
      hash = 0;
      for (let each = value; each < valueStop; each++) {
        const byte: i32 = load<u8>(each);
        isRare = isRare || byte >= 0x80;
        hash = hash * 31 + byte;
      }
    } else if (nameBytes === 20 && load<u64>(name) === startOf_INNER_MULTI) {
      isRare = true;
    }
  }
  return hash;
}

/** Bytes of memory[at, at + 20) that a checksum's property has at the same place: 10 for a whole one. */
function checksumMarks(at: usize): i32 {
  let marks = i32(load<u8>(at, 19) === valueEnd) + i32(load<u8>(at, 8) === nameEnd);
  const different = load<u64>(at) ^ name_CRC32;
  for (let shift: u64 = 0; shift < 64; shift += 8) {
    marks += i32(((different >>> shift) & 0xff) === 0);
  }
  return marks;
}

/** Ten decimal digits, least significant first; whatever stands there. */
function digitsAt(at: usize): i64 {
  let value: i64 = 0;
  for (let index: i32 = 9; index >= 0; index--) {
    value = value * 10 + (<i64>load<u8>(at + index) - 0x30);
  }
  return value;
}

/** Bytes of two ranges are equal; their lengths are. */
function isEqual(a: usize, b: usize, bytes: i32): bool {
  for (let at: i32 = 0; at < bytes; at++) {
    if (load<u8>(a + at) !== load<u8>(b + at)) {
      return false;
    }
  }
  return true;
}

/**
 * Checks the records that begin at memory[start) and lie whole before `end`, the first at `offset` of the log, and notes
 * them at `facts`, at most `countMax`. Returns how many; `walkedBytes` says how far it came.
 */
export function check(start: usize, end: usize, offset: f64, facts: usize, countMax: i32): i32 {
  let at = start;
  let physical = <u64>offset;
  let count: i32 = 0;
  let lastTopicAt: usize = 0;
  let lastTopicBytes: i32 = -1;
  isRare = false;
  while (count < countMax) {
    const room = <i32>(end - at);
    if (room < fixedBytes) {
      break;
    }
    const bytes = readWord(at);
    if (bytes < fixedBytes || bytes > room || readWord(at + 4) !== magicV1) {
      break;
    }
    const flags = readWord(at + 36);
    const queueOffset = bswap<u64>(load<u64>(at + 20));
    if (
      (flags & batchMask) !== 0 ||
      bswap<u64>(load<u64>(at + 28)) !== physical ||
      queueOffset >= 0x20000000000000
    ) {
      break;
    }
    const storedAt = at + 56 + (flags & bornIpv6 ? ipv6ExtraBytes : 0);
    const bodyAt = storedAt + 32 + (flags & storeIpv6 ? ipv6ExtraBytes : 0);
    const stop = at + bytes;
    const bodyBytes = readWord(bodyAt - 4);
    if (bodyBytes < 0 || bodyBytes > <i32>(stop - bodyAt) - 3) {
      break;
    }
    const topicAt = bodyAt + bodyBytes + 1;
    const topicBytes: i32 = load<u8>(topicAt - 1);
    const topicEnd = topicAt + topicBytes;
    const propertiesAt = topicEnd + 2;
    if (propertiesAt > stop || propertiesAt + bswap<u16>(load<u16>(topicEnd)) !== stop) {
      break;
    }
    let marks: i32 = 0;
    const checksumAt = stop - checksumBytes;
    const found = checksumAt < propertiesAt ? 0 : checksumMarks(checksumAt);
    if (found === 10) {
      const crc = ~crcOf(0xffffffff, at, checksumAt) & 0x7fffffff;
      if (digitsAt(checksumAt + 9) !== <i64>crc) {
        break;
      }
      marks = markChecksum;
    } else {
      const crc = ~crcOf(0xffffffff, bodyAt, bodyAt + bodyBytes) & 0x7fffffff;
      const endsInZero = stop > propertiesAt && load<u8>(stop - 1) === 0;
      if (found === 9 || endsInZero || readWord(at + 8) !== <i32>crc) {
        break;
      }
    }
    const tagHash = tagHashOf(propertiesAt, stop);
    if (isRare) {
      break;
    }
    // The bit stands for a half message and, with that of commits, for one that was rolled back.
    if ((flags & transactionPrepared) === 0) {
      marks |= markDispatched;
    }
    if (topicBytes === lastTopicBytes && isEqual(topicAt, lastTopicAt, topicBytes)) {
      marks |= markSameTopic;
    }
    lastTopicAt = topicAt;
    lastTopicBytes = topicBytes;
    const fact = facts + count * factBytes;
    store<i32>(fact, <i32>(at - start));
    store<i32>(fact, bytes, 4);
    store<i32>(fact, readWord(at + 12), 8);
    store<i32>(fact, marks, 12);
    store<i32>(fact, tagHash, 16);
    store<i32>(fact, <i32>(topicAt - start), 20);
    store<i32>(fact, topicBytes, 24);
    store<f64>(fact, <f64>queueOffset, 32);
    count++;
    at = stop;
    physical += bytes;
  }
  walkedBytes = <i32>(at - start);
  return count;
}
