/**
 * Delay levels (remoting 8.7): a message of level n waits in queue n−1 of one topic until it is due. The store knows
 * them too, because entries of those queues carry the time of delivery where others carry a tag's hash.
 */
import { MqError } from "../core/error.ts";

/** Where delayed messages wait. */
export const scheduleTopic = "SCHEDULE_TOPIC_XXXX";

const unitsMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const levelsMax = 64;
const delayMsMax = 365 * 86_400_000;

/** RocketMQ's own, in the form of its setting `messageDelayLevel`. */
const levelsByDefault = "1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h";

/** Reads `1s 5s 10m …` as milliseconds by level − 1. Throws MqError `parameter_invalid`. */
export function parseDelayLevels(text: string): readonly number[] {
  const levels = text
    .trim()
    .split(/\s+/)
    .map((word) => {
      const [, count = "", unit = ""] = /^(\d{1,9})([smhd])$/.exec(word) ?? [];
      const delayMs = Number(count) * (unitsMs[unit] ?? Number.NaN);
      if (!(delayMs > 0 && delayMs <= delayMsMax)) {
        throw new MqError(
          "parameter_invalid",
          `'${word}' is no delay: a number above 0 and s, m, h or d, at most 365d`,
        );
      }
      return delayMs;
    });
  if (levels.length > levelsMax) {
    throw new MqError(
      "parameter_invalid",
      `${levels.length} delay levels; ${levelsMax} are allowed`,
    );
  }
  return levels;
}

export const defaultDelayLevelsMs = parseDelayLevels(levelsByDefault);

/** RocketMQ's own levels: the first has the number 1. */
export const delayLevelsByDefault: readonly { readonly name: string; readonly delayMs: number }[] =
  levelsByDefault
    .split(" ")
    .map((name, index) => ({ name, delayMs: defaultDelayLevelsMs[index] ?? 0 }));
