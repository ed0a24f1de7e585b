/**
 * The records of a whole batch in one pass (AssemblyScript; `make wasm` compiles it to batch-wasm.ts): every byte of a
 * message is looked at for its properties, copied and summed up here, 500 messages a call. What is rare, or refused, is
 * left to the code that takes messages one by one: it says what is wrong.
 *
 * Layouts: batch.ts (what comes in) and layout.ts (what goes out). All addresses lie in this module's memory; the
 * caller places the ranges, none overlap, and 16 bytes behind each may be read and overwritten.
 *
 * A register of a CRC is linear in what it has seen, so what the head and the body of a record have to say is computed apart
 * and put together by a multiplication with x^(8·bytes) modulo the polynomial (zlib's `crc32_combine`): the body is summed
 * up once for two checksums, and of the head only the three words that differ between the messages of a batch.
 */
import { readWord, separatorFrom, valueEnd, valueEndFrom } from "./pass-bytes";
import { crcOf, makeTables, polynomial, tablesEnd, word } from "./pass-crc32";

/** 4 tables of 256 words: multiplication with x^(8·shiftBytes). */
const shiftAt: usize = tablesEnd;
const shiftTableBytes: usize = 1024;
/** The caller's ranges begin here. */
export const freeAt: i32 = <i32>(shiftAt + 4 * shiftTableBytes);

const comma: u32 = 0x2c;
const innerHeadBytes: i32 = 20;
const checksumBytes: i32 = 20;
/** Longer properties may have no room for a checksum. */
const propertiesBytesMax: i32 = 32_700;

/** What is kept of a message: seven words and a spare one. */
export const factBytes: i32 = 32;

/** Bytes of the records of the last batch that was read, but for what each has in common. */
export let variableBytes: i32 = 0;

/** Shorter bodies are summed up twice: two tables more in the cache cost as much. */
const shiftFromBytes: i32 = 48;
let shiftBytes: i32 = -1;
let shiftBodyBytes: i32 = -1;
let shiftHeadBytes: i32 = -1;
/** x^(8·bytes of a body), to move a head's register over it. */
let bodyFactor: u32 = 0;
let lastBodyBytes: i32 = -1;

/** Makes the tables; once. */
export function setUp(): void {
  makeTables();
}

/** Product of two polynomials modulo the one of CRC-32, bits reflected. */
function multiply(a: u32, b: u32): u32 {
  let product: u32 = 0;
  let factor = b;
  for (let bit: u32 = 0x80000000; bit !== 0; bit >>>= 1) {
    if (a & bit) {
      product ^= factor;
    }
    factor = factor & 1 ? (factor >>> 1) ^ polynomial : factor >>> 1;
  }
  return product;
}

/** x^(8·bytes). */
function powerOf(bytes: i32): u32 {
  let power: u32 = 0x80000000;
  let square: u32 = 0x00800000;
  for (let rest = bytes; rest > 0; rest >>>= 1) {
    if (rest & 1) {
      power = multiply(square, power);
    }
    square = multiply(square, square);
  }
  return power;
}

/** Tables that move a register over the rest of a head and a body of the given size. */
function prepareShift(headBytes: i32, bodyBytes: i32): void {
  shiftHeadBytes = headBytes;
  shiftBodyBytes = bodyBytes;
  bodyFactor = powerOf(bodyBytes);
  const factor = powerOf(headBytes - variedEnd + bodyBytes);
  for (let table: usize = 0; table < 4; table++) {
    const base = shiftAt + table * shiftTableBytes;
    store<u32>(base, 0);
    for (let bit: usize = 0; bit < 8; bit++) {
      const value = multiply(factor, <u32>1 << <u32>(table * 8 + bit));
      const half: usize = <usize>4 << bit;
      for (let index: usize = 0; index < half; index += 4) {
        store<u32>(base + half + index, load<u32>(base + index) ^ value);
      }
    }
  }
}

@inline
function shiftEntry(table: usize, shifted: u32): u32 {
  return load<u32>((shifted & 0x3fc) + <u32>(shiftAt + table * shiftTableBytes));
}

@inline
function shift(value: u32): u32 {
  return (
    shiftEntry(0, value << 2) ^
    shiftEntry(1, value >>> 6) ^
    shiftEntry(2, value >>> 14) ^
    shiftEntry(3, value >>> 22)
  );
}

/** Copies in steps of 16 bytes, so up to 15 more than asked for. */
@inline
function copy(to: usize, from: usize, bytes: i32): void {
  for (let at: i32 = 0; at < bytes; at += 16) {
    v128.store(to + at, v128.load(from + at));
  }
}

@inline
function writeWord(at: usize, value: u32): void {
  store<u32>(at, bswap<u32>(value));
}

/** Two letters as they lie in memory. */
const startOf_TA: u32 = 0x4154;
const endOf_TAGS: u32 = 0x5347;
/** Timers, transactions, delays, what only a store writes, what a pop leaves: never for this pass. */
@inline
function isLeft(start: u32): bool {
  return (
    start === 0x4954 ||
    start === 0x5254 ||
    start === 0x4544 ||
    start === 0x5f5f ||
    start === 0x4f50
  );
}

/** Set by `tagHashOf` when the properties are not for this pass. */
let isRefused: bool = false;

/** Java's hash of the tag among the properties memory[at, end), 0 without one. */
function tagHashOf(at: usize, end: usize): i32 {
  let hash: i32 = 0;
  while (at < end) {
    const name = at;
    const nameStop = separatorFrom(at, end);
    if (nameStop === end || load<u8>(nameStop) === valueEnd) {
      at = nameStop + 1;
      continue;
    }
    const value = nameStop + 1;
    const valueStop = valueEndFrom(value, end);
    at = valueStop + 1;
    if (nameStop - name < 2 || valueStop === value) {
      continue;
    }
    const start: u32 = load<u16>(name);
    if (start === startOf_TA) {
      if (nameStop - name === 4 && <u32>load<u16>(name, 2) === endOf_TAGS) {
        hash = 0;
        for (let each = value; each < valueStop; each++) {
          const byte: i32 = load<u8>(each);
          isRefused = isRefused || byte >= 0x80;
          hash = hash * 31 + byte;
        }
      }
    } else if (isLeft(start)) {
      isRefused = true;
    }
  }
  return hash;
}

/**
 * Reads the batch at memory[start, end) and notes each message at `facts`: start of its body, bytes of the body, bytes of
 * its properties, flag, tag hash, bytes that are its own of its record. Returns the messages, or -1 for a batch that is
 * not for this pass.
 */
export function read(start: usize, end: usize, facts: usize, countMax: i32): i32 {
  let at = start;
  let fact = facts;
  let count: i32 = 0;
  isRefused = false;
  variableBytes = 0;
  while (at < end) {
    const room = <i32>(end - at);
    if (room < innerHeadBytes + 2 || count === countMax) {
      return -1;
    }
    const bytes = readWord(at);
    const bodyBytes = readWord(at + 16);
    if (bytes < innerHeadBytes + 2 || bytes > room) {
      return -1;
    }
    if (bodyBytes < 0 || bodyBytes > bytes - innerHeadBytes - 2) {
      return -1;
    }
    const bodyAt = at + innerHeadBytes;
    const propertiesAt = bodyAt + bodyBytes + 2;
    const propertiesBytes: i32 = bswap<u16>(load<u16>(propertiesAt - 2));
    at += bytes;
    if (propertiesBytes > propertiesBytesMax || propertiesAt + propertiesBytes !== at) {
      return -1;
    }
    const needsSeparator = propertiesBytes > 0 && <u32>load<u8>(at - 1) !== valueEnd;
    const own = bodyBytes + propertiesBytes + i32(needsSeparator) + checksumBytes;
    store<u32>(fact, <u32>bodyAt);
    store<i32>(fact, bodyBytes, 4);
    store<i32>(fact, propertiesBytes, 8);
    store<i32>(fact, readWord(bodyAt - 8), 12);
    store<i32>(fact, tagHashOf(propertiesAt, at), 16);
    store<i32>(fact, own, 20);
    variableBytes += own;
    fact += factBytes;
    count++;
  }
  return isRefused ? -1 : count;
}

/** Positions in a record's head of the words that differ between the messages of a batch, and their end. */
const bodyCrcAt: usize = 8;
const flagAt: usize = 16;
const queueOffsetAt: usize = 20;
const physicalOffsetAt: usize = 28;
const variedEnd: i32 = 36;

/** Of which message the register below is: the words of a head that seldom differ. */
let knownRecordBytes: i32 = -1;
let knownFlag: i32 = 0;
let knownQueueHigh: u32 = 0;
let knownPhysicalHigh: u32 = 0;
/** The register after head and body, had the three words that always differ and the body been zeros. */
let knownRegister: u32 = 0;

/** The register after the head at `head` and a body of zeros, the three words left out. */
function registerOf(head: usize, headBytes: i32): u32 {
  const bodyCrc = load<u32>(head + bodyCrcAt);
  const queueLow = load<u32>(head + queueOffsetAt + 4);
  const physicalLow = load<u32>(head + physicalOffsetAt + 4);
  store<u32>(head + bodyCrcAt, 0);
  store<u32>(head + queueOffsetAt + 4, 0);
  store<u32>(head + physicalOffsetAt + 4, 0);
  const register = multiply(bodyFactor, crcOf(0xffffffff, head, head + headBytes) ^ 0xffffffff);
  store<u32>(head + bodyCrcAt, bodyCrc);
  store<u32>(head + queueOffsetAt + 4, queueLow);
  store<u32>(head + physicalOffsetAt + 4, physicalLow);
  return register;
}

/** Upper-case hexadecimal digits of a number, at memory[at, at + 16). */
@inline
function writeHex(at: usize, value: u64): void {
  const bytes = i64x2.splat(<i64>bswap<u64>(value));
  const high = v128.and(i16x8.shr_u(bytes, 4), i8x16.splat(15));
  const low = v128.and(bytes, i8x16.splat(15));
  const digits = v128.shuffle<i8>(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const letters = i8x16(48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 65, 66, 67, 68, 69, 70);
  v128.store(at, v128.swizzle(letters, digits));
}

/**
 * Writes the records of the messages at `facts` to `to`, back to back, and at `ids` the message id of each with a comma
 * behind it: `idHost`, the broker's address as its first digits, and the record's offset. `head` has the bytes of a record before its body,
 * `topic` the topic with its length, `checksumName` the name of the checksum's property with its separator (nine bytes).
 */
export function encode(
  facts: usize,
  count: i32,
  to: usize,
  head: usize,
  headBytes: i32,
  topic: usize,
  topicBytes: i32,
  checksumName: usize,
  ids: usize,
  idHost: usize,
  idHostBytes: i32,
  queueOffset: f64,
  physicalOffset: f64,
): void {
  const commonBytes = headBytes + topicBytes + 2;
  let queue = <u64>queueOffset;
  let physical = <u64>physicalOffset;
  let fact = facts;
  knownRecordBytes = -1;
  for (let index: i32 = 0; index < count; index++, fact += factBytes) {
    const body: usize = load<u32>(fact);
    const bodyBytes = load<i32>(fact, 4);
    const propertiesBytes = load<i32>(fact, 8);
    const flag = load<i32>(fact, 12);
    const ownBytes = load<i32>(fact, 20);
    const recordBytes = commonBytes + ownBytes;
    const bodyCrc = crcOf(0xffffffff, body, body + bodyBytes);
    copy(to, head, headBytes);
    writeWord(to, recordBytes);
    writeWord(to + bodyCrcAt, ~bodyCrc & 0x7fffffff);
    writeWord(to + flagAt, flag);
    store<u64>(to + queueOffsetAt, bswap<u64>(queue));
    store<u64>(to + physicalOffsetAt, bswap<u64>(physical));
    const bodyTo = to + headBytes;
    writeWord(bodyTo - 4, bodyBytes);
    copy(bodyTo, body, bodyBytes);
    const topicTo = bodyTo + bodyBytes;
    let crc: u32 = 0;
    if (bodyBytes >= shiftFromBytes && (bodyBytes === lastBodyBytes || bodyBytes === shiftBodyBytes)) {
      if (bodyBytes !== shiftBodyBytes || headBytes !== shiftHeadBytes) {
        prepareShift(headBytes, bodyBytes);
        knownRecordBytes = -1;
      }
      const queueHigh = <u32>(queue >>> 32);
      const physicalHigh = <u32>(physical >>> 32);
      if (
        recordBytes !== knownRecordBytes ||
        flag !== knownFlag ||
        queueHigh !== knownQueueHigh ||
        physicalHigh !== knownPhysicalHigh
      ) {
        knownRecordBytes = recordBytes;
        knownFlag = flag;
        knownQueueHigh = queueHigh;
        knownPhysicalHigh = physicalHigh;
        knownRegister = registerOf(to, headBytes);
      }
      const atQueueOffset = word(12, load<u32>(to + bodyCrcAt));
      const atVariedEnd =
        word(8, atQueueOffset ^ load<u32>(to + queueOffsetAt + 4)) ^
        word(0, load<u32>(to + physicalOffsetAt + 4));
      crc = bodyCrc ^ knownRegister ^ shift(atVariedEnd);
    } else {
      lastBodyBytes = bodyBytes;
      crc = crcOf(0xffffffff, to, topicTo);
    }
    copy(topicTo, topic, topicBytes);
    let next = topicTo + topicBytes;
    store<u16>(next, bswap<u16>(<u16>(ownBytes - bodyBytes)));
    next += 2;
    copy(next, body + bodyBytes + 2, propertiesBytes);
    next += propertiesBytes;
    if (ownBytes - bodyBytes - propertiesBytes > checksumBytes) {
      store<u8>(next++, valueEnd);
    }
    writeChecksum(next, checksumName, ~crcOf(crc, topicTo, next) & 0x7fffffff);
    copy(ids, idHost, idHostBytes);
    ids += idHostBytes;
    writeHex(ids, physical);
    store<u8>(ids, comma, 16);
    ids += 17;
    to += recordBytes;
    queue++;
    physical += <u64>recordBytes;
  }
}

/** The checksum's property: name, ten decimal digits, least significant first, separator. */
@inline
function writeChecksum(at: usize, name: usize, crc: u32): void {
  store<u64>(at, load<u64>(name));
  store<u8>(at, load<u8>(name, 8), 8);
  let rest = crc;
  for (let digit: usize = 9; digit < 19; digit++) {
    const tenth = rest / 10;
    store<u8>(at + digit, <u8>(0x30 + rest - tenth * 10));
    rest = tenth;
  }
  store<u8>(at, valueEnd, 19);
}
