/** What the store on disk promises, on a real disk. Crashes and lying disks are the simulator's part. */
import { afterEach, describe, expect, test } from "bun:test";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openStore } from "../../src/app/open-store.ts";
import { MqError } from "../../src/core/error.ts";
import { limits } from "../../src/core/limits.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import type { Environment } from "../../src/io/environment.ts";
import { decodeRecord } from "../../src/record/decode.ts";
import type { MessageStore, QueueHandle } from "../../src/store/message-store.ts";
import { appendAll, recordDraft } from "../support/builders.ts";
import { tempFolder } from "../support/temp-folder.ts";

const environment = createBunEnvironment({ level: "error", format: "text" });
const open = new Set<MessageStore>();

async function openAt(
  folder: string,
  options: { readonly flush?: "sync" | "async"; readonly segmentBytes?: number } = {},
  machine: Environment = environment,
): Promise<MessageStore> {
  const store = await openStore(machine, {
    folder,
    flush: options.flush ?? "sync",
    storeHost: { host: "127.0.0.1", port: 10911 },
    ...(options.segmentBytes === undefined ? {} : { segmentBytes: options.segmentBytes }),
  });
  open.add(store);
  return store;
}

async function close(store: MessageStore): Promise<void> {
  open.delete(store);
  await store.close();
}

afterEach(async () => {
  for (const store of open) {
    await close(store);
  }
});

interface Message {
  readonly offset: number;
  readonly body: string;
}

async function readAll(store: MessageStore, queue: QueueHandle): Promise<readonly Message[]> {
  const messages: Message[] = [];
  let offset = queue.minOffset;
  while (offset < queue.maxOffset) {
    const outcome = await store.read({
      queue,
      offset,
      countMax: 32,
      bytesMax: 262_144,
      filter: undefined,
    });
    if (outcome.kind === "found") {
      let at = outcome.start;
      while (at < outcome.end) {
        const record = decodeRecord(outcome.records, at);
        messages.push({ offset: record.queueOffset, body: record.body.toString() });
        at += record.bytes;
      }
    }
    offset = outcome.nextOffset;
  }
  return messages;
}

const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `m${index}`);
const asMessages = (bodies: readonly string[]): readonly Message[] =>
  bodies.map((body, offset) => ({ offset, body }));

/** The store's folder as a power cut right now would leave it. */
function copyOf(folder: string): string {
  const copy = tempFolder();
  cpSync(folder, copy, { recursive: true });
  return copy;
}

describe("reading", () => {
  test("what was acknowledged is read in order, and nothing before that", async () => {
    const store = await openAt(tempFolder());
    const queue = store.queue("orders", 0);
    const { endOffset } = store.append(recordDraft(queue, { body: "first" }));
    expect(queue.maxOffset).toBe(0);
    await store.whenAcknowledged(endOffset);
    await appendAll(store, queue, ["second", "third"]);
    expect(await readAll(store, queue)).toEqual(asMessages(["first", "second", "third"]));
  });

  test("a filter skips by tag hash and says where to go on", async () => {
    const store = await openAt(tempFolder());
    const queue = store.queue("orders", 0);
    await appendAll(store, queue, ["1", "2"], "a");
    await appendAll(store, queue, ["3"], "b");
    const request = { queue, offset: 0, countMax: 32, bytesMax: 1_000_000 };
    const onlyB = await store.read({ ...request, filter: (hash) => hash === 98 });
    expect(onlyB).toMatchObject({ kind: "found", nextOffset: 3, count: 1 });
    const none = await store.read({ ...request, filter: () => false });
    expect(none).toEqual({ kind: "nothing_matched", nextOffset: 3 });
  });

  test("an offset outside the queue is moved, the end is caught up", async () => {
    const store = await openAt(tempFolder());
    const queue = store.queue("orders", 0);
    await appendAll(store, queue, ["1"]);
    const request = { queue, countMax: 1, bytesMax: 100, filter: undefined };
    expect(await store.read({ ...request, offset: 1 })).toEqual({
      kind: "caught_up",
      nextOffset: 1,
    });
    expect(await store.read({ ...request, offset: 9 })).toEqual({
      kind: "offset_moved",
      nextOffset: 1,
    });
  });

  test("one record is returned even when it alone exceeds the bytes asked for", async () => {
    const store = await openAt(tempFolder());
    const queue = store.queue("orders", 0);
    await appendAll(store, queue, ["x".repeat(5_000), "y"]);
    const outcome = await store.read({
      queue,
      offset: 0,
      countMax: 9,
      bytesMax: 10,
      filter: undefined,
    });
    expect(outcome).toMatchObject({ kind: "found", nextOffset: 1, count: 1 });
  });

  test("a backlog larger than memory keeps is read back whole, across segments", async () => {
    const store = await openAt(tempFolder(), { flush: "async", segmentBytes: 1 << 20 });
    const queue = store.queue("orders", 0);
    const bodies = numbered(12_000).map((body) => body.padEnd(1_000, "."));
    await appendAll(store, queue, bodies);
    expect(store.facts().segmentCount).toBeGreaterThan(10);
    expect(await readAll(store, queue)).toEqual(asMessages(bodies));
  });

  test("an offset is found by time, with both boundaries", async () => {
    let nowMs = 1_000;
    const clock = { ...environment.clock, nowMs: () => nowMs };
    const store = await openAt(tempFolder(), {}, { ...environment, clock });
    const queue = store.queue("orders", 0);
    for (nowMs of [1_000, 2_000, 2_000, 3_000]) {
      await appendAll(store, queue, ["x"]);
    }
    expect(await store.offsetAtTime(queue, 2_000, "lower")).toBe(1);
    expect(await store.offsetAtTime(queue, 2_000, "upper")).toBe(2);
    expect(await store.offsetAtTime(queue, 500, "lower")).toBe(0);
    expect(await store.offsetAtTime(queue, 9_000, "lower")).toBe(4);
    expect(await store.offsetAtTime(queue, 9_000, "upper")).toBe(3);
  });

  test("a record is found by its place in the log, from memory and from disk, and nowhere else", async () => {
    const folder = tempFolder();
    let store = await openAt(folder);
    const queue = store.queue("t", 0);
    const places: number[] = [];
    for (const body of numbered(5)) {
      const appended = store.append(recordDraft(queue, { body }));
      places.push(appended.physicalOffset);
      await store.whenAcknowledged(appended.endOffset);
    }
    const bodiesAt = async (): Promise<readonly (string | undefined)[]> => {
      const found = await Promise.all(places.map((place) => store.recordAt(place)));
      return found.map((bytes) => bytes && decodeRecord(bytes, 0).body.toString());
    };
    expect(await bodiesAt()).toEqual(numbered(5));
    await close(store);
    store = await openAt(folder);
    expect(await bodiesAt()).toEqual(numbered(5));
    const end = store.facts().logMaxOffset;
    for (const place of [-1, 1, (places[1] ?? 0) + 4, end, end + 1, 2 ** 50]) {
      expect(await store.recordAt(place)).toBeUndefined();
    }
  });

  test("times of records never go back when the wall clock does", async () => {
    let nowMs = 5_000;
    const clock = { ...environment.clock, nowMs: () => nowMs };
    const store = await openAt(tempFolder(), {}, { ...environment, clock });
    const queue = store.queue("orders", 0);
    await appendAll(store, queue, ["1"]);
    nowMs = 1_000;
    await appendAll(store, queue, ["2"]);
    expect(await store.storeTimestampAt(queue, 1)).toBe(5_000);
  });
});

describe("opening again", () => {
  test("after a clean stop nothing is read again and everything is there", async () => {
    const folder = tempFolder();
    const first = await openAt(folder);
    await appendAll(first, first.queue("orders", 3), numbered(300));
    await close(first);
    expect(existsSync(join(folder, "abort"))).toBe(false);
    const second = await openAt(folder);
    expect(await readAll(second, second.queue("orders", 3))).toEqual(asMessages(numbered(300)));
    await appendAll(second, second.queue("orders", 3), ["next"]);
    expect((await readAll(second, second.queue("orders", 3))).at(-1)).toEqual({
      offset: 300,
      body: "next",
    });
  });

  test("after a kill every acknowledged message and state row is there", async () => {
    const folder = tempFolder();
    const first = await openAt(folder, { segmentBytes: limits.segmentBytesMin });
    await appendAll(first, first.queue("orders", 0), numbered(1_000));
    first.state.put("offset", "orders@billing", { "0": 17 });
    first.state.put("topic", "orders", { queues: 4 });
    await first.state.commit();
    const second = await openAt(copyOf(folder));
    expect(await readAll(second, second.queue("orders", 0))).toEqual(asMessages(numbered(1_000)));
    expect([...second.state.rows("offset")]).toEqual([["orders@billing", { "0": 17 }]]);
    expect([...second.state.rows("topic")]).toEqual([["orders", { queues: 4 }]]);
  });

  test("queues and tables are rebuilt from the log alone", async () => {
    const folder = tempFolder();
    const first = await openAt(folder);
    await appendAll(first, first.queue("orders", 0), numbered(500), "a");
    first.state.put("topic", "orders", { queues: 1 });
    first.state.put("topic", "gone", {});
    await first.state.commit();
    first.state.remove("topic", "gone");
    await close(first);
    rmSync(join(folder, "consumequeue"), { recursive: true });
    rmSync(join(folder, "mq"), { recursive: true });
    const second = await openAt(folder);
    expect(await readAll(second, second.queue("orders", 0))).toEqual(asMessages(numbered(500)));
    expect([...second.state.rows("topic")]).toEqual([["orders", { queues: 1 }]]);
  });

  test("a torn tail is cut, saved beside the log, and never rises again", async () => {
    const folder = tempFolder();
    const first = await openAt(folder);
    await appendAll(first, first.queue("orders", 0), numbered(10));
    const copy = copyOf(folder);
    const segment = join(copy, "commitlog", "0".repeat(20));
    const bytes = readFileSync(segment);
    const end = first.acknowledgedOffset;
    bytes[end - 30] = (bytes[end - 30] ?? 0) ^ 1;
    writeFileSync(segment, bytes);
    const second = await openAt(copy);
    expect(await readAll(second, second.queue("orders", 0))).toEqual(asMessages(numbered(9)));
    expect(readdirSync(join(copy, "mq", "cut")).length).toBe(1);
    expect(
      readFileSync(segment)
        .subarray(second.acknowledgedOffset, end)
        .every((byte) => byte === 0),
    ).toBe(true);
    await appendAll(second, second.queue("orders", 0), ["again"]);
    expect((await readAll(second, second.queue("orders", 0))).at(-1)).toEqual({
      offset: 9,
      body: "again",
    });
  });

  test("damage below the checkpoint costs one message: its offset stays its own", async () => {
    const folder = tempFolder();
    const first = await openAt(folder);
    await appendAll(first, first.queue("orders", 0), numbered(10));
    await close(first);
    const segment = join(folder, "commitlog", "0".repeat(20));
    const bytes = readFileSync(segment);
    const at = bytes.indexOf("m4");
    bytes[at] = 0x58;
    writeFileSync(segment, bytes);
    const second = await openAt(folder);
    const bodies = (await readAll(second, second.queue("orders", 0))).map(({ body }) => body);
    expect(bodies).toEqual(numbered(10).filter((body) => body !== "m4"));
    expect(second.facts().damagedRecordCount).toBe(1);
  });

  test("damage met while the whole log is read is stepped over, not cut off", async () => {
    const folder = tempFolder();
    const first = await openAt(folder);
    await appendAll(first, first.queue("orders", 0), numbered(10));
    await close(first);
    const segment = join(folder, "commitlog", "0".repeat(20));
    const bytes = readFileSync(segment);
    bytes[bytes.indexOf("m4")] = 0x58;
    writeFileSync(segment, bytes);
    rmSync(join(folder, "mq"), { recursive: true });
    const second = await openAt(folder);
    const messages = await readAll(second, second.queue("orders", 0));
    expect(messages).toEqual(asMessages(numbered(10)).filter(({ body }) => body !== "m4"));
  });

  test("a topic that was forgotten starts at 0, also after a rebuild", async () => {
    const folder = tempFolder();
    const first = await openAt(folder);
    await appendAll(first, first.queue("orders", 0), numbered(200));
    first.forget("orders");
    await appendAll(first, first.queue("orders", 0), ["new"]);
    expect(await readAll(first, first.queue("orders", 0))).toEqual(asMessages(["new"]));
    await close(first);
    rmSync(join(folder, "mq"), { recursive: true });
    const second = await openAt(folder);
    expect(await readAll(second, second.queue("orders", 0))).toEqual(asMessages(["new"]));
  });

  test("a store that another broker has is refused", async () => {
    const folder = tempFolder();
    await openAt(folder);
    const script = `
      import { createBunEnvironment } from "${import.meta.dir}/../../src/io/bun/environment.ts";
      import { openStore } from "${import.meta.dir}/../../src/app/open-store.ts";
      const machine = createBunEnvironment({ level: "error", format: "text" });
      const storeHost = { host: "127.0.0.1", port: 1 };
      await openStore(machine, { folder: "${folder}", flush: "sync", storeHost })
        .then(() => process.exit(0), (error) => { console.log(error.message); process.exit(7); });`;
    const other = Bun.spawnSync([process.execPath, "-e", script]);
    expect(other.exitCode).toBe(7);
    expect(other.stdout.toString()).toContain("in use by another broker");
  });
});

describe("refusing", () => {
  test("a record above the limit is refused and takes no offset", async () => {
    const store = await openAt(tempFolder());
    const queue = store.queue("orders", 0);
    const large = recordDraft(queue, { body: Buffer.alloc(limits.recordBytesMax) });
    expect(() => store.append(large)).toThrow(MqError);
    await appendAll(store, queue, ["fits"]);
    expect(await readAll(store, queue)).toEqual(asMessages(["fits"]));
  });

  test("a closed store takes nothing and says so", async () => {
    const store = await openAt(tempFolder());
    const queue = store.queue("orders", 0);
    await close(store);
    expect(() => store.append(recordDraft(queue))).toThrow("closing");
    expect(store.health().isWritable).toBe(false);
  });
});

test("a commit waits for the device also when a timed flush wrote its rows before", async () => {
  const folder = tempFolder();
  const due: (() => void)[] = [];
  const clock = {
    ...environment.clock,
    after(_delayMs: number, run: () => void) {
      due.push(run);
      return { cancel: () => undefined };
    },
  };
  const store = await openAt(folder, {}, { ...environment, clock });
  store.state.put("offset", "orders@billing", { "0": 1 });
  for (const run of due.splice(0)) {
    run();
  }
  const before = store.acknowledgedOffset;
  await store.state.commit();
  expect(store.acknowledgedOffset).toBeGreaterThan(before);
});
