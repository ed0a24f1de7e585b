/** Tests of times as text: Bun's own calendar is the oracle. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  formatShortTime,
  formatTime,
  formatTimeAs,
  localZone,
  parseTime,
  utcZone,
} from "./time-text.ts";

const eight = (): number => 480;
const anyTime = fc.integer({ min: 0, max: 4_102_444_800_000 });

test("any time is written as RFC 3339 and read back", () => {
  fc.assert(
    fc.property(anyTime, (timeMs) => {
      expect(formatTime(timeMs, utcZone)).toBe(new Date(timeMs).toISOString());
      expect(parseTime(formatTime(timeMs, eight), 0, utcZone)).toBe(timeMs);
    }),
    { numRuns: 500, seed: 7 },
  );
});

test("the local zone is the one that the machine has", () => {
  const zone = localZone();
  for (const timeMs of [0, 1_767_225_600_000, 1_782_864_000_000]) {
    expect(zone(timeMs)).toBe(0 - new Date(timeMs).getTimezoneOffset());
  }
});

test("every way to write a time is understood", () => {
  const nowMs = 1_795_391_748_004;
  const cases: readonly (readonly [string, number])[] = [
    ["now", nowMs],
    ["-15m", nowMs - 900_000],
    ["-1h", nowMs - 3_600_000],
    ["1795391748", 1_795_391_748_000],
    ["1795391748004", 1_795_391_748_004],
    ["2026-11-22", Date.UTC(2026, 10, 22)],
    ["2026-11-22T11:20:00+08:00", Date.UTC(2026, 10, 22, 3, 20)],
    ["2026-11-22 11:20", Date.UTC(2026, 10, 22, 11, 20)],
    ["2026-11-22#11:20:01:114", Date.UTC(2026, 10, 22, 11, 20, 1, 114)],
    ["2024-02-29T00:00:00Z", Date.UTC(2024, 1, 29)],
  ];
  for (const [text, timeMs] of cases) {
    expect([text, parseTime(text, nowMs, utcZone)]).toEqual([text, timeMs]);
  }
});

test("what is no time is refused", () => {
  for (const text of ["", "soon", "-5", "2026-02-29", "2026-13-01", "2026-01-01T24:00:00Z", "12"]) {
    expect([text, parseTime(text, 0, utcZone)]).toEqual([text, undefined]);
  }
});

test("a time without a zone is local", () => {
  expect(parseTime("2026-11-22T11:20:00", 0, eight)).toBe(Date.UTC(2026, 10, 22, 3, 20));
});

test("short and chosen forms", () => {
  const timeMs = Date.UTC(2026, 10, 22, 3, 20, 1, 7);
  expect(formatShortTime(timeMs, eight)).toBe("2026-11-22 11:20:01");
  expect(formatTimeAs(timeMs, "%Y/%m/%d %H:%M:%S.%L %z %s %%", eight)).toBe(
    `2026/11/22 11:20:01.007 +08:00 ${Math.floor(timeMs / 1000)} %`,
  );
});
