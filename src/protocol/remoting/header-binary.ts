/**
 * The binary ("ROCKETMQ") header; all integers are big-endian (remoting 1.4).
 *
 * | bytes | field                | bytes | field                                         |
 * |-------|----------------------|-------|-----------------------------------------------|
 * | 2     | code                 | 4 + n | remark: length, UTF-8 (length 0 = none)       |
 * | 1     | language             | 4     | bytes of all ext fields                       |
 * | 2     | version              |       | per field: key length (2), key,               |
 * | 4     | opaque               |       | value length (4), value, both UTF-8           |
 * | 4     | flag                 |       | (value length 0 = the field is absent)        |
 */
import { assert } from "../../core/assert.ts";
import { DecodeError } from "../../core/error.ts";
import { type CommandHead, fieldForm } from "./command-head.ts";
import type { HeaderValues } from "./header-json.ts";
import { widenBinaryCode } from "./request-code.ts";
import { isUtf8 } from "./utf8.ts";

const remarkAt = 13;
const fixedBytes = 21;

/** Reads the header source[start, end) into the head. Throws DecodeError. */
export function scanBinaryHeader(
  source: Buffer,
  start: number,
  end: number,
  head: CommandHead,
): void {
  if (end - start < fixedBytes) {
    throw new DecodeError(`a binary header of ${end - start} bytes`);
  }
  head.language = source[start + 2] as number;
  head.version = source.readInt16BE(start + 3);
  head.opaque = source.readInt32BE(start + 5);
  head.flag = source.readInt32BE(start + 9);
  const code = source.readInt16BE(start);
  head.code = (head.flag & 1) === 0 ? widenBinaryCode(code) : code;

  const remarkBytes = source.readInt32BE(start + remarkAt);
  const fieldsAt = start + fixedBytes + remarkBytes;
  if (remarkBytes < 0 || fieldsAt > end) {
    throw new DecodeError("a remark longer than its binary header");
  }
  if (remarkBytes > 0) {
    head.remarkStart = start + remarkAt + 4;
    head.remarkEnd = head.remarkStart + remarkBytes;
    refuseUnlessUtf8(source, head.remarkStart, head.remarkEnd);
  }
  if (source.readInt32BE(fieldsAt - 4) !== end - fieldsAt) {
    throw new DecodeError("ext fields that do not fill their binary header");
  }
  let at = fieldsAt;
  while (at < end) {
    at = scanField(source, at, end, head);
  }
}

function scanField(source: Buffer, at: number, end: number, head: CommandHead): number {
  const keyStart = at + 2;
  const keyBytes = keyStart <= end ? source.readInt16BE(at) : -1;
  const keyEnd = keyStart + keyBytes;
  const valueStart = keyEnd + 4;
  if (keyBytes < 0 || valueStart > end) {
    throw new DecodeError("an ext field that is cut off in a binary header");
  }
  const valueBytes = source.readInt32BE(keyEnd);
  const valueEnd = valueStart + valueBytes;
  if (valueBytes < 0 || valueEnd > end) {
    throw new DecodeError("an ext field longer than its binary header");
  }
  refuseUnlessUtf8(source, keyStart, keyEnd);
  if (valueBytes > 0) {
    refuseUnlessUtf8(source, valueStart, valueEnd);
    head.addField(source, keyStart, keyEnd, false, valueStart, valueEnd, fieldForm.plain);
  }
  return valueEnd;
}

function refuseUnlessUtf8(source: Buffer, start: number, end: number): void {
  if (!isUtf8(source, start, end)) {
    throw new DecodeError("a binary header that is not UTF-8");
  }
}

/** The header as Java writes it; codes above 16 bits are cut, as there. */
export function encodeBinaryHeader(header: HeaderValues): Buffer {
  const fields = binaryFields(header.fields ?? []);
  const remark = Buffer.from(header.remark ?? "");
  const target = Buffer.allocUnsafe(fixedBytes + remark.length + fields.length);
  target.writeUInt16BE(header.code & 0xffff, 0);
  target[2] = header.language;
  target.writeInt16BE(header.version, 3);
  target.writeInt32BE(header.opaque, 5);
  target.writeInt32BE(header.flag, 9);
  target.writeInt32BE(remark.length, remarkAt);
  let at = remarkAt + 4 + remark.copy(target, remarkAt + 4);
  at = target.writeInt32BE(fields.length, at);
  fields.copy(target, at);
  return target;
}

/** Ext fields as the binary header holds them, without the length of all. */
export function binaryFields(fields: Iterable<readonly [string, string]>): Buffer {
  const parts: Buffer[] = [];
  let bytes = 0;
  for (const [key, value] of fields) {
    const keyPart = Buffer.from(key);
    const valuePart = Buffer.from(value);
    assert(keyPart.length <= 0x7fff, "the name of an ext field has an int16 length");
    parts.push(keyPart, valuePart);
    bytes += 6 + keyPart.length + valuePart.length;
  }
  const target = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (let index = 0; index < parts.length; index += 2) {
    const key = parts[index] as Buffer;
    const value = parts[index + 1] as Buffer;
    at = target.writeInt16BE(key.length, at);
    at += key.copy(target, at);
    at = target.writeInt32BE(value.length, at);
    at += value.copy(target, at);
  }
  return target;
}
