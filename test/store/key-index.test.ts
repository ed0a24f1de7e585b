/** Messages are found by key whatever happened to the index: it is full, torn, lost, or was written by RocketMQ. */
import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { limits } from "../../src/core/limits.ts";
import { decodeRecord, type MessageRecord } from "../../src/record/decode.ts";
import type { KeyQuery, MessageStore } from "../../src/store/message-store.ts";
import { recordDraft } from "../support/builders.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { close, closeAll, copyOf, type OpenChoices, openAt } from "./opened-stores.ts";

afterEach(closeAll);

const plain: OpenChoices = { segmentBytes: 1 << 20 };
const small: OpenChoices = { ...plain, keyGeometry: { slots: 10, entries: 40 } };
const always: KeyQuery = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, countMax: 1_000 };

interface Sent {
  readonly keys?: string;
  readonly uniqueKey?: string;
  readonly topic?: string;
}

async function send(store: MessageStore, messages: readonly Sent[]): Promise<readonly number[]> {
  const offsets: number[] = [];
  let endOffset = 0;
  for (const message of messages) {
    const queue = store.queue(message.topic ?? "orders", 0);
    const appended = store.append(recordDraft(queue, message));
    offsets.push(appended.physicalOffset);
    ({ endOffset } = appended);
  }
  await store.whenAcknowledged(endOffset);
  return offsets;
}

async function find(
  store: MessageStore,
  key: string,
  query: Partial<KeyQuery> = {},
  topic = "orders",
): Promise<readonly number[]> {
  const { records } = await store.queryKey(topic, key, { ...always, ...query });
  return decodeAll(records).map(({ physicalOffset }) => physicalOffset);
}

function decodeAll(records: Buffer): readonly MessageRecord[] {
  const found: MessageRecord[] = [];
  for (let at = 0; at < records.length; at += found.at(-1)?.bytes ?? records.length) {
    found.push(decodeRecord(records, at));
  }
  return found;
}

const files = (folder: string): readonly string[] =>
  existsSync(join(folder, "index")) ? readdirSync(join(folder, "index")).sort() : [];

const numbered = (count: number): readonly Sent[] =>
  Array.from({ length: count }, (_, index) => ({
    uniqueKey: `U${index}`,
    keys: `k${index} ${index % 2 === 0 ? "even" : "odd"}`,
  }));

/** Every message of `numbered` is found by each of its keys. */
async function expectAllFound(store: MessageStore, offsets: readonly number[]): Promise<void> {
  for (const [index, offset] of offsets.entries()) {
    expect(await find(store, `k${index}`)).toEqual([offset]);
    expect(await find(store, `U${index}`, { isUnique: true })).toEqual([offset]);
  }
  const even = offsets.filter((_, index) => index % 2 === 0);
  expect(await find(store, "even")).toEqual([...even].reverse());
}

describe("searching", () => {
  test("each word of KEYS and the unique key find a message, in its topic only", async () => {
    const store = await openAt(tempFolder(), plain);
    const [first, second, other] = await send(store, [
      { keys: "a  b", uniqueKey: "U1" },
      { keys: "b c" },
      { keys: "b", topic: "others" },
    ]);
    expect(await find(store, "a")).toEqual([first as number]);
    expect(await find(store, "b")).toEqual([second as number, first as number]);
    expect(await find(store, "U1")).toEqual([first as number]);
    expect(await find(store, "b", {}, "others")).toEqual([other as number]);
    for (const missing of ["", "B", "a  b", "a b", "d"]) {
      expect(await find(store, missing)).toEqual([]);
    }
  });

  test("keys of other scripts are found", async () => {
    const store = await openAt(tempFolder(), plain);
    const [offset] = await send(store, [{ keys: "bestellung-ü 订单 😀" }]);
    for (const key of ["bestellung-ü", "订单", "😀"]) {
      expect(await find(store, key)).toEqual([offset as number]);
    }
  });

  test("a unique key is no word of KEYS when only unique keys count", async () => {
    const store = await openAt(tempFolder(), plain);
    const [, second] = await send(store, [{ keys: "x" }, { uniqueKey: "x" }]);
    expect(await find(store, "x", { isUnique: true })).toEqual([second as number]);
  });

  test("a message that has the key twice is found once", async () => {
    const store = await openAt(tempFolder(), plain);
    const [offset] = await send(store, [{ keys: "x y x", uniqueKey: "x" }]);
    expect(await find(store, "x")).toEqual([offset as number]);
  });

  test("keys with the same hash do not find each other's messages", async () => {
    const store = await openAt(tempFolder(), plain);
    const colliding = ["AaAa", "BBBB", "AaBB", "BBAa"];
    const offsets = await send(
      store,
      colliding.map((keys) => ({ keys })),
    );
    for (const [index, key] of colliding.entries()) {
      expect(await find(store, key)).toEqual([offsets[index] as number]);
    }
  });

  test("no more come than asked for, the newest", async () => {
    const store = await openAt(tempFolder(), plain);
    const offsets = await send(store, Array<Sent>(10).fill({ keys: "x" }));
    expect(await find(store, "x", { countMax: 3 })).toEqual(offsets.slice(-3).reverse());
  });

  test("only messages stored in the time wanted come, both ends included", async () => {
    const store = await openAt(tempFolder(), plain);
    await send(store, Array<Sent>(3).fill({ keys: "x" }));
    const { records } = await store.queryKey("orders", "x", always);
    const times = decodeAll(records).map(({ storeTimestampMs }) => storeTimestampMs);
    const [newest, oldest] = [times[0] as number, times[2] as number];
    expect(await find(store, "x", { fromMs: oldest, toMs: newest })).toHaveLength(3);
    expect(await find(store, "x", { toMs: oldest - 1 })).toEqual([]);
    expect(await find(store, "x", { fromMs: newest + 1 })).toEqual([]);
  });

  test("the answer says how far the index has come", async () => {
    const store = await openAt(tempFolder(), plain);
    expect(await store.queryKey("orders", "x", always)).toEqual({
      count: 0,
      records: Buffer.alloc(0),
      indexedOffset: 0,
      indexedTimestampMs: 0,
    });
    const offsets = await send(store, [{ keys: "x" }, { keys: "y" }, {}]);
    const { indexedOffset, indexedTimestampMs } = await store.queryKey("orders", "x", always);
    expect(indexedOffset).toBe(offsets[1] as number);
    expect(indexedTimestampMs).toBeGreaterThan(0);
  });
});

describe("files", () => {
  test("a store that never saw a key makes none", async () => {
    const folder = tempFolder();
    const store = await openAt(folder, plain);
    await send(store, [{}, {}]);
    expect(await find(store, "x")).toEqual([]);
    await close(store);
    expect(files(folder)).toEqual([]);
  });

  test("a file has RocketMQ's size and takes little room", async () => {
    const folder = tempFolder();
    const store = await openAt(folder, plain);
    await send(store, numbered(50));
    await close(store);
    const [name, ...others] = files(folder);
    expect(others).toEqual([]);
    expect(name).toMatch(/^20\d{15}$/);
    const { size, blocks } = statSync(join(folder, "index", name ?? ""));
    expect(size).toBe(420_000_040);
    expect(blocks * 512).toBeLessThan(2 << 20);
  });

  test("header, slots and entries lie where RocketMQ reads them", async () => {
    const folder = tempFolder();
    const store = await openAt(folder, small);
    const offsets = await send(store, [{ keys: "AaAa" }, { keys: "BBBB" }, {}]);
    await close(store);
    const bytes = readFileSync(join(folder, "index", files(folder)[0] ?? ""));
    expect(bytes.length).toBe(40 + 10 * 4 + 40 * 20);
    // "orders#AaAa".hashCode() and "orders#BBBB".hashCode() in Java.
    const hash = 1_824_531_618;
    expect(bytes.readBigInt64BE(16)).toBe(BigInt(offsets[0] as number));
    expect(bytes.readBigInt64BE(24)).toBe(BigInt(offsets[1] as number));
    expect([bytes.readInt32BE(32), bytes.readInt32BE(36)]).toEqual([1, 3]);
    const entryAt = (entry: number): number => 40 + 10 * 4 + entry * 20;
    expect(bytes.readInt32BE(entryAt(1))).toBe(hash);
    expect(bytes.readInt32BE(40 + (hash % 10) * 4)).toBe(2);
    const entries = [1, 2].map((entry) => [
      bytes.readInt32BE(entryAt(entry)),
      Number(bytes.readBigInt64BE(entryAt(entry) + 4)),
      bytes.readInt32BE(entryAt(entry) + 12),
      bytes.readInt32BE(entryAt(entry) + 16),
    ]);
    expect(entries).toEqual([
      [hash, offsets[0] as number, 0, 0],
      [hash, offsets[1] as number, 0, 1],
    ]);
  });

  test("a full file is followed by another, and all of them are searched", async () => {
    const folder = tempFolder();
    const store = await openAt(folder, small);
    const offsets = await send(store, numbered(60));
    await expectAllFound(store, offsets);
    expect(files(folder).length).toBe(5);
    await close(store);
    await expectAllFound(await openAt(folder, small), offsets);
  });

  test("a message with more keys than a file has entries is found by each", async () => {
    const store = await openAt(tempFolder(), small);
    const words = Array.from({ length: 100 }, (_, index) => `w${index}`);
    const [offset] = await send(store, [{ keys: words.join(" ") }]);
    for (const word of words) {
      expect(await find(store, word)).toEqual([offset as number]);
    }
  });
});

describe("after a stop or a crash", () => {
  test("a store that was closed finds everything, and goes on in the same file", async () => {
    const folder = tempFolder();
    const first = await openAt(folder, plain);
    const offsets = [...(await send(first, numbered(20)))];
    await close(first);
    const second = await openAt(folder, plain);
    await expectAllFound(second, offsets);
    const [more] = await send(second, [{ keys: "k20" }]);
    expect(await find(second, "k20")).toEqual([more as number]);
    await close(second);
    const third = await openAt(folder, plain);
    expect(await find(third, "k20")).toEqual([more as number]);
    await expectAllFound(third, offsets);
    expect(files(folder).length).toBe(1);
  });

  for (const [name, choices] of [
    ["one file", plain],
    ["many files", small],
  ] as const) {
    test(`a killed store finds everything in ${name}, begun or not`, async () => {
      for (const isSearched of [false, true]) {
        const folder = tempFolder();
        const store = await openAt(folder, choices);
        const offsets = await send(store, numbered(30));
        if (isSearched) {
          await expectAllFound(store, offsets);
        }
        await expectAllFound(await openAt(copyOf(folder), choices), offsets);
      }
    });
  }

  test("a store killed in its second life finds what both lives stored", async () => {
    const folder = tempFolder();
    const first = await openAt(folder, small);
    const offsets = [...(await send(first, numbered(18)))];
    await close(first);
    const second = await openAt(folder, small);
    const all = numbered(40).slice(18);
    offsets.push(...(await send(second, all)));
    await expectAllFound(second, offsets);
    await expectAllFound(await openAt(copyOf(folder), small), offsets);
  });

  test("what no checkpoint speaks of is not believed: a power cut may have torn it", async () => {
    const folder = tempFolder();
    const store = await openAt(folder, small);
    const offsets = await send(store, numbered(30));
    await expectAllFound(store, offsets);
    const copy = copyOf(folder);
    for (const name of files(copy)) {
      const path = join(copy, "index", name);
      writeFileSync(path, readFileSync(path).fill(0, 40, 600));
    }
    await expectAllFound(await openAt(copy, small), offsets);
  });

  test("an index that is gone is made again", async () => {
    const folder = tempFolder();
    const first = await openAt(folder, small);
    const offsets = await send(first, numbered(30));
    await close(first);
    rmSync(join(folder, "index"), { recursive: true });
    await expectAllFound(await openAt(folder, small), offsets);
  });

  for (const index of [0, 1, 2]) {
    test(`file ${index} cut short is made again, and those behind it`, async () => {
      const folder = tempFolder();
      const first = await openAt(folder, small);
      const offsets = await send(first, numbered(30));
      await close(first);
      const path = join(folder, "index", files(folder)[index] ?? "");
      writeFileSync(path, readFileSync(path).subarray(0, 500));
      const second = await openAt(folder, small);
      await expectAllFound(second, offsets);
    });
  }

  test("slots that were lost are made again after a crash", async () => {
    const folder = tempFolder();
    const store = await openAt(folder, small);
    const offsets = await send(store, numbered(15));
    await close(store);
    const path = join(folder, "index", files(folder).at(-1) ?? "");
    writeFileSync(path, readFileSync(path).fill(0xff, 40, 80));
    writeFileSync(join(folder, "abort"), "");
    await expectAllFound(await openAt(folder, small), offsets);
  });

  test("a chain that leads nowhere ends the search, and the file is made again", async () => {
    const folder = tempFolder();
    const first = await openAt(folder, small);
    const offsets = await send(first, numbered(13));
    await close(first);
    const path = join(folder, "index", files(folder)[0] ?? "");
    const bytes = readFileSync(path);
    for (let entry = 1; entry < 40; entry++) {
      bytes.writeInt32BE(entry, 40 + 40 + entry * 20 + 16);
    }
    writeFileSync(path, bytes);
    const second = await openAt(folder, small);
    await expectAllFound(second, offsets);
  });

  test("entries that point to other records find nothing that is not there", async () => {
    const folder = tempFolder();
    const first = await openAt(folder, small);
    const offsets = await send(first, numbered(10));
    await close(first);
    const path = join(folder, "index", files(folder)[0] ?? "");
    const bytes = readFileSync(path);
    for (let entry = 1; entry < 30; entry++) {
      bytes.writeBigInt64BE(BigInt((offsets[3] as number) + 1), 80 + entry * 20 + 4);
    }
    writeFileSync(path, bytes);
    const second = await openAt(folder, small);
    expect(await find(second, "k3")).toEqual([]);
  });

  test("damage in the log costs its own message's keys only", async () => {
    const folder = tempFolder();
    const first = await openAt(folder, small);
    const offsets = await send(first, numbered(10));
    await close(first);
    rmSync(join(folder, "index"), { recursive: true });
    const log = join(folder, "commitlog", "0".repeat(20));
    const bytes = readFileSync(log);
    bytes.fill(0xff, offsets[4] as number, (offsets[4] as number) + 60);
    writeFileSync(log, bytes);
    const second = await openAt(folder, small);
    for (const [index, offset] of offsets.entries()) {
      expect(await find(second, `k${index}`)).toEqual(index === 4 ? [] : [offset]);
    }
  });

  test("records across segments, and larger than what is read at once, are followed", async () => {
    const folder = tempFolder();
    const first = await openAt(folder, small);
    const offsets: number[] = [];
    for (let index = 0; index < 12; index++) {
      const body = Buffer.alloc(limits.keyStretchBytes + 100_000, index);
      const draft = recordDraft(first.queue("orders", 0), { body, keys: `k${index}` });
      const appended = first.append(draft);
      offsets.push(appended.physicalOffset);
      await first.whenAcknowledged(appended.endOffset);
    }
    await close(first);
    rmSync(join(folder, "index"), { recursive: true });
    const second = await openAt(folder, small);
    for (const [index, offset] of offsets.entries()) {
      expect(await find(second, `k${index}`)).toEqual([offset]);
    }
  });
});
