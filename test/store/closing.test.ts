/** The ends of a store: reads in flight, changes that come too late, disks that fail or are full. */
import { afterEach, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DiskError, type DiskFile } from "../../src/io/disk.ts";
import type { MessageStore, ReadOutcome } from "../../src/store/message-store.ts";
import { appendAll, recordDraft } from "../support/builders.ts";
import { tempFolder } from "../support/temp-folder.ts";
import {
  close,
  closeAll,
  machine,
  numbered,
  openAt,
  readAll,
  served,
  withDisk,
  withFiles,
} from "./opened-stores.ts";

afterEach(closeAll);

const orders = (store: MessageStore) => store.queue("orders", 0);
const all = (store: MessageStore): ReadOutcome | Promise<ReadOutcome> =>
  store.read({
    queue: orders(store),
    offset: 0,
    countMax: 32,
    bytesMax: 262_144,
    filter: undefined,
  });
/** Larger than what the tail keeps in memory, in records that fill it. */
const backlog = numbered(100).map((body) => body.padEnd(100_000, "."));
const isLog = (file: DiskFile): boolean => file.path.includes("/commitlog/");
const noSpace = (file: DiskFile) => () => {
  throw new DiskError("no_space", file.path, "no space left on the device");
};

test("cold reads deliver what warm ones do", async () => {
  const environment = withFiles(() => ({ readCached: () => -1 }));
  const store = await openAt(tempFolder(), { environment });
  await appendAll(store, orders(store), [...backlog, ...numbered(300)]);
  const bodies = [...backlog, ...numbered(300)];
  expect(await readAll(store, orders(store))).toEqual(served(bodies));
});

test("a sector that cannot be read costs its own messages, and what lies behind is served", async () => {
  const folder = tempFolder();
  const first = await openAt(folder);
  await appendAll(first, orders(first), numbered(5));
  await close(first);
  const badAt = readFileSync(join(folder, "commitlog", "0".repeat(20))).indexOf("m2");
  const environment = withFiles((file) => ({
    readCached: () => -1,
    readLater: (target, at, bytes, position) =>
      isLog(file) && position <= badAt && badAt < position + bytes
        ? Promise.reject(new DiskError("failed", file.path, "input/output error"))
        : file.readLater(target, at, bytes, position),
  }));
  const second = await openAt(folder, { environment });
  const found = await readAll(second, orders(second));
  expect(found).toEqual(served(numbered(5)).filter((message) => message !== "2 m2"));
});

test("a store that closes while a cold read is under way leaves no file open", async () => {
  const handles = new Set<DiskFile>();
  const environment = withDisk((disk) => ({
    open(path, mode) {
      const file = disk.open(path, mode);
      const shut = file.close.bind(file);
      handles.add(file);
      file.readCached = () => -1;
      file.close = () => {
        handles.delete(file);
        shut();
      };
      return file;
    },
  }));
  const store = await openAt(tempFolder(), { environment });
  await appendAll(store, orders(store), backlog);
  const reading = Promise.resolve(all(store)).then(
    (outcome) => outcome.kind,
    (error: unknown) => String(error),
  );
  await close(store);
  expect(["found", "MqError: the store is closed"]).toContain(await reading);
  expect([...handles].map((file) => file.path)).toEqual([]);
  expect(() => all(store)).toThrow("closed");
});

test("a file that is closed while the pool reads it is read to the end", async () => {
  const folder = tempFolder();
  const path = join(folder, "file");
  const file = machine.disk.open(path, "create");
  file.write(Buffer.from("what was asked for"), 0, 18, 0);
  const target = Buffer.alloc(18);
  const other = machine.disk.open(path, "read");
  const first = other.readLater(Buffer.alloc(18), 0, 18, 0);
  const second = file.readLater(target, 0, 18, 0);
  file.close();
  expect(await second).toBe(18);
  expect(target.toString()).toBe("what was asked for");
  await first;
  other.close();
  expect(() => file.bytes()).toThrow("closed");
});

test("changes of tables that come after the end write nothing", async () => {
  const folder = tempFolder();
  const store = await openAt(folder);
  await appendAll(store, orders(store), ["1"]);
  await close(store);
  const log = join(folder, "commitlog", "0".repeat(20));
  const before = readFileSync(log);
  store.state.put("topic", "late", {});
  await expect(store.state.commit()).rejects.toThrow("closed");
  expect(() => store.forget("orders")).toThrow("clos");
  expect(readFileSync(log).equals(before)).toBe(true);
});

test("the second of two stores on one folder is refused, in one process as well", async () => {
  const folder = tempFolder();
  const first = await openAt(folder);
  await expect(openAt(folder)).rejects.toThrow("in use");
  await appendAll(first, orders(first), ["1"]);
  await close(first);
  const second = await openAt(folder);
  expect(await readAll(second, orders(second))).toEqual(["0 1"]);
});

test("a store whose checkpoint finds no space closes all the same, and the next start recovers", async () => {
  const folder = tempFolder();
  let isFull = false;
  const environment = withFiles((file) =>
    isLog(file) ? {} : { write: (...args) => (isFull ? noSpace(file)() : file.write(...args)) },
  );
  const first = await openAt(folder, { environment });
  await appendAll(first, orders(first), numbered(10));
  isFull = true;
  await close(first);
  const second = await openAt(folder);
  expect(await readAll(second, orders(second))).toEqual(served(numbered(10)));
});

test("after a failed sync of a queue's file no checkpoint claims its entries", async () => {
  const folder = tempFolder();
  const fails = (file: DiskFile): Promise<void> =>
    Promise.reject(new DiskError("failed", file.path, "device error"));
  const environment = withFiles((file) =>
    file.path.includes("/consumequeue/")
      ? { sync: () => fails(file), syncLater: () => fails(file) }
      : {},
  );
  const store = await openAt(folder, { environment });
  await appendAll(store, orders(store), numbered(10));
  const before = readFileSync(join(folder, "mq", "snapshot"));
  await close(store);
  expect(readFileSync(join(folder, "mq", "snapshot")).equals(before)).toBe(true);
});

test("what was written during a sync is synced too, although nothing is written after it", async () => {
  const releases: (() => void)[] = [];
  let syncCount = 0;
  const environment = withFiles((file) =>
    isLog(file)
      ? {
          async sync() {
            syncCount++;
            await new Promise<void>((resolve) => releases.push(resolve));
            await file.sync();
          },
        }
      : {},
  );
  const store = await openAt(tempFolder(), { flush: "async", environment });
  const written = () => store.facts().logMaxOffset;
  await appendAll(store, orders(store), backlog);
  const until = async (isDone: () => boolean): Promise<void> => {
    while (!isDone()) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await until(() => releases.length === 1);
  await appendAll(store, orders(store), backlog);
  expect(written()).toBeGreaterThan(19_000_000);
  releases.shift()?.();
  await until(() => releases.length === 1);
  expect(syncCount).toBe(2);
  releases.shift()?.();
});

test("a segment that could not be made leaves neither a file open nor an offset taken", async () => {
  let isFull = false;
  let openCount = 0;
  const environment = withDisk((disk) => ({
    open(path, mode) {
      const file = disk.open(path, mode);
      const shut = file.close.bind(file);
      openCount++;
      file.close = () => {
        openCount--;
        shut();
      };
      const allocate = file.allocate.bind(file);
      file.allocate = (...args) => (isFull ? noSpace(file)() : allocate(...args));
      return file;
    },
  }));
  let nowMs = 0;
  const clock = { ...machine.clock, elapsedMs: () => nowMs };
  const store = await openAt(tempFolder(), {
    segmentBytes: 1 << 20,
    environment: { ...environment, clock },
  });
  const draft = recordDraft(orders(store), { body: Buffer.alloc(100_000) });
  isFull = true;
  let taken = 0;
  const before = openCount;
  for (let attempt = 0; attempt < 30; attempt++) {
    nowMs += 10_000;
    try {
      store.append(draft);
      taken++;
    } catch (error) {
      expect(String(error)).toContain("full");
    }
  }
  expect(openCount - before).toBeLessThanOrEqual(1);
  isFull = false;
  nowMs += 10_000;
  await appendAll(store, orders(store), ["next"]);
  expect(orders(store).maxOffset).toBe(taken + 1);
});

test("a row that fits no record is refused and holds up no other", async () => {
  const store = await openAt(tempFolder());
  expect(() => store.state.put("topic", "vast", "x".repeat(5_000_000))).toThrow("row");
  store.state.put("topic", "small", {});
  await store.state.commit();
  expect([...store.state.rows("topic").keys()]).toEqual(["small"]);
});
