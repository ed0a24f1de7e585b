/** Finds an offset by store time: a binary search, since store times of a queue never go back. */
import type { OffsetRange } from "./message-store.ts";

/**
 * "lower": the first offset stored at or after the time, the max offset when all are earlier. "upper": the last
 * stored at or before it, the min offset when all are later. A message whose time cannot be read counts as early.
 */
export async function searchByTime(
  range: OffsetRange,
  timeMs: number,
  boundary: "lower" | "upper",
  timeAt: (offset: number) => Promise<number | undefined>,
): Promise<number> {
  const { minOffset, maxOffset } = range;
  const isBefore = (storedMs: number): boolean =>
    boundary === "lower" ? storedMs < timeMs : storedMs <= timeMs;
  let low = minOffset;
  let high = maxOffset;
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2);
    const storedMs = (await timeAt(middle)) ?? Number.NEGATIVE_INFINITY;
    if (isBefore(storedMs)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return boundary === "lower" ? low : Math.max(minOffset, low - 1);
}
