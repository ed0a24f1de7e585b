/** Who reads old messages of a broker, and how much of them each group may read (2003). */
import type { JsonValue } from "../json.ts";
import { asInteger, asObject, integer, parseObject, table } from "../json-members.ts";

/** What a group read of late. Times are milliseconds since 1970. */
export interface ColdReader {
  readonly group: string;
  readonly bytes: number;
  readonly readAtMs: number;
  readonly createdAtMs: number;
}

export interface ColdDataFlow {
  readonly readers: readonly ColdReader[];
  /** Bytes by group, where an operator set them. */
  readonly thresholds: ReadonlyMap<string, number>;
  /** Bytes that any other group may read. */
  readonly groupThreshold: number;
  /** Bytes that all groups together may read. */
  readonly globalThreshold: number;
  /** Bytes that all groups together read. */
  readonly globalBytes: number;
}

export function decodeColdDataFlow(source: Buffer, start: number, end: number): ColdDataFlow {
  const object = parseObject(source, start, end);
  return {
    readers: [...table(object, "runtimeTable")].map(readReader),
    thresholds: new Map(
      [...table(object, "configTable")].map(([group, bytes]) => [
        group,
        asInteger(bytes, "a threshold"),
      ]),
    ),
    groupThreshold: integer(object, "cgColdReadThreshold", 0),
    globalThreshold: integer(object, "globalColdReadThreshold", 0),
    globalBytes: integer(object, "globalAcc", 0),
  };
}

function readReader([group, value]: readonly [string, JsonValue]): ColdReader {
  const row = asObject(value, "a group that reads old messages");
  return {
    group,
    bytes: integer(row, "coldAcc", 0),
    readAtMs: integer(row, "lastColdReadTimeMills", 0),
    createdAtMs: integer(row, "createTimeMills", 0),
  };
}
