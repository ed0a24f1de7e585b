/** A data version: which state of a table somebody has. Versions are equal or not; they have no order. */
import { encodeJson, type JsonObject, type JsonValue } from "../json.ts";
import { asObject, integer, objectOf, parseObject } from "../json-members.ts";

export interface DataVersion {
  readonly counter: number;
  readonly stateVersion: number;
  readonly timestamp: number;
}

/** What stands for a table that was never told. */
export const noDataVersion: DataVersion = { counter: 0, stateVersion: 0, timestamp: 0 };

export function readDataVersion(value: JsonValue | undefined): DataVersion {
  if (value === undefined || value === null) {
    return noDataVersion;
  }
  const object = asObject(value, "dataVersion");
  return {
    counter: integer(object, "counter", 0),
    stateVersion: integer(object, "stateVersion", 0),
    timestamp: integer(object, "timestamp", 0),
  };
}

export function writeDataVersion(version: DataVersion): JsonObject {
  return objectOf([
    ["counter", version.counter],
    ["stateVersion", version.stateVersion],
    ["timestamp", version.timestamp],
  ]);
}

export function isSameDataVersion(left: DataVersion, right: DataVersion): boolean {
  return (
    left.counter === right.counter &&
    left.stateVersion === right.stateVersion &&
    left.timestamp === right.timestamp
  );
}

/** Body and reply body of QUERY_DATA_VERSION (322). */
export function decodeDataVersion(source: Buffer, start: number, end: number): DataVersion {
  return readDataVersion(parseObject(source, start, end));
}

export function encodeDataVersion(version: DataVersion): Buffer {
  return encodeJson(writeDataVersion(version));
}
