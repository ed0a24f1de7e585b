/**
 * Proofs that the checkers find what they look for, on one store: a disk whose sync lies, a recovery that
 * accepts torn records, tables that forget a change, a reader that passes over a record.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import type { MessageStore } from "../../src/store/message-store.ts";
import { credulous } from "./credulous-disk.ts";
import type { Machine } from "./machine.ts";
import { describeFailure } from "./report.ts";
import { runStoreSeed, type StoreFaults } from "./store-run.ts";

setDefaultTimeout(60_000);

const seeds = [1, 2, 3, 4, 5, 6];

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
  tempo: 1,
} as const;

/** Runs seeds with a fault: in how many of them each checker found something. */
function huntWith(faults: StoreFaults): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const seed of seeds) {
    const plan = { ...onlyPowerCuts, ...faults.plan };
    const { violations } = runStoreSeed(seed, { ...faults, plan });
    for (const checker of new Set(violations.map((violation) => violation.checker))) {
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
  expect(found.get("no-loss") ?? 0).toBeGreaterThan(3);
  expect(found.get("offsets") ?? 0).toBeGreaterThan(0);
});

test("no-phantom finds a recovery that accepts torn records", () => {
  let patchedCount = 0;
  const found = huntWith({
    plan: { bodyBytes: 3_000, isBodyMixed: false, writeBackChance: 0.3, epochCount: 8 },
    wrapEnvironment: (environment) =>
      credulous(environment, () => {
        patchedCount++;
      }),
  });
  expect(patchedCount).toBeGreaterThan(0);
  expect(found.get("no-phantom") ?? 0).toBeGreaterThan(0);
});

test("offsets finds tables that forget one change in five", () => {
  const forgetful = (store: MessageStore): MessageStore => {
    const { state } = store;
    const put = state.put.bind(state);
    let putCount = 0;
    state.put = (table, key, value) => {
      putCount++;
      if (putCount % 5 !== 0) {
        put(table, key, value);
      }
    };
    return store;
  };
  const found = huntWith({ wrapStore: forgetful });
  expect(found.get("offsets") ?? 0).toBeGreaterThan(0);
});

test("order finds a reader that passes over a record", () => {
  const hasty = (store: MessageStore): MessageStore => {
    const read = store.read.bind(store);
    let readCount = 0;
    store.read = (request) => {
      readCount++;
      const isSkipping = readCount % 5 === 0 && request.offset + 1 < request.queue.maxOffset;
      return read(isSkipping ? { ...request, offset: request.offset + 1 } : request);
    };
    return store;
  };
  const found = huntWith({ wrapStore: hasty });
  expect(found.get("order") ?? 0).toBeGreaterThan(3);
});

test("retention finds a store that keeps less than it promised", () => {
  const slow = { tempo: 400, retainedBytes: 8 * 65_536, segmentBytes: 65_536, bodyBytes: 3_000 };
  expect(huntWith({ plan: slow }).get("retention") ?? 0).toBe(0);
  const found = huntWith({ plan: slow, keptBytes: 1 });
  expect(found.get("retention") ?? 0).toBeGreaterThan(0);
});

test("keys finds an index that forgets one record in ten", () => {
  const forgetful = (store: MessageStore): MessageStore => {
    const queryKey = store.queryKey.bind(store);
    let count = 0;
    store.queryKey = async (topic, key, query) => {
      const hits = await queryKey(topic, key, query);
      count++;
      return count % 10 === 0 ? { ...hits, count: 0, records: Buffer.alloc(0) } : hits;
    };
    return store;
  };
  const found = huntWith({ wrapStore: forgetful });
  expect(found.get("keys") ?? 0).toBeGreaterThan(3);
});

test("a failure is told with the one command that replays it", () => {
  const report = runStoreSeed(1, {
    plan: onlyPowerCuts,
    prepare: (machine) => {
      machine.plan.isLying = true;
    },
  });
  const lines = describeFailure(report).split("\n");
  expect(lines[0]).toBe(`seed store:1 broke ${report.violations.length} rules`);
  expect(lines.at(-1)).toBe("replay it with: make simulate SEED=store:1");
});
