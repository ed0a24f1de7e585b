/** Tests of durations in buckets. */
import { expect, test } from "bun:test";
import { DurationHistogram } from "./duration-histogram.ts";

test("a duration is counted in the first bucket whose end it does not exceed", () => {
  const histogram = new DurationHistogram([1, 10]);
  for (const ms of [0, 1, 1.001, 10, 10.5, 5_000]) {
    histogram.add(ms);
  }
  expect(histogram.counts).toEqual([2, 2, 2]);
  expect([histogram.count, histogram.sumMs]).toEqual([6, 5_022.501]);
});
