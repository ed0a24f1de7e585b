/** One of a broker's statistics over the last minute, hour and day (315). */
import { encodeJson, type JsonObject, type JsonValue } from "../json.ts";
import { asObject, decimal, integer, objectOf, parseObject } from "../json-members.ts";

export interface StatsPeriod {
  /** What was counted, messages or bytes. */
  readonly sum: number;
  readonly perSecond: number;
  /** What one call brought on average. */
  readonly perCall: number;
}

export interface BrokerStatsData {
  readonly minute: StatsPeriod;
  readonly hour: StatsPeriod;
  readonly day: StatsPeriod;
}

export function encodeBrokerStats(stats: BrokerStatsData): Buffer {
  return encodeJson(
    objectOf([
      ["statsDay", writePeriod(stats.day)],
      ["statsHour", writePeriod(stats.hour)],
      ["statsMinute", writePeriod(stats.minute)],
    ]),
  );
}

export function decodeBrokerStats(source: Buffer, start: number, end: number): BrokerStatsData {
  const object = parseObject(source, start, end);
  return {
    minute: readPeriod(object.get("statsMinute"), "statsMinute"),
    hour: readPeriod(object.get("statsHour"), "statsHour"),
    day: readPeriod(object.get("statsDay"), "statsDay"),
  };
}

function writePeriod(period: StatsPeriod): JsonObject {
  return objectOf([
    ["avgpt", period.perCall],
    ["sum", period.sum],
    ["tps", period.perSecond],
  ]);
}

function readPeriod(value: JsonValue | undefined, name: string): StatsPeriod {
  const object = asObject(value, name);
  return {
    sum: integer(object, "sum", 0),
    perSecond: decimal(object, "tps", 0),
    perCall: decimal(object, "avgpt", 0),
  };
}
