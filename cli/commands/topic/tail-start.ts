/** Where a tail begins and ends in each queue. */
import type { MessageQueue, PullConsumer } from "../../../src/client/index.ts";
import { usageError } from "../../command-error.ts";
import { parseTime } from "../../render/time.ts";

export interface TailRange {
  readonly queue: MessageQueue;
  readonly startOffset: number;
  /** The queue's end when the tail began, or what --until says. */
  readonly endOffset: number;
}

export interface RangeFlags {
  readonly offset?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly last?: number | undefined;
}

/** The range of one queue. Without any flag a follower begins at the end, everybody else at the start. */
export async function tailRange(
  pull: PullConsumer,
  queue: MessageQueue,
  flags: RangeFlags,
  options: {
    readonly isFollowing: boolean;
    readonly nowMs: number;
    /** What the flags of the two times are called. */
    readonly names?: { readonly since: string; readonly until: string };
  },
): Promise<TailRange> {
  const minOffset = await pull.minOffset(queue);
  const maxOffset = await pull.maxOffset(queue);
  const clamp = (offset: number): number => Math.min(maxOffset, Math.max(minOffset, offset));
  const atTime = async (flag: string, text: string): Promise<number> => {
    const ms = parseTime(text.replace(/^(?=\d+(ms|s|m|h|d)$)/, "-"), options.nowMs);
    if (ms === undefined) {
      throw usageError(`--${flag} '${text}' is no time: 15m, 2026-11-22T10:00:00Z, 1763809200`);
    }
    return clamp(await pull.offsetAtTime(queue, ms));
  };
  const names = options.names ?? { since: "since", until: "until" };
  const endOffset = flags.until === undefined ? maxOffset : await atTime(names.until, flags.until);
  const startOffset =
    flags.since !== undefined
      ? await atTime(names.since, flags.since)
      : flags.last !== undefined
        ? clamp(endOffset - flags.last)
        : offsetOf(flags.offset ?? (options.isFollowing ? "end" : "start"), {
            minOffset,
            maxOffset,
            clamp,
          });
  return { queue, startOffset, endOffset };
}

function offsetOf(
  text: string,
  queue: {
    readonly minOffset: number;
    readonly maxOffset: number;
    readonly clamp: (offset: number) => number;
  },
): number {
  if (text === "start") {
    return queue.minOffset;
  }
  if (text === "end") {
    return queue.maxOffset;
  }
  if (!/^[+-]?\d+$/.test(text)) {
    throw usageError(`--offset '${text}' is none of start, end, N, +N, -N`);
  }
  const value = Number(text);
  if (text.startsWith("+")) {
    return queue.clamp(queue.minOffset + value);
  }
  return queue.clamp(text.startsWith("-") ? queue.maxOffset + value : value);
}
