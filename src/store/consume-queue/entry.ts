/** One entry of a consume queue: physical offset 8, record size 4, tag hash 8 (RocketMQ `ConsumeQueue`). */
import { readInt64, writeInt64 } from "../../core/int64.ts";
import { limits } from "../../core/limits.ts";
import { fixedBytes } from "../../record/layout.ts";

export const entryBytes = 20;

/** Size in the entry of an offset that has no record: RocketMQ's filler. */
export const holeBytes = 0x7fffffff;

/** True for the entry of an offset whose record was lost: a size that no record has. */
export function isHole(bytes: number): boolean {
  return bytes < fixedBytes || bytes > limits.frameBytesMax;
}

/** False when no store wrote the entry: neither a record's place and size nor a hole. */
export function isEntry(source: Buffer, at: number): boolean {
  const bytes = entryRecordBytes(source, at);
  return bytes === holeBytes || (!isHole(bytes) && source.readUInt32BE(at) < 0x20_0000);
}

/**
 * Writes an entry. Its tag code is a tag's hash, an int32 whose sign fills the upper half, or, where delayed messages
 * wait, the time of delivery in milliseconds.
 */
export function writeEntry(
  target: Buffer,
  at: number,
  physicalOffset: number,
  bytes: number,
  tagCode: number,
): void {
  writeInt64(target, at, physicalOffset);
  target.writeInt32BE(bytes, at + 8);
  if ((tagCode | 0) === tagCode) {
    target.writeInt32BE(tagCode >> 31, at + 12);
    target.writeInt32BE(tagCode, at + 16);
  } else {
    writeInt64(target, at + 12, tagCode);
  }
}

/** Entries of offsets that have no record, for the whole of target[start, end). */
export function writeHoles(target: Buffer, start: number, end: number): void {
  for (let at = start; at < end; at += entryBytes) {
    writeEntry(target, at, 0, holeBytes, 0);
  }
}

/** Where the record of the entry at `at` lies. */
export function entryPhysicalOffset(source: Buffer, at: number): number {
  return readInt64(source, at);
}

/** Size of its record. */
export function entryRecordBytes(source: Buffer, at: number): number {
  return source.readInt32BE(at + 8);
}

/** Its tag hash: the lower half. */
export function entryTagHash(source: Buffer, at: number): number {
  return source.readInt32BE(at + 16);
}
