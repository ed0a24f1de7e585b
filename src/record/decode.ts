/**
 * Reads records. `checkRecord` is what recovery and cold reads trust: sizes that add up and the checksum
 * (of the whole record where it has one, of the body otherwise).
 */
import { crc32 } from "../core/crc32.ts";
import { DecodeError } from "../core/error.ts";
import { readInt64 } from "../core/int64.ts";
import {
  blankMagic,
  checksumBytes,
  checksumDigits,
  checksumName,
  fixedBytes,
  ipv6ExtraBytes,
  nameEnd,
  recordAt,
  recordMagicV1,
  recordMagicV2,
  sysFlag,
  valueEnd,
} from "./layout.ts";
import { parseProperties } from "./properties.ts";

export interface RecordHost {
  readonly host: string;
  readonly port: number;
}

/** A record as values. `body` is a view of the source. */
export interface MessageRecord {
  readonly bytes: number;
  readonly bodyCrc: number;
  readonly queueId: number;
  readonly flag: number;
  readonly queueOffset: number;
  readonly physicalOffset: number;
  readonly sysFlag: number;
  /** The client's clock; NaN when it is no time that a number holds. */
  readonly bornTimestampMs: number;
  readonly bornHost: RecordHost;
  readonly storeTimestampMs: number;
  readonly storeHost: RecordHost;
  readonly reconsumeTimes: number;
  readonly preparedTransactionOffset: number;
  readonly topic: string;
  readonly body: Buffer;
  readonly properties: Map<string, string>;
}

/** Where the variable parts of a record lie. Reused. */
export interface RecordShape {
  bytes: number;
  storeTimestampAt: number;
  reconsumeTimesAt: number;
  bodyStart: number;
  bodyEnd: number;
  topicStart: number;
  topicEnd: number;
  propertiesStart: number;
  propertiesEnd: number;
}

/** A shape to be filled by readShape. */
export function createRecordShape(): RecordShape {
  return {
    bytes: 0,
    storeTimestampAt: 0,
    reconsumeTimesAt: 0,
    bodyStart: 0,
    bodyEnd: 0,
    topicStart: 0,
    topicEnd: 0,
    propertiesStart: 0,
    propertiesEnd: 0,
  };
}

/** Reads the lengths of the record at source[start, end) and checks that they add up. Throws DecodeError. */
export function readShape(source: Buffer, start: number, end: number, into: RecordShape): void {
  if (end - start < fixedBytes) {
    throw new DecodeError(`a record of ${end - start} bytes`);
  }
  const bytes = source.readInt32BE(start + recordAt.size);
  const magic = source.readUInt32BE(start + recordAt.magic);
  if (magic !== recordMagicV1 && magic !== recordMagicV2) {
    throw new DecodeError(`magic 0x${magic.toString(16)} is no record's`);
  }
  if (bytes < fixedBytes || bytes > end - start) {
    throw new DecodeError(`a record of ${bytes} bytes where ${end - start} are left`);
  }
  const flags = source.readInt32BE(start + recordAt.sysFlag);
  const stop = start + bytes;
  into.bytes = bytes;
  into.storeTimestampAt =
    start + recordAt.storeTimestamp + (flags & sysFlag.bornHostIpv6 ? ipv6ExtraBytes : 0);
  into.reconsumeTimesAt =
    into.storeTimestampAt + 16 + (flags & sysFlag.storeHostIpv6 ? ipv6ExtraBytes : 0);
  const topicWidth = magic === recordMagicV2 ? 2 : 1;
  let at = into.reconsumeTimesAt + 12;
  into.bodyStart = at + 4;
  at = into.bodyEnd = into.bodyStart + readLength(source, at, stop, 4, "body");
  into.topicStart = at + topicWidth;
  at = into.topicEnd = into.topicStart + readLength(source, at, stop, topicWidth, "topic");
  into.propertiesStart = at + 2;
  into.propertiesEnd = into.propertiesStart + readLength(source, at, stop, 2, "properties");
  if (into.propertiesEnd !== stop) {
    throw new DecodeError(
      `a record of ${bytes} bytes whose parts take ${into.propertiesEnd - start}`,
    );
  }
}

/** The length of `width` bytes at `at`; checks that it and what it counts lie before `stop`. */
function readLength(source: Buffer, at: number, stop: number, width: number, what: string): number {
  if (at + width > stop) {
    throw new DecodeError(`a record that ends before its ${what}`);
  }
  // Byte by byte: a reader for any width costs more than the rest of a record's shape.
  let length = source[at] as number;
  for (let index = 1; index < width; index++) {
    length = length * 0x100 + (source[at + index] as number);
  }
  if (at + width + length > stop) {
    throw new DecodeError(`a record with ${length} bytes of ${what}`);
  }
  return length;
}

/**
 * True when the whole-record checksum stands at the end of the properties. What looks like it but for one byte
 * is a damaged one, not a record without: throws DecodeError.
 */
export function hasRecordChecksum(source: Buffer, shape: RecordShape): boolean {
  const at = shape.propertiesEnd - checksumBytes;
  if (at < shape.propertiesStart) {
    return false;
  }
  let matches = source[shape.propertiesEnd - 1] === valueEnd ? 1 : 0;
  matches += source[at + checksumName.length] === nameEnd ? 1 : 0;
  for (let index = 0; index < checksumName.length; index++) {
    matches += source[at + index] === checksumName.charCodeAt(index) ? 1 : 0;
  }
  const marks = checksumName.length + 2;
  if (matches === marks - 1) {
    throw new DecodeError("the record's checksum property is damaged");
  }
  return matches === marks;
}

/**
 * Checks the record at source[start, end) whole: shape, and its checksum. Throws DecodeError.
 * A record without `__CRC32#` has only its body checked: a flipped header cannot be noticed there.
 */
export function checkRecord(source: Buffer, start: number, end: number, shape: RecordShape): void {
  readShape(source, start, end, shape);
  if (hasRecordChecksum(source, shape)) {
    const at = shape.propertiesEnd - checksumBytes;
    if (readChecksum(source, at + checksumName.length + 1) !== crc32(source, start, at)) {
      throw new DecodeError("the record's checksum does not match");
    }
  } else if (
    crc32(source, shape.bodyStart, shape.bodyEnd) !== source.readUInt32BE(start + recordAt.bodyCrc)
  ) {
    throw new DecodeError("the body's checksum does not match");
  } else if (source[shape.propertiesEnd - 1] === 0 && shape.propertiesEnd > shape.propertiesStart) {
    // A power cut leaves zeros where sectors are missing: here the checksum was, and the rest is not what was sent.
    throw new DecodeError("the record's properties end in zeros");
  }
}

/** Ten decimal digits, least significant first. */
function readChecksum(source: Buffer, at: number): number {
  let value = 0;
  for (let index = checksumDigits - 1; index >= 0; index--) {
    value = value * 10 + ((source[at + index] as number) - 0x30);
  }
  return value;
}

/** True when the segment ends here: the blank, whose size tells how much is left. */
export function isBlank(source: Buffer, start: number): boolean {
  return source.readUInt32BE(start + recordAt.magic) === blankMagic;
}

const shape = createRecordShape();

/** Decodes the record at source[start). Throws DecodeError; does not verify checksums. */
export function decodeRecord(source: Buffer, start: number): MessageRecord {
  readShape(source, start, source.length, shape);
  const flags = source.readInt32BE(start + recordAt.sysFlag);
  const bornBytes = flags & sysFlag.bornHostIpv6 ? 16 : 4;
  const storeBytes = flags & sysFlag.storeHostIpv6 ? 16 : 4;
  const afterStoreHost = shape.storeTimestampAt + 8 + storeBytes + 4;
  return {
    bytes: shape.bytes,
    bodyCrc: source.readUInt32BE(start + recordAt.bodyCrc),
    queueId: source.readInt32BE(start + recordAt.queueId),
    flag: source.readInt32BE(start + recordAt.flag),
    queueOffset: readInt64(source, start + recordAt.queueOffset),
    physicalOffset: readInt64(source, start + recordAt.physicalOffset),
    sysFlag: flags,
    bornTimestampMs: readForeignTime(source, start + recordAt.bornTimestamp),
    bornHost: readHost(source, start + recordAt.bornHost, bornBytes),
    storeTimestampMs: readInt64(source, shape.storeTimestampAt),
    storeHost: readHost(source, shape.storeTimestampAt + 8, storeBytes),
    reconsumeTimes: source.readInt32BE(afterStoreHost),
    preparedTransactionOffset: readInt64(source, afterStoreHost + 4),
    topic: source.toString("utf8", shape.topicStart, shape.topicEnd),
    body: source.subarray(shape.bodyStart, shape.bodyEnd),
    properties: parseProperties(source, shape.propertiesStart, shape.propertiesEnd),
  };
}

function readForeignTime(source: Buffer, at: number): number {
  const value = Number(source.readBigInt64BE(at));
  return Number.isSafeInteger(value) ? value : Number.NaN;
}

function readHost(source: Buffer, at: number, bytes: number): RecordHost {
  const port = source.readInt32BE(at + bytes);
  return { host: formatAddress(source, at, bytes), port };
}

/** Dotted decimal for 4 bytes, colon hexadecimal for 16. */
export function formatAddress(source: Buffer, at: number, bytes: number): string {
  if (bytes === 4) {
    return `${source[at]}.${source[at + 1]}.${source[at + 2]}.${source[at + 3]}`;
  }
  const groups: string[] = [];
  for (let index = 0; index < bytes; index += 2) {
    groups.push(source.readUInt16BE(at + index).toString(16));
  }
  return groups.join(":");
}
