/**
 * One remoting command: a request or a reply, with its header in either form (remoting 1).
 *
 * | bytes | field                                                        |
 * |-------|--------------------------------------------------------------|
 * | 4     | length: of all that follows                                  |
 * | 1     | form of the header: 0 JSON, 1 ROCKETMQ (binary)               |
 * | 3     | header length                                                |
 * | n     | header                                                       |
 * | rest  | body                                                         |
 *
 * `peekCommand` makes nothing and serves the hot requests; `decodeCommand` and `encodeCommand` serve all others,
 * on both ends of a connection.
 */
import { assert } from "../../core/assert.ts";
import { DecodeError } from "../../core/error.ts";
import { limits } from "../../core/limits.ts";
import { CommandHead, type SerializeType, serializeBinary, serializeJson } from "./command-head.ts";
import { encodeBinaryHeader, scanBinaryHeader } from "./header-binary.ts";
import { encodeJsonHeader, type HeaderValues, scanJsonHeader } from "./header-json.ts";
import { textBetween } from "./json-text.ts";
import { language } from "./language.ts";
import { version } from "./version.ts";

export { CommandHead, type SerializeType, serializeBinary, serializeJson } from "./command-head.ts";

/** Bits of `flag`. */
export const flagResponse = 1;
export const flagOneway = 2;

export interface Command {
  readonly code: number;
  readonly language: number;
  readonly version: number;
  readonly opaque: number;
  readonly flag: number;
  readonly remark: string | undefined;
  readonly fields: ReadonlyMap<string, string>;
  readonly serializeType: SerializeType;
  /** The body lies in source[bodyStart, bodyEnd); it belongs to the connection: copy what you keep. */
  readonly source: Buffer;
  readonly bodyStart: number;
  readonly bodyEnd: number;
}

export interface OutgoingCommand {
  readonly code: number;
  readonly opaque: number;
  readonly flag: number;
  /** JAVA when absent. */
  readonly language?: number | undefined;
  /** Ours when absent. */
  readonly version?: number | undefined;
  readonly remark?: string | undefined;
  readonly fields?: Iterable<readonly [string, string]> | undefined;
  readonly serializeType: SerializeType;
  readonly body?: Buffer | undefined;
  readonly bodyStart?: number | undefined;
  readonly bodyEnd?: number | undefined;
}

export function isResponse(command: { readonly flag: number }): boolean {
  return (command.flag & flagResponse) !== 0;
}

export function isOneway(command: { readonly flag: number }): boolean {
  return (command.flag & flagOneway) !== 0;
}

/**
 * Takes the header of the frame source[start, end) (without its length word) apart into `target`. Throws
 * DecodeError; the connection must then be closed, since nobody can tell whom to answer.
 */
export function peekCommand(
  source: Buffer,
  start: number,
  end: number,
  target: CommandHead,
  headerBytesMax: number = limits.headerBytesMax,
): void {
  if (end - start < 4) {
    throw new DecodeError(`a frame of ${end - start} bytes`);
  }
  const word = source.readUInt32BE(start);
  const headerBytes = word & 0xffffff;
  const headerStart = start + 4;
  const headerEnd = headerStart + headerBytes;
  if (headerEnd > end) {
    throw new DecodeError("a header longer than its frame");
  }
  if (headerBytes > headerBytesMax) {
    throw new DecodeError(`a header of ${headerBytes} bytes`);
  }
  target.reset();
  target.headerStart = headerStart;
  target.headerEnd = headerEnd;
  target.bodyStart = headerEnd;
  target.bodyEnd = end;
  const type = word >>> 24;
  if (type === serializeJson) {
    target.serializeType = serializeJson;
    scanJsonHeader(source, headerStart, headerEnd, target);
  } else if (type === serializeBinary) {
    target.serializeType = serializeBinary;
    scanBinaryHeader(source, headerStart, headerEnd, target);
  } else {
    throw new DecodeError(`a header of unknown form ${type}`);
  }
}

const scratchHead = new CommandHead();

/** Reads the frame source[start, end) (without its length word). Throws DecodeError, as peekCommand does. */
export function decodeCommand(
  source: Buffer,
  start: number,
  end: number,
  headerBytesMax: number = limits.headerBytesMax,
): Command {
  peekCommand(source, start, end, scratchHead, headerBytesMax);
  return commandOf(source, scratchHead);
}

/** The command whose header was peeked into the head. Throws DecodeError. */
export function commandOf(source: Buffer, head: CommandHead): Command {
  const fields = new Map<string, string>();
  for (let index = 0; index < head.fieldCount; index++) {
    const key = head.keyText(source, index);
    if (fields.has(key)) {
      throw new DecodeError(`ext field '${key}' is there twice`);
    }
    fields.set(key, head.valueText(source, index));
  }
  return {
    code: head.code,
    language: head.language,
    version: head.version,
    opaque: head.opaque,
    flag: head.flag,
    remark:
      head.remarkStart < 0
        ? undefined
        : textBetween(source, head.remarkStart, head.remarkEnd, head.remarkIsEscaped),
    fields,
    serializeType: head.serializeType,
    source,
    bodyStart: head.bodyStart,
    bodyEnd: head.bodyEnd,
  };
}

/** Writes the whole frame, its length word included. */
export function encodeCommand(command: OutgoingCommand): Buffer {
  const values: HeaderValues = {
    code: command.code,
    language: command.language ?? language.java,
    version: command.version ?? version.ours,
    opaque: command.opaque,
    flag: command.flag,
    remark: command.remark,
    fields: command.fields,
  };
  const header =
    command.serializeType === serializeBinary
      ? encodeBinaryHeader(values)
      : encodeJsonHeader(values);
  const bodyStart = command.bodyStart ?? 0;
  const bodyEnd = command.bodyEnd ?? command.body?.length ?? 0;
  const frameBytes = 4 + header.length + (bodyEnd - bodyStart);
  assert(frameBytes <= limits.frameBytesMax, "a frame is as large as its peer accepts");
  const target = Buffer.allocUnsafe(4 + frameBytes);
  target.writeUInt32BE(frameBytes, 0);
  target.writeUInt32BE(command.serializeType * 0x100_0000 + header.length, 4);
  header.copy(target, 8);
  command.body?.copy(target, 8 + header.length, bodyStart, bodyEnd);
  return target;
}
