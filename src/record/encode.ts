/** Writes one record in the layout of layout.ts, once, at its final place. */
import { crc32 } from "../core/crc32.ts";
import { writeInt64 } from "../core/int64.ts";
import { limits } from "../core/limits.ts";
import {
  blankMagic,
  checksumBytes,
  checksumDigits,
  checksumName,
  fixedBytes,
  ipv6ExtraBytes,
  nameEnd,
  recordMagicV1,
  recordMagicV2,
  sysFlag,
  valueEnd,
} from "./layout.ts";

/** What a record is made of, but for what its place in the log decides. */
export interface RecordParts {
  flag: number;
  sysFlag: number;
  reconsumeTimes: number;
  preparedTransactionOffset: number;
  bornTimestampHigh: number;
  bornTimestampLow: number;
  bornHost: Buffer;
  body: Buffer;
  bodyStart: number;
  bodyEnd: number;
  properties: Buffer;
  propertiesStart: number;
  propertiesEnd: number;
}

/** Where a record goes. */
export interface RecordPlace {
  topicBytes: Buffer;
  queueId: number;
  queueOffset: number;
  physicalOffset: number;
  storeTimestampMs: number;
  storeHost: Buffer;
}

/** Fixed fields but for the lengths behind the body. */
const headBytesV4 = fixedBytes - 3;

const checksumNameBytes = Buffer.from(checksumName, "latin1");

/** Bytes of properties as stored: with the separator that the checksum needs before it, and the checksum. */
function storedPropertiesBytes(parts: RecordParts): number {
  const plain = parts.propertiesEnd - parts.propertiesStart;
  const withChecksum = plain + (needsSeparator(parts) ? 1 : 0) + checksumBytes;
  return withChecksum <= limits.propertiesBytesMax ? withChecksum : plain;
}

function needsSeparator(parts: RecordParts): boolean {
  return (
    parts.propertiesEnd > parts.propertiesStart &&
    parts.properties[parts.propertiesEnd - 1] !== valueEnd
  );
}

/** Size of the record in bytes. */
export function recordBytes(parts: RecordParts, topicBytes: Buffer, storeHost: Buffer): number {
  return (
    headBytes(parts.bornHost, storeHost) +
    (topicBytes.length > limits.topicBytesMax ? 2 : 1) +
    topicBytes.length +
    2 +
    (parts.bodyEnd - parts.bodyStart) +
    storedPropertiesBytes(parts)
  );
}

/** Bytes of a record before its body. */
export function headBytes(bornHost: Buffer, storeHost: Buffer): number {
  return (
    headBytesV4 +
    (bornHost.length > 8 ? ipv6ExtraBytes : 0) +
    (storeHost.length > 8 ? ipv6ExtraBytes : 0)
  );
}

/** Writes the record of `bytes` (from recordBytes) at target[at); every byte is written. Returns the next position. */
export function encodeRecord(
  target: Buffer,
  at: number,
  parts: RecordParts,
  place: RecordPlace,
  bytes: number,
): number {
  const { topicBytes } = place;
  const bodyCrc = crc32(parts.body, parts.bodyStart, parts.bodyEnd);
  let next = encodeHead(target, at, parts, place, bytes, bodyCrc);
  next += parts.body.copy(target, next, parts.bodyStart, parts.bodyEnd);
  if (topicBytes.length > limits.topicBytesMax) {
    target[next++] = topicBytes.length >>> 8;
  }
  target[next++] = topicBytes.length & 0xff;
  next = copyShort(topicBytes, target, next);
  return writeProperties(target, at, next, parts);
}

/** Writes what comes before the body, its length included; returns where the body goes. */
export function encodeHead(
  target: Buffer,
  at: number,
  parts: RecordParts,
  place: RecordPlace,
  bytes: number,
  bodyCrc: number,
): number {
  const { storeHost } = place;
  const isLongTopic = place.topicBytes.length > limits.topicBytesMax;
  writeWord(target, at, bytes);
  writeWord(target, at + 4, isLongTopic ? recordMagicV2 : recordMagicV1);
  writeWord(target, at + 8, bodyCrc);
  writeWord(target, at + 12, place.queueId);
  writeWord(target, at + 16, parts.flag);
  writeInt64(target, at + 20, place.queueOffset);
  writeInt64(target, at + 28, place.physicalOffset);
  writeWord(target, at + 36, storedSysFlag(parts, storeHost));
  writeWord(target, at + 40, parts.bornTimestampHigh);
  writeWord(target, at + 44, parts.bornTimestampLow);
  let next = copyShort(parts.bornHost, target, at + 48);
  next = writeInt64(target, next, place.storeTimestampMs);
  next = copyShort(storeHost, target, next);
  writeWord(target, next, parts.reconsumeTimes);
  next = writeInt64(target, next + 4, parts.preparedTransactionOffset);
  writeWord(target, next, parts.bodyEnd - parts.bodyStart);
  return next + 4;
}

function storedSysFlag(parts: RecordParts, storeHost: Buffer): number {
  const addresses =
    (parts.bornHost.length > 8 ? sysFlag.bornHostIpv6 : 0) |
    (storeHost.length > 8 ? sysFlag.storeHostIpv6 : 0);
  return (parts.sysFlag & ~(sysFlag.bornHostIpv6 | sysFlag.storeHostIpv6)) | addresses;
}

function writeProperties(target: Buffer, start: number, at: number, parts: RecordParts): number {
  const bytes = storedPropertiesBytes(parts);
  const plainBytes = parts.propertiesEnd - parts.propertiesStart;
  target[at] = bytes >>> 8;
  target[at + 1] = bytes & 0xff;
  let next = at + 2;
  next += parts.properties.copy(target, next, parts.propertiesStart, parts.propertiesEnd);
  if (bytes === plainBytes) {
    return next;
  }
  if (needsSeparator(parts)) {
    target[next++] = valueEnd;
  }
  return writeChecksum(target, start, next);
}

/** Appends the checksum of target[start, at): decimal digits, least significant first (RocketMQ 5). */
export function writeChecksum(target: Buffer, start: number, at: number): number {
  let rest = crc32(target, start, at);
  let next = copyShort(checksumNameBytes, target, at);
  target[next++] = nameEnd;
  for (let digit = 0; digit < checksumDigits; digit++) {
    const tenth = (rest / 10) | 0;
    target[next++] = 0x30 + rest - tenth * 10;
    rest = tenth;
  }
  target[next++] = valueEnd;
  return next;
}

/** Writes the blank that closes a segment with `bytes` left; returns the next position. */
export function encodeBlank(target: Buffer, at: number, bytes: number): number {
  writeWord(target, at, bytes);
  writeWord(target, at + 4, blankMagic);
  return at + 8;
}

/** Copies a few bytes; a call of `copy` costs more than forty of them. */
function copyShort(source: Buffer, target: Buffer, at: number): number {
  const bytes = source.length;
  for (let index = 0; index < bytes; index++) {
    target[at + index] = source[index] as number;
  }
  return at + bytes;
}

function writeWord(target: Buffer, at: number, value: number): void {
  target[at] = value >>> 24;
  target[at + 1] = value >>> 16;
  target[at + 2] = value >>> 8;
  target[at + 3] = value;
}
