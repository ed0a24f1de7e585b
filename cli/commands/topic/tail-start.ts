/** Where a tail begins and ends in each queue. */
import type { MessageQueue, PullConsumer } from "../../../src/client/index.ts";
import { usageError } from "../../command-error.ts";
import { parseTime } from "../../render/time.ts";
import { type OffsetPoint, parseOffsetExpression } from "./offset-expression.ts";

export interface TailRange {
  readonly queue: MessageQueue;
  readonly startOffset: number;
  /** The queue's end when the tail began, or what --until or --offset says. */
  readonly endOffset: number;
  /** The queue's first offset then. */
  readonly minOffset: number;
}

export interface RangeFlags {
  readonly offset?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly last?: number | undefined;
  /** Begins where the group stands, unless something else says where. */
  readonly group?: string | undefined;
}

export interface RangeOptions {
  readonly isFollowing: boolean;
  readonly nowMs: number;
  /** What the flags of the two times are called. */
  readonly names?: { readonly since: string; readonly until: string };
}

/** The range of one queue. Without any flag a follower begins at the end, everybody else at the start. */
export async function tailRange(
  pull: PullConsumer,
  queue: MessageQueue,
  flags: RangeFlags,
  options: RangeOptions,
): Promise<TailRange> {
  const { nowMs, names = { since: "since", until: "until" } } = options;
  const expression =
    flags.offset === undefined ? undefined : parseOffsetExpression(flags.offset, nowMs);
  const since = timeOf(names.since, flags.since, nowMs);
  const until = timeOf(names.until, flags.until, nowMs);
  const minOffset = await pull.minOffset(queue);
  const maxOffset = await pull.maxOffset(queue);
  const clamp = (offset: number): number => Math.min(maxOffset, Math.max(minOffset, offset));
  const at = async (point: OffsetPoint): Promise<number> => {
    switch (point.kind) {
      case "start":
        return minOffset;
      case "end":
        return maxOffset;
      case "offset":
        return clamp(point.count);
      case "behind_start":
        return clamp(minOffset + point.count);
      case "before_end":
        return clamp(maxOffset - point.count);
      case "time":
        return clamp(await pull.offsetAtTime(queue, point.timeMs));
    }
  };
  const end = until ?? expression?.to;
  const endOffset = end === undefined ? maxOffset : await at(end);
  const range = { queue, endOffset, minOffset };
  if (flags.last !== undefined) {
    return { ...range, startOffset: clamp(endOffset - flags.last) };
  }
  const start = since ?? expression?.from ?? (await groupPoint(pull, queue, flags.group));
  const other = { kind: options.isFollowing ? "end" : "start" } as const;
  return { ...range, startOffset: await at(start ?? other) };
}

/** Undefined where the group never was. */
async function groupPoint(
  pull: PullConsumer,
  queue: MessageQueue,
  group: string | undefined,
): Promise<OffsetPoint | undefined> {
  const count = group === undefined ? undefined : await pull.committedOffset(group, queue);
  return count === undefined ? undefined : { kind: "offset", count };
}

function timeOf(flag: string, typed: string | undefined, nowMs: number): OffsetPoint | undefined {
  if (typed === undefined) {
    return undefined;
  }
  const timeMs = parseTime(typed.replace(/^(?=\d+(ms|s|m|h|d)$)/, "-"), nowMs);
  if (timeMs === undefined) {
    throw usageError(`--${flag} '${typed}' is no time: 15m, 2026-11-22T10:00:00Z, 1763809200`);
  }
  return { kind: "time", timeMs };
}
