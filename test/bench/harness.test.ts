/** Options, order and readings of `make bench`. */
import { expect, test } from "bun:test";
import type { Contender } from "../../scripts/bench/contender.ts";
import { type Durability, parseBenchOptions } from "../../scripts/bench/options.ts";
import { planSessions } from "../../scripts/bench/plan.ts";
import {
  machineShares,
  readAnonymousBytes,
  readMachineUsage,
  readProcessUsage,
  readStartMs,
  readUptimeMs,
} from "../../scripts/bench/process-usage.ts";
import { reasonToVoid } from "../../scripts/bench/result.ts";

function contender(name: string, durability: Durability): Contender {
  return {
    name,
    durability,
    setting: "",
    start: () => Promise.reject(new Error("only its place is looked at")),
  };
}

test("contenders stand in the order A B C C B A within each durability class", () => {
  const contenders = (["async", "sync"] as const).flatMap((durability) =>
    ["mq", "5.5.0", "4.9.7"].map((name) => contender(name, durability)),
  );
  const order = (durabilities: readonly Durability[], rounds: number) =>
    planSessions(contenders, { durabilities, rounds }).map(
      ({ contender: { name, durability }, session }) => `${name}/${durability}/${session}`,
    );
  expect(order(["sync"], 1)).toEqual([
    "mq/sync/1",
    "5.5.0/sync/1",
    "4.9.7/sync/1",
    "4.9.7/sync/2",
    "5.5.0/sync/2",
    "mq/sync/2",
  ]);
  expect(order(["async", "sync"], 2)).toHaveLength(24);
});

test("words of the command line win over the environment, and QUICK shortens", () => {
  const options = parseBenchOptions(["SECONDS=2", "ROWS=sync64,start"], {
    QUICK: "1",
    SECONDS: "9",
    FLUSH: "sync",
  });
  expect(options).toMatchObject({
    windowMs: 2000,
    warmupMs: 3000,
    rows: ["sync64", "start"],
    durabilities: ["sync"],
    clients: ["java", "mq"],
    peers: ["5.5.0", "4.9.7"],
  });
});

test.each([["ROWS=sync65"], ["SECONDS=0"], ["SECONDS=x"], ["ONLY=kafka"], ["quick"]])(
  "%s is refused",
  (word) => {
    expect(() => parseBenchOptions([word], {})).toThrow();
  },
);

test("a process's usage only grows, and its memory and its start are there", () => {
  const before = readProcessUsage([process.pid]);
  const machineBefore = readMachineUsage();
  let sum = 0;
  while (readProcessUsage([process.pid]).cpuSeconds < before.cpuSeconds + 0.02) {
    sum += Math.sqrt(sum + 1);
  }
  const after = readProcessUsage([process.pid]);
  expect(after.writtenBytes).toBeGreaterThanOrEqual(before.writtenBytes);
  expect(readAnonymousBytes([process.pid])).toBeGreaterThan(1 << 20);
  expect(readStartMs(process.pid)).toBeLessThan(readUptimeMs());
  const shares = machineShares(machineBefore, readMachineUsage());
  expect(shares.idle + shares.steal).toBeLessThanOrEqual(1);
  expect(() => readProcessUsage([2 ** 22 + 1])).toThrow();
});

test("a run is void when the host or others used the machine", () => {
  expect(reasonToVoid({ stealShare: 0.01, othersShare: 0.05 })).toBeUndefined();
  expect(reasonToVoid({ stealShare: 0.03, othersShare: 0 })).toBe("steal 3.0 %");
  expect(reasonToVoid({ stealShare: 0, othersShare: 0.5 })).toContain("50 %");
});
