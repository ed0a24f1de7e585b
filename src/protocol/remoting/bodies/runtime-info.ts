/** A broker's counters as a table of texts (28). */
import { encodeJson } from "../json.ts";
import { objectOf, parseObject, textTable } from "../json-members.ts";

export function encodeRuntimeInfo(rows: Iterable<readonly [string, string]>): Buffer {
  return encodeJson(objectOf([["table", objectOf(rows)]]));
}

export function decodeRuntimeInfo(
  source: Buffer,
  start: number,
  end: number,
): ReadonlyMap<string, string> {
  return textTable(parseObject(source, start, end), "table");
}
