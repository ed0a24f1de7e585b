/** Where a group may go on at most, by queue id (308); Long.MAX_VALUE where nothing holds it back. */
import { longMaxText } from "../../../core/int64.ts";
import { int64Max } from "../define.ts";
import { encodeJson, type JsonValue } from "../json.ts";
import { asInteger, asText64, objectOf, parseObject, table } from "../json-members.ts";

/** By queue id; `int64Max` where nothing holds the group back. */
export type CorrectionOffsets = ReadonlyMap<number, number>;

export function encodeCorrectionOffsets(offsets: CorrectionOffsets): Buffer {
  const rows = [...offsets].map(
    ([queueId, offset]) => [String(queueId), writeOffset(offset)] as const,
  );
  return encodeJson(objectOf([["correctionOffsets", objectOf(rows)]]));
}

export function decodeCorrectionOffsets(
  source: Buffer,
  start: number,
  end: number,
): CorrectionOffsets {
  const rows = table(parseObject(source, start, end), "correctionOffsets");
  return new Map(
    [...rows].map(([queueId, offset]) => [asInteger(queueId, "a queue id"), readOffset(offset)]),
  );
}

function writeOffset(offset: number): JsonValue {
  return offset === int64Max ? { kind: "integer", text: longMaxText } : offset;
}

function readOffset(value: JsonValue): number {
  return asText64(value, "an offset") === longMaxText ? int64Max : asInteger(value, "an offset");
}
