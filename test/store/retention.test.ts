/** Old segments go, by age, by size and from a full disk; what stays is whole, and offsets go on. */
import { afterEach, expect, test } from "bun:test";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { limits } from "../../src/core/limits.ts";
import { type Disk, DiskError } from "../../src/io/disk.ts";
import type { Environment } from "../../src/io/environment.ts";
import { decodeRecord } from "../../src/record/decode.ts";
import type { MessageStore, QueueHandle } from "../../src/store/message-store.ts";
import type { RetentionRules } from "../../src/store/retention/retention.ts";
import { appendAll, recordDraft } from "../support/builders.ts";
import { unpackStore } from "../support/rocketmq-stores.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { close, closeAll, copyOf, machine, numbered, openAt, readAll } from "./opened-stores.ts";

afterEach(closeAll);

const segmentBytes = limits.segmentBytesMin;
const hourMs = 3_600_000;
/** Some twenty of them fill a segment. */
const large = (count: number, from = 0): readonly string[] =>
  numbered(from + count)
    .slice(from)
    .map((body) => body.padEnd(3_000, "."));

/** The machine with a clock that the test moves, and with rounds of retention when the test wants them. */
class Rounds {
  shiftMs = 0;
  disk: Disk = machine.disk;
  readonly #rounds: (() => void)[] = [];

  readonly environment: Environment = {
    ...machine,
    disk: { ...machine.disk, space: (folder) => this.disk.space(folder) },
    clock: {
      ...machine.clock,
      nowMs: () => machine.clock.nowMs() + this.shiftMs,
      after: (delayMs, work) => {
        if (delayMs !== limits.retentionMs) {
          return machine.clock.after(delayMs, work);
        }
        this.#rounds.push(work);
        return { cancel: () => undefined };
      },
    },
  };

  /** Runs one round to its end. */
  async round(): Promise<void> {
    await until(() => this.#rounds.length > 0);
    this.#rounds.shift()?.();
    await until(() => this.#rounds.length > 0);
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function open(
  folder: string,
  rules: RetentionRules,
): Promise<{ store: MessageStore; rounds: Rounds; queue: QueueHandle }> {
  const rounds = new Rounds();
  const { environment } = rounds;
  const store = await openAt(folder, { environment, segmentBytes, retention: rules });
  return { store, rounds, queue: store.queue("orders", 0) };
}

const segmentsOf = (folder: string): readonly string[] =>
  readdirSync(join(folder, "commitlog")).sort();

async function firstBody(store: MessageStore, queue: QueueHandle): Promise<string> {
  const [first = ""] = await readAll(store, queue);
  return first.split(" ")[1]?.replace(/\.+$/, "") ?? "";
}

test("while the log is larger than its bound the oldest segments go, and the rest is served", async () => {
  const folder = tempFolder();
  const { store, rounds, queue } = await open(folder, { logBytesMax: 3 * segmentBytes });
  await appendAll(store, queue, large(200));
  await rounds.round();
  const { logMinOffset, logMaxOffset } = store.facts();
  expect(logMinOffset).toBeGreaterThan(4 * segmentBytes);
  expect(logMaxOffset - logMinOffset).toBeGreaterThan(2 * segmentBytes);
  expect(logMaxOffset - logMinOffset).toBeLessThanOrEqual(4 * segmentBytes);
  expect(Number(segmentsOf(folder)[0])).toBe(logMinOffset);
  const { minOffset } = queue;
  expect(minOffset).toBeGreaterThan(50);
  expect(await firstBody(store, queue)).toBe(`m${minOffset}`);
  expect(await readAll(store, queue)).toHaveLength(200 - minOffset);
  const below = { queue, offset: minOffset - 1, countMax: 1, bytesMax: 9_999, filter: undefined };
  expect(store.read(below)).toEqual({ kind: "offset_moved", nextOffset: minOffset });
  await close(store);
  const again = await open(folder, {});
  expect(again.queue.minOffset).toBe(minOffset);
  expect(await readAll(again.store, again.queue)).toHaveLength(200 - minOffset);
});

test("a start after a kill finds where queues begin that its snapshot remembers longer", async () => {
  const folder = tempFolder();
  const first = await open(folder, {});
  await appendAll(first.store, first.queue, large(200));
  await close(first.store);
  const { store, rounds, queue } = await open(folder, { logBytesMax: 3 * segmentBytes });
  const killed = copyOf(folder);
  await rounds.round();
  const { logMinOffset } = store.facts();
  for (const name of segmentsOf(killed)) {
    if (Number(name) < logMinOffset) {
      rmSync(join(killed, "commitlog", name));
    }
  }
  const again = await open(killed, {});
  expect(again.queue.minOffset).toBe(queue.minOffset);
  expect(again.queue.maxOffset).toBe(200);
  expect(await readAll(again.store, again.queue)).toHaveLength(200 - queue.minOffset);
});

test("a segment goes when its youngest record is old enough, never the one that is written", async () => {
  const folder = tempFolder();
  const { store, rounds, queue } = await open(folder, { reservedMs: 2 * hourMs });
  await appendAll(store, queue, large(60));
  rounds.shiftMs = hourMs;
  await appendAll(store, queue, large(60, 60));
  rounds.shiftMs = 2 * hourMs - 60_000;
  await rounds.round();
  expect(queue.minOffset).toBe(0);
  rounds.shiftMs = 2 * hourMs + 60_000;
  await rounds.round();
  expect(queue.minOffset).toBeGreaterThan(20);
  expect(queue.minOffset).toBeLessThanOrEqual(60);
  rounds.shiftMs = 100 * hourMs;
  await rounds.round();
  const { earliestStoreTimestampMs } = store.facts();
  expect(earliestStoreTimestampMs).toBeGreaterThan(machine.clock.nowMs() + hourMs - 60_000);
  expect(
    segmentsOf(folder).filter((name) => Number(name) < store.facts().logMaxOffset),
  ).toHaveLength(1);
  await appendAll(store, queue, ["still here"]);
  expect((await readAll(store, queue)).at(-1)).toBe("120 still here");
});

test("nothing goes that somebody still needs", async () => {
  const { store, rounds, queue } = await open(tempFolder(), { logBytesMax: 1 });
  let floor = 2 * segmentBytes + 100;
  store.keepFrom(() => Number.POSITIVE_INFINITY);
  store.keepFrom(() => floor);
  await appendAll(store, queue, large(200));
  await rounds.round();
  expect(store.facts().logMinOffset).toBe(2 * segmentBytes);
  floor = Number.POSITIVE_INFINITY;
  await rounds.round();
  expect(store.facts().logMinOffset).toBeGreaterThan(4 * segmentBytes);
});

test("a queue that was emptied goes on where it was, also when nothing but the log is left", async () => {
  const folder = tempFolder();
  const { store, rounds, queue } = await open(folder, { logBytesMax: 1 });
  const quiet = store.queue("quiet", 3);
  await appendAll(store, quiet, numbered(7));
  await appendAll(store, queue, large(100));
  await rounds.round();
  expect([quiet.minOffset, quiet.maxOffset]).toEqual([7, 7]);
  await close(store);
  const onlyLog = copyOf(folder);
  rmSync(join(onlyLog, "mq"), { recursive: true });
  for (const each of [folder, onlyLog]) {
    const again = await open(each, {});
    const handle = again.store.queue("quiet", 3);
    expect([handle.minOffset, handle.maxOffset]).toEqual([7, 7]);
    expect(again.store.append(recordDraft(handle)).queueOffset).toBe(7);
    again.store.forget("quiet");
    expect(again.store.append(recordDraft(handle)).queueOffset).toBe(0);
    await close(again.store);
  }
});

test("tables survive although the segments with their records are gone and the snapshot is lost", async () => {
  const folder = tempFolder();
  const { store, rounds, queue } = await open(folder, { logBytesMax: 1 });
  store.state.put("offset", "orders@billing", { "0": 12 });
  await store.state.commit();
  await appendAll(store, queue, large(100));
  await rounds.round();
  await close(store);
  rmSync(join(folder, "mq"), { recursive: true });
  const again = await open(folder, {});
  expect(again.store.state.rows("offset").get("orders@billing")).toEqual({ "0": 12 });
});

test("a reader of a segment that goes gets what it asked for", async () => {
  const rounds = new Rounds();
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { environment } = rounds;
  const disk: Disk = {
    ...environment.disk,
    open(path, mode) {
      const file = environment.disk.open(path, mode);
      const readLater = file.readLater.bind(file);
      file.readCached = () => -1;
      file.readLater = async (...args) => {
        const read = readLater(...args);
        await (path.includes("commitlog") ? gate : undefined);
        return await read;
      };
      return file;
    },
  };
  const store = await openAt(tempFolder(), {
    environment: { ...environment, disk },
    segmentBytes,
    retention: { logBytesMax: 1 },
  });
  const queue = store.queue("orders", 0);
  // More than the tail keeps in memory: the first ones come from the device.
  await appendAll(store, queue, large(4_000));
  const reading = store.read({ queue, offset: 0, countMax: 1, bytesMax: 9_999, filter: undefined });
  await rounds.round();
  expect(queue.minOffset).toBeGreaterThan(0);
  release();
  const outcome = await reading;
  expect(outcome.kind).toBe("found");
  if (outcome.kind === "found") {
    const { body } = decodeRecord(outcome.records, outcome.start);
    expect(body.toString()).toStartWith("m0.");
  }
  expect(store.facts().damagedRecordCount).toBe(0);
});

test("a disk that is nearly full loses its oldest segments, one that is too full takes no sends", async () => {
  const { store, rounds, queue } = await open(tempFolder(), {
    cleanDiskRatio: 0.85,
    refuseDiskRatio: 0.9,
  });
  await appendAll(store, queue, large(200));
  const totalBytes = 20 * segmentBytes;
  const used = (share: number): void => {
    rounds.disk = {
      ...machine.disk,
      space: () => ({ totalBytes, freeBytes: totalBytes * (1 - share) }),
    };
  };
  used(0.84);
  await rounds.round();
  expect(store.facts().logMinOffset).toBe(0);
  used(0.96);
  await rounds.round();
  expect(store.facts().logMinOffset).toBe(3 * segmentBytes);
  expect(store.health()).toEqual({ isWritable: false, reason: "96 % of the disk are used" });
  expect(() => store.append(recordDraft(queue))).toThrow("96 % of the disk are used");
  store.state.put("offset", "orders@billing", { "0": 1 });
  await store.state.commit();
  used(0.8);
  await rounds.round();
  await appendAll(store, queue, ["again"]);
});

test("a disk that is nearly full by its share alone, with ample room left, changes nothing", async () => {
  const { store, rounds, queue } = await open(tempFolder(), {
    cleanDiskRatio: 0.85,
    refuseDiskRatio: 0.9,
    ampleDiskBytes: 5 * segmentBytes,
  });
  await appendAll(store, queue, large(200));
  const left = (freeBytes: number): void => {
    const totalBytes = 100 * segmentBytes;
    rounds.disk = { ...machine.disk, space: () => ({ totalBytes, freeBytes }) };
  };
  left(6 * segmentBytes);
  await rounds.round();
  expect([store.facts().logMinOffset, store.health().isWritable]).toEqual([0, true]);
  left(4 * segmentBytes);
  await rounds.round();
  expect(store.facts().logMinOffset).toBeGreaterThan(0);
  expect(store.health().isWritable).toBe(false);
});

test("files of a queue go that hold nothing but what went", async () => {
  const { folder } = unpackStore("4.9.7", "main-clean");
  const { store, rounds } = await open(folder, { logBytesMax: 1 << 20 });
  const queue = store.queue("FxNormal", 0);
  const files = (): readonly string[] =>
    readdirSync(join(folder, "consumequeue/FxNormal/0")).sort();
  expect(files()).toHaveLength(6);
  await rounds.round();
  expect(queue.minOffset).toBeGreaterThan(100);
  // Files have 2,000 bytes here: 100 entries.
  expect(Number(files()[0])).toBe(Math.floor(queue.minOffset / 100) * 2_000);
  expect(existsSync(join(folder, "consumequeue/FxTags/0"))).toBe(true);
  const bodies = await readAll(store, queue);
  expect(bodies).toHaveLength(queue.maxOffset - queue.minOffset);
});

test("a disk without any room left still gets rid of what the last checkpoint covers", async () => {
  const folder = tempFolder();
  const first = await open(folder, {});
  await appendAll(first.store, first.queue, large(100));
  first.store.state.put("offset", "orders@billing", { "0": 12 });
  await close(first.store);
  const rounds = new Rounds();
  rounds.disk = {
    ...machine.disk,
    space: () => ({ totalBytes: 100 * segmentBytes, freeBytes: 0 }),
  };
  const isFull = { now: false };
  const { environment } = rounds;
  const disk: Disk = {
    ...environment.disk,
    open(path, mode) {
      const file = environment.disk.open(path, mode);
      const write = file.write.bind(file);
      file.write = (...args) => {
        if (isFull.now && !path.includes("/commitlog/")) {
          throw new DiskError("no_space", path, "no space left on the device");
        }
        write(...args);
      };
      file.allocate = (position, bytes) => {
        if (isFull.now) {
          throw new DiskError("no_space", path, `no space for ${bytes} bytes at ${position}`);
        }
      };
      return file;
    },
  };
  const retention = { cleanDiskRatio: 0.97 };
  const store = await openAt(folder, {
    environment: { ...environment, disk },
    segmentBytes,
    retention,
  });
  isFull.now = true;
  await rounds.round();
  expect(store.facts().logMinOffset).toBe(3 * segmentBytes);
  isFull.now = false;
  await close(store);
  const again = await open(folder, {});
  expect(again.store.state.rows("offset").get("orders@billing")).toEqual({ "0": 12 });
  expect(await firstBody(again.store, again.queue)).toBe(`m${again.queue.minOffset}`);
});
