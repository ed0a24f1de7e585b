/**
 * The store under simulated crashes, and the proofs that the checkers can find what they look for: a disk
 * whose sync lies, a recovery that accepts torn tails, tables that forget a row.
 */
import { describe, expect, test } from "bun:test";
import type { MessageStore } from "../../src/store/message-store.ts";
import { credulous } from "./credulous-disk.ts";
import type { Machine } from "./machine.ts";
import { describeFailure, type RunReport } from "./report.ts";
import { runStoreSeed, type StoreFaults } from "./store-run.ts";

const seedCount = 24;

describe("on one store, whatever the crash", () => {
  for (let seed = 1; seed <= seedCount; seed++) {
    test(`seed ${seed} keeps every promise`, () => {
      const report = runStoreSeed(seed);
      expect(report.violations.length === 0 ? "" : describeFailure(report)).toBe("");
    });
  }
});

test("the same seed gives the same history, another seed another", () => {
  const hashes = [3, 3, 4, 4].map((seed) => runStoreSeed(seed).hash);
  expect(hashes[0]).toBe(hashes[1] as string);
  expect(hashes[2]).toBe(hashes[3] as string);
  expect(hashes[0]).not.toBe(hashes[2] as string);
});

/** Without other trouble, so that what is found comes from the planted fault. */
const onlyPowerCuts = {
  flush: "sync",
  writerCount: 6,
  epochCount: 5,
  killShare: 0,
  failedSyncShare: 0,
  failedWriteShare: 0,
  fullDiskShare: 0,
  cleanStopShare: 0,
  isFolderNew: false,
} as const;

/** Runs seeds with a fault until a checker finds it; which checkers did, and in how many seeds. */
function huntWith(faults: StoreFaults): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (let seed = 1; seed <= 10; seed++) {
    const report: RunReport = runStoreSeed(seed, {
      ...faults,
      plan: { ...onlyPowerCuts, ...faults.plan },
    });
    for (const checker of new Set(report.violations.map((violation) => violation.checker))) {
      found.set(checker, (found.get(checker) ?? 0) + 1);
    }
  }
  return found;
}

test("without a planted fault the same runs find nothing", () => {
  expect(huntWith({})).toEqual(new Map());
});

test("no-loss and offsets find a disk whose sync lies", () => {
  const prepare = (machine: Machine): void => {
    machine.plan.isLying = true;
  };
  const found = huntWith({ prepare });
  expect(found.get("no-loss") ?? 0).toBeGreaterThan(5);
  expect(found.get("offsets") ?? 0).toBeGreaterThan(0);
});

test("no-phantom finds a recovery that accepts torn records", () => {
  let patchedCount = 0;
  const found = huntWith({
    plan: { bodyBytes: 3_000, isBodyMixed: false, writeBackChance: 0.3 },
    wrapEnvironment: (environment) =>
      credulous(environment, () => {
        patchedCount++;
      }),
  });
  expect(patchedCount).toBeGreaterThan(0);
  expect(found.get("no-phantom") ?? 0).toBeGreaterThan(0);
});

test("offsets finds tables that forget one change in twenty", () => {
  let putCount = 0;
  const forgetful = (store: MessageStore): MessageStore => {
    const { state } = store;
    const put = state.put.bind(state);
    state.put = (table, key, value) => {
      putCount++;
      if (putCount % 20 !== 0) {
        put(table, key, value);
      }
    };
    return store;
  };
  expect(huntWith({ wrapStore: forgetful }).get("offsets") ?? 0).toBeGreaterThan(0);
});
