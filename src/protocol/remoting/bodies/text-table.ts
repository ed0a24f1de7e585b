/** A table of texts by name: key-value configuration (219, and 103's reply), and a broker's counters (28). */
import { encodeJson } from "../json.ts";
import { objectOf, parseObject, textTable } from "../json-members.ts";

export function encodeTextTable(rows: Iterable<readonly [string, string]>): Buffer {
  return encodeJson(objectOf([["table", objectOf(rows)]]));
}

export function decodeTextTable(
  source: Buffer,
  start: number,
  end: number,
): ReadonlyMap<string, string> {
  return textTable(parseObject(source, start, end), "table");
}
