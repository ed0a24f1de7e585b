/** The flags that say which records of a store are wanted. */
import type { RecordRange } from "../../../src/app/record-search.ts";
import type { CommandContext } from "../../command.ts";
import { usageError } from "../../command-error.ts";
import { count, type FlagValues, flag, text, wholeNumber } from "../../flag.ts";
import { parseTime } from "../../render/time.ts";
import type { StoreArgument } from "./store-argument.ts";

export const rangeFlags = {
  from: flag(wholeNumber(0).optional(), {
    about: "from the first record at or behind this commit offset",
    value: "OFFSET",
  }),
  to: flag(wholeNumber(0).optional(), { about: "before this commit offset", value: "OFFSET" }),
  topic: flag(text(1).optional(), { about: "only this topic", short: "t", value: "TOPIC" }),
  queue: flag(wholeNumber(0).optional(), { about: "only queues of this id", value: "N" }),
  since: flag(text(1).optional(), { about: "stored from a time on: 15m, RFC 3339", value: "TIME" }),
  until: flag(text(1).optional(), { about: "stored before a time", value: "TIME" }),
  count: flag(count(1).optional(), { about: "stop after N records", value: "N" }),
} as const;

/** What the flags and the argument want together; a segment that was named ends where the next one begins. */
export function recordRange(
  context: CommandContext,
  store: StoreArgument,
  flags: FlagValues<typeof rangeFlags>,
): RecordRange {
  return {
    fromOffset: flags.from ?? store.startOffset,
    toOffset: flags.to ?? endOf(context, store),
    topic: flags.topic,
    queueId: flags.queue,
    sinceMs: timeOf(context, "since", flags.since),
    untilMs: timeOf(context, "until", flags.until),
  };
}

function endOf(
  context: CommandContext,
  { folder, startOffset }: StoreArgument,
): number | undefined {
  if (startOffset === undefined) {
    return undefined;
  }
  const name = String(startOffset).padStart(20, "0");
  const file = context.environment.disk
    .list(`${folder}/commitlog`)
    .find((entry) => entry.name === name);
  if (file === undefined) {
    throw usageError(`${folder}/commitlog/${name} is not there`);
  }
  return startOffset + file.bytes;
}

function timeOf(
  context: CommandContext,
  name: string,
  typed: string | undefined,
): number | undefined {
  if (typed === undefined) {
    return undefined;
  }
  const nowMs = context.environment.clock.nowMs();
  const ms = parseTime(typed.replace(/^(?=\d+(ms|s|m|h|d)$)/, "-"), nowMs);
  if (ms === undefined) {
    throw usageError(`--${name} '${typed}' is no time: 15m, 2026-11-22T10:00:00Z, 1763809200`);
  }
  return ms;
}
