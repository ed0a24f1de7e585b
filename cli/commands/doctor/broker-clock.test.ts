/** A broker's clock, told from what it says of itself. */
import { expect, test } from "bun:test";
import { certainDriftMs, clockDrift } from "./broker-clock.ts";

const dayMs = 86_400_000;
const around = { askedMs: 2_000 * dayMs, answeredMs: 2_000 * dayMs + 10 };

function told(startedMs: number, runtime: string): ReadonlyMap<string, string> {
  return new Map([
    ["bootTimestamp", String(startedMs)],
    ["runtime", runtime],
  ]);
}

test("a broker's time lies within the second after its start and its whole seconds since", () => {
  const startedMs = around.askedMs - 90_061_400;
  const drift = clockDrift(told(startedMs, "[ 1 days, 1 hours, 1 minutes, 1 seconds ]"), around);
  expect(drift).toEqual({ leastMs: -410, mostMs: 600 });
  expect(certainDriftMs(drift ?? { leastMs: 1, mostMs: 1 })).toBe(0);
});

test("what is beyond that second is drift, ahead or behind", () => {
  const runtime = "[ 0 days, 0 hours, 0 minutes, 10 seconds ]";
  const ahead = clockDrift(told(around.askedMs - 5_000, runtime), around);
  expect(ahead === undefined ? 0 : certainDriftMs(ahead)).toBe(4_990);
  const behind = clockDrift(told(around.askedMs - 15_000, runtime), around);
  expect(behind === undefined ? 0 : certainDriftMs(behind)).toBe(-4_000);
});

test("days may carry the separators of Java's locale", () => {
  const startedMs = around.askedMs - 1_234 * dayMs;
  for (const days of ["1234", "1,234", "1.234", "1\u00a0234"]) {
    const runtime = `[ ${days} days, 0 hours, 0 minutes, 0 seconds ]`;
    expect(clockDrift(told(startedMs, runtime), around)).toEqual({ leastMs: -10, mostMs: 1_000 });
  }
});

test("a broker that does not tell has no drift", () => {
  expect(clockDrift(new Map(), around)).toBeUndefined();
  expect(clockDrift(told(0, "[ 0 days, 0 hours, 0 minutes, 1 seconds ]"), around)).toBeUndefined();
  expect(clockDrift(told(1, "a while"), around)).toBeUndefined();
});
