/** The verdict on a soak: what grows is found, what stays is not. */
import { expect, test } from "bun:test";
import { judgeSoak, type Sample } from "./verdict.ts";

const mebi = 1024 * 1024;

function samples(change: (minute: number) => Partial<Sample>): readonly Sample[] {
  return Array.from({ length: 60 }, (_, index) => {
    const minute = index / 6;
    return {
      atMs: minute * 60_000,
      anonymousBytes: 50 * mebi,
      handleCount: 40,
      p99Ms: 2,
      ...change(minute),
    };
  });
}

function brokenBy(change: (minute: number) => Partial<Sample>): readonly string[] {
  return judgeSoak(samples(change), 180_000)
    .filter(({ isKept }) => !isKept)
    .map(({ name }) => name);
}

test("what stays level is kept, and growth before the third minute does not count", () => {
  expect(brokenBy(() => ({}))).toEqual([]);
  expect(brokenBy((minute) => ({ anonymousBytes: Math.min(minute, 3) * 30 * mebi }))).toEqual([]);
});

test("memory that grows by a MiB a minute, handles and latencies that grow are found", () => {
  expect(brokenBy((minute) => ({ anonymousBytes: (50 + minute) * mebi }))).toEqual(["memory"]);
  expect(brokenBy((minute) => ({ handleCount: 40 + 20 * minute }))).toEqual(["file handles"]);
  expect(brokenBy((minute) => ({ p99Ms: 2 + minute }))).toEqual(["p99"]);
});

test("too few samples are no verdict", () => {
  expect(judgeSoak(samples(() => ({})).slice(0, 20), 180_000)).toMatchObject([{ isKept: false }]);
});
