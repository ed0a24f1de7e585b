/** The key index of stores that a real RocketMQ wrote: read where it lies, and made again where it cannot be relied on. */
import { afterEach, expect, test } from "bun:test";
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeRecord } from "../../src/record/decode.ts";
import type { MessageStore } from "../../src/store/message-store.ts";
import { recordDraft } from "../support/builders.ts";
import { storeNames, unpackStore } from "../support/rocketmq-stores.ts";
import { close, closeAll, openAt } from "./opened-stores.ts";

afterEach(closeAll);

/** Topic, key, and the physical offsets that the running broker answered. */
type KeyRow = readonly [topic: string, key: string, physicalOffsets: readonly number[]];

const answers: Readonly<Record<string, readonly KeyRow[]>> = JSON.parse(
  readFileSync(join(import.meta.dir, "../fixtures/stores/keys.json"), "utf8"),
);

/** Half messages that the broker appended while it stopped are in the log, and nobody asked it for them. */
const lateTopic = "RMQ_SYS_TRANS_HALF_TOPIC";

function answersOf(archive: string, name: string): readonly KeyRow[] {
  const rows = (answers[`${archive}/${name}`] ?? []).filter(([topic]) => topic !== lateTopic);
  expect(rows.length).toBeGreaterThan(30);
  return rows;
}

async function ask(store: MessageStore, rows: readonly KeyRow[]): Promise<readonly KeyRow[]> {
  const found: KeyRow[] = [];
  for (const [topic, key] of rows) {
    const query = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, countMax: 64 };
    const { records } = await store.queryKey(topic, key, query);
    const offsets: number[] = [];
    for (let at = 0; at < records.length; ) {
      const { physicalOffset, bytes } = decodeRecord(records, at);
      offsets.push(physicalOffset);
      at += bytes;
    }
    expect(offsets).toEqual(offsets.toSorted((left, right) => right - left));
    found.push([topic, key, offsets.reverse()]);
  }
  return found;
}

const indexOf = (folder: string): readonly string[] =>
  readdirSync(join(folder, "index"))
    .sort()
    .map((name) => join(folder, "index", name));

for (const [archive, name] of storeNames) {
  test(`${archive} ${name}: keys find what its broker found, also when the index has to be made again`, async () => {
    const rows = answersOf(archive, name);
    const { folder } = unpackStore(archive, name);
    for (const isLost of [false, true]) {
      if (isLost) {
        rmSync(join(folder, "index"), { recursive: true });
      }
      const store = await openAt(folder);
      expect(await ask(store, rows)).toEqual(rows);
      await close(store);
    }
  });
}

for (const version of ["4.9.7", "5.5.0"] as const) {
  test(`${version}: full files stay as they are, and what is sent later goes behind them`, async () => {
    const { folder } = unpackStore(version, "main-clean");
    const before = indexOf(folder);
    const bytes = before.map((path) => readFileSync(path));
    const store = await openAt(folder);
    const queue = store.queue("FxNormal", 0);
    const { physicalOffset, endOffset } = store.append(recordDraft(queue, { keys: "later" }));
    await store.whenAcknowledged(endOffset);
    const later: readonly KeyRow[] = [["FxNormal", "later", [physicalOffset]]];
    expect(await ask(store, later)).toEqual(later);
    await close(store);
    expect(indexOf(folder)).toEqual(before);
    expect(before.slice(0, -1).map((path) => readFileSync(path))).toEqual(bytes.slice(0, -1));
    const again = await openAt(folder);
    const rows = [...answersOf(version, "main-clean"), ...later];
    expect(await ask(again, rows)).toEqual(rows);
  });

  const damages: readonly (readonly [string, (path: string) => void])[] = [
    ["cut short", (path) => truncateSync(path, 1_000)],
    ["empty", (path) => truncateSync(path, 0)],
    ["with a header of nonsense", (path) => edit(path, (bytes) => bytes.fill(0xff, 0, 40))],
    ["with slots that point nowhere", (path) => edit(path, (bytes) => bytes.fill(0x7f, 40, 2_040))],
    ["with entries in circles", (path) => edit(path, (bytes) => bytes.fill(1, 2_040))],
  ];
  for (const [what, change] of damages) {
    test(`${version}: an index file ${what} is noticed and made again`, async () => {
      for (const index of [0, 1]) {
        const { folder } = unpackStore(version, "main-clean");
        change(indexOf(folder)[index] as string);
        const store = await openAt(folder);
        const rows = answersOf(version, "main-clean");
        expect(await ask(store, rows)).toEqual(rows);
        await close(store);
      }
    });
  }
}

function edit(path: string, change: (bytes: Buffer) => void): void {
  const bytes = readFileSync(path);
  change(bytes);
  writeFileSync(path, bytes);
}
