/** All offsets of a broker: of its groups (43), and of its delay levels (45). */
import { encodeJson } from "../json.ts";
import { asInteger, asObject, member, objectOf, parseObject, table } from "../json-members.ts";
import { type DataVersion, readDataVersion, writeDataVersion } from "./data-version.ts";

export interface ConsumerOffsets {
  readonly dataVersion: DataVersion;
  /** By `topic@group`, then queue id. */
  readonly offsets: ReadonlyMap<string, ReadonlyMap<number, number>>;
}

export interface DelayOffsets {
  readonly dataVersion: DataVersion;
  /** Next offset by delay level. */
  readonly offsets: ReadonlyMap<number, number>;
}

export function encodeConsumerOffsets(value: ConsumerOffsets): Buffer {
  return encodeJson(
    objectOf([
      ["dataVersion", writeDataVersion(value.dataVersion)],
      [
        "offsetTable",
        objectOf([...value.offsets].map(([key, row]) => [key, writeIntegerTable(row)] as const)),
      ],
    ]),
  );
}

export function decodeConsumerOffsets(source: Buffer, start: number, end: number): ConsumerOffsets {
  const object = parseObject(source, start, end);
  const rows = table(object, "offsetTable");
  return {
    dataVersion: readDataVersion(member(object, "dataVersion")),
    offsets: new Map(
      [...rows].map(([key, row]) => [key, readIntegerTable(asObject(row, "offsets"))]),
    ),
  };
}

export function encodeDelayOffsets(value: DelayOffsets): Buffer {
  return encodeJson(
    objectOf([
      ["dataVersion", writeDataVersion(value.dataVersion)],
      ["offsetTable", writeIntegerTable(value.offsets)],
    ]),
  );
}

export function decodeDelayOffsets(source: Buffer, start: number, end: number): DelayOffsets {
  const object = parseObject(source, start, end);
  return {
    dataVersion: readDataVersion(member(object, "dataVersion")),
    offsets: readIntegerTable(table(object, "offsetTable")),
  };
}

/** A map of integers by integers; keys are quoted, which all readers of these bodies take. */
function writeIntegerTable(rows: ReadonlyMap<number, number>): ReadonlyMap<string, number> {
  return new Map([...rows].map(([key, value]) => [String(key), value]));
}

/** Reads quoted and bare keys; the JSON reader makes them the same. */
function readIntegerTable(
  rows: ReadonlyMap<string, Parameters<typeof asInteger>[0]>,
): ReadonlyMap<number, number> {
  return new Map(
    [...rows].map(([key, value]) => [asInteger(key, "a key"), asInteger(value, "an offset")]),
  );
}
