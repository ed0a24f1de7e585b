/** How far all groups of a broker are (317). */
import { encodeJson, type JsonObject } from "../json.ts";
import { asObject, integer, list, objectOf, optionalText, parseObject } from "../json-members.ts";
import { type ConsumeStats, readConsumeStats, writeConsumeStats } from "./consume-stats.ts";

export interface BrokerConsumeStats {
  readonly brokerAddress: string;
  /** By group, an entry for each topic that it has offsets in. */
  readonly groups: ReadonlyMap<string, readonly ConsumeStats[]>;
  /** Messages that groups have not consumed, of all groups. */
  readonly totalDiff: number;
  /** Messages that consumers have pulled and not consumed. */
  readonly totalInflightDiff: number;
}

export function encodeBrokerConsumeStats(stats: BrokerConsumeStats): Buffer {
  return encodeJson(
    objectOf([
      ["brokerAddr", stats.brokerAddress],
      ["consumeStatsList", [...stats.groups].map(writeGroup)],
      ["totalDiff", stats.totalDiff],
      ["totalInflightDiff", stats.totalInflightDiff],
    ]),
  );
}

export function decodeBrokerConsumeStats(
  source: Buffer,
  start: number,
  end: number,
): BrokerConsumeStats {
  const object = parseObject(source, start, end);
  const groups = new Map<string, readonly ConsumeStats[]>();
  for (const item of list(object, "consumeStatsList")) {
    const row = asObject(item, "stats of a group");
    for (const group of row.keys()) {
      groups.set(
        group,
        list(row, group).map((value) => readConsumeStats(asObject(value, "stats of a topic"))),
      );
    }
  }
  return {
    brokerAddress: optionalText(object, "brokerAddr") ?? "",
    groups,
    totalDiff: integer(object, "totalDiff", 0),
    totalInflightDiff: integer(object, "totalInflightDiff", 0),
  };
}

function writeGroup([group, stats]: readonly [string, readonly ConsumeStats[]]): JsonObject {
  return objectOf([[group, stats.map(writeConsumeStats)]]);
}
