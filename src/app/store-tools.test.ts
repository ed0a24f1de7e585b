/** Tests of looking into a store's files: what is whole, what is damaged and where, and that nothing is changed. */
import { beforeEach, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { appendAll, recordDraft } from "../../test/support/builders.ts";
import { storeNames, unpackStore } from "../../test/support/rocketmq-stores.ts";
import { tempFolder } from "../../test/support/temp-folder.ts";
import { DecodeError } from "../core/error.ts";
import { createBunEnvironment } from "../io/bun/environment.ts";
import type { Disk } from "../io/disk.ts";
import type { LogStore } from "../store/log-store.ts";
import { openLogStore } from "../store/open-log-store.ts";
import { inspectRecords, segmentFacts, verifyStore } from "./store-tools.ts";

const environment = createBunEnvironment({ level: "error", format: "text" });
const segmentBytes = 65_536;
const quiet = { isRunning: false, onProgress: () => undefined };

let folder: string;

async function withStore(work: (store: LogStore) => Promise<void>): Promise<void> {
  const store = await openLogStore(environment, {
    folder,
    flush: "async",
    storeHost: { host: "127.0.0.1", port: 10_911 },
    segmentBytes,
    keyGeometry: { slots: 100, entries: 400 },
  });
  await work(store);
  await store.close();
}

/** 200 messages of about 1 KiB in two queues: four segments. */
beforeEach(async () => {
  folder = tempFolder();
  await withStore(async (store) => {
    const body = Buffer.alloc(1_000, "b");
    for (const queueId of [0, 1]) {
      await appendAll(store, store.queue("orders", queueId), Array(100).fill(body), "T");
    }
  });
});

/** 20 messages with two keys each. */
async function appendWithKeys(): Promise<void> {
  await withStore(async (store) => {
    for (let number = 0; number < 20; number++) {
      const properties = Buffer.from(`KEYS\u0001k${number} order${number}\u0002`);
      const draft = recordDraft(store.queue("orders", 0));
      Object.assign(draft, { properties, propertiesEnd: properties.length });
      store.append(draft);
    }
    await store.state.commit();
  });
}

interface Place {
  readonly physicalOffset: number;
  readonly bytes: number;
  readonly queueOffset: number;
  readonly topic: string;
}

function places(): Place[] {
  const found: Place[] = [];
  inspectRecords(environment.disk, folder, undefined, ({ record }) => {
    found.push(record);
    return true;
  });
  return found;
}

function nthOrder(index: number): Place {
  return places().filter(({ topic }) => topic === "orders")[index] as Place;
}

/** Changes bytes of a file at a position. */
function edit(path: string, position: number, change: (bytes: Buffer) => void): void {
  const bytes = readFileSync(path);
  change(bytes.subarray(position));
  writeFileSync(path, bytes);
}

function editLog(physicalOffset: number, change: (bytes: Buffer) => void): void {
  const start = physicalOffset - (physicalOffset % segmentBytes);
  const path = join(folder, "commitlog", String(start).padStart(20, "0"));
  edit(path, physicalOffset - start, change);
}

function editQueue(queueId: number, entry: number, change: (bytes: Buffer) => void): void {
  const path = join(folder, "consumequeue", "orders", String(queueId), "0".repeat(20));
  edit(path, entry * 20, change);
}

function hashes(): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const path = join(folder, name);
    if (statSync(path).isFile()) {
      found.set(name, createHash("sha256").update(readFileSync(path)).digest("hex"));
    }
  }
  return found;
}

describe("verify", () => {
  test("a store that was stopped cleanly is whole, and stays as it is", () => {
    const before = hashes();
    const facts = verifyStore(environment.disk, folder, quiet);
    expect(facts).toMatchObject({ recordsWithoutChecksum: 0, problems: [] });
    expect(facts.segments).toBeGreaterThanOrEqual(4);
    expect(facts.records).toBeGreaterThanOrEqual(200);
    expect(facts.queues).toMatchObject({ entriesMissing: 0, problems: [] });
    expect(hashes()).toEqual(before);
  });

  test("deep: tags and keys are those of the records, in RocketMQ's stores as well", async () => {
    const deep = { ...quiet, isDeep: true };
    await appendWithKeys();
    const facts = verifyStore(environment.disk, folder, deep);
    expect(facts).toMatchObject({ problems: [], queues: { problems: [] } });
    expect(facts.keys).toEqual({ files: 1, entries: 40, entriesMissing: 0, problems: [] });
    for (const [archive, name] of storeNames.filter(([, each]) => each === "main-clean")) {
      const { folder: theirs, manifest } = unpackStore(archive, name);
      const found = verifyStore(environment.disk, theirs, deep);
      expect(found).toMatchObject({
        records: manifest.records,
        problems: [],
        queues: { problems: [] },
      });
      expect(found.keys).toMatchObject({ entriesMissing: 0, problems: [] });
      expect(found.keys?.entries).toBeGreaterThan(manifest.records / 2);
    }
  });

  test("deep: an entry of another tag, one that is gone and a broken index are told apart", async () => {
    await appendWithKeys();
    editQueue(0, 5, (at) => {
      at.writeInt32BE(12_345, 16);
    });
    editQueue(1, 7, (at) => {
      at.fill(0, 0, 2 * 20);
    });
    const index = join(folder, "index", readdirSync(join(folder, "index"))[0] ?? "");
    const entriesAt = 40 + 4 * 100;
    // The third entry names another key, the ninth chains to itself.
    edit(index, entriesAt + 3 * 20, (at) => {
      at.writeInt32BE(at.readInt32BE(0) ^ 1, 0);
    });
    edit(index, entriesAt + 9 * 20, (at) => {
      at.writeInt32BE(9, 16);
    });
    const { queues, keys } = verifyStore(environment.disk, folder, { ...quiet, isDeep: true });
    expect(queues?.problems).toEqual([
      expect.objectContaining({ queueId: 0, kind: "wrong_tag", offset: 5, entries: 1 }),
      expect.objectContaining({ queueId: 1, kind: "missing_entry", offset: 7, entries: 2 }),
    ]);
    const kinds = keys?.problems.map(({ kind, entry }) => `${kind} ${entry}`) ?? [];
    expect(kinds).toContain("wrong_entry 3");
    expect(kinds).toContain("missing_entry 5");
    expect(kinds.some((each) => each.startsWith("broken_chain"))).toBe(true);
  });

  test("entries that a running broker wrote late are no damage", () => {
    const path = join(folder, "consumequeue/orders/1");
    const file = join(path, readdirSync(path)[0] ?? "");
    const whole = readFileSync(file);
    editQueue(1, 7, (at) => {
      at.fill(0, 0, 2 * 20);
    });
    let opened = 0;
    const { disk } = environment;
    const late: Disk = {
      ...disk,
      open: (each, mode) => {
        if (each === file && opened++ === 1) {
          writeFileSync(file, whole);
        }
        return disk.open(each, mode);
      },
    };
    const { queues } = verifyStore(late, folder, { ...quiet, isRunning: true });
    expect(opened).toBeGreaterThan(1);
    expect(queues).toMatchObject({ entriesMissing: 0, problems: [] });
  });

  test("a flipped byte is found where it is, and what lies behind is checked on", () => {
    const whole = verifyStore(environment.disk, folder, quiet).records;
    const { physicalOffset, bytes } = nthOrder(70);
    editLog(physicalOffset + 500, (at) => {
      at[0] = (at[0] ?? 0) ^ 1;
    });
    const facts = verifyStore(environment.disk, folder, quiet);
    expect(facts.records).toBe(whole - 1);
    expect(facts.problems).toEqual([
      expect.objectContaining({ kind: "damaged", offset: physicalOffset, bytes }),
    ]);
    expect(facts.problems[0]?.reason).toContain("checksum");
  });

  test("a record that is not where it says is damage, though its checksum holds", () => {
    const first = nthOrder(0);
    const second = nthOrder(1);
    expect(first.bytes).toBe(second.bytes);
    const start = first.physicalOffset - (first.physicalOffset % segmentBytes);
    const log = readFileSync(join(folder, "commitlog", String(start).padStart(20, "0")));
    const stale = log.subarray(
      first.physicalOffset - start,
      first.physicalOffset - start + first.bytes,
    );
    editLog(second.physicalOffset, (at) => {
      stale.copy(at);
    });
    const [problem] = verifyStore(environment.disk, folder, quiet).problems;
    expect(problem).toMatchObject({ kind: "damaged", offset: second.physicalOffset });
    expect(problem?.reason).toContain(`lies at ${first.physicalOffset}`);
  });

  test("bytes behind the last whole record are a torn tail", () => {
    const { endOffset } = verifyStore(environment.disk, folder, quiet);
    editLog(endOffset, (at) => {
      at.writeInt32BE(500, 0);
      at.writeUInt32BE(0xdaa320a7, 4);
    });
    const facts = verifyStore(environment.disk, folder, quiet);
    expect(facts.problems).toEqual([
      expect.objectContaining({ kind: "torn_tail", offset: endOffset }),
    ]);
    expect(facts.endOffset).toBe(endOffset);
  });

  test("a segment that was made ahead and holds nothing is no damage; zeros before records are", () => {
    const { endOffset } = verifyStore(environment.disk, folder, quiet);
    const next = Math.ceil(endOffset / segmentBytes) * segmentBytes;
    const path = join(folder, "commitlog", String(next).padStart(20, "0"));
    writeFileSync(path, Buffer.alloc(segmentBytes));
    expect(verifyStore(environment.disk, folder, quiet).problems).toEqual([]);
    const hole = nthOrder(40);
    editLog(hole.physicalOffset, (at) => {
      at.fill(0, 0, hole.bytes);
    });
    expect(verifyStore(environment.disk, folder, quiet).problems).toEqual([
      expect.objectContaining({ kind: "damaged", offset: hole.physicalOffset }),
    ]);
  });

  test("an entry that names another record is damage; one that is missing is not", () => {
    editQueue(0, 5, (at) => {
      at.writeUInt32BE(at.readUInt32BE(4) + 1, 4);
    });
    editQueue(0, 7, (at) => {
      at.writeUInt32BE(0, 4);
    });
    editQueue(1, 99, (at) => {
      at.fill(0, 0, 20);
    });
    const { queues, problems } = verifyStore(environment.disk, folder, quiet);
    expect(problems).toEqual([]);
    expect(queues).toMatchObject({
      entriesMissing: 1,
      problems: [{ topic: "orders", queueId: 0, offset: 5, entries: 2, kind: "wrong_entry" }],
    });
  });

  test("entries behind the log's end are damage, unless a broker still writes it", () => {
    const { physicalOffset, bytes } = nthOrder(199);
    editLog(physicalOffset, (at) => {
      at.fill(0);
    });
    expect(verifyStore(environment.disk, folder, quiet).queues?.problems).toEqual([
      { topic: "orders", queueId: 1, offset: 99, entries: 1, kind: "past_end" },
    ]);
    const running = verifyStore(environment.disk, folder, { ...quiet, isRunning: true });
    expect(running.queues?.problems).toEqual([]);
    expect(bytes).toBeGreaterThan(1_000);
  });

  test("a topic that was deleted and made again has entries for its new messages", async () => {
    await withStore(async (store) => {
      store.forget("orders");
      await appendAll(store, store.queue("orders", 0), Array(10).fill("new"));
    });
    const { queues, problems } = verifyStore(environment.disk, folder, quiet);
    expect(problems).toEqual([]);
    expect(queues?.problems).toEqual([]);
  });

  test("a folder without a log is refused", () => {
    expect(() => verifyStore(environment.disk, tempFolder(), quiet)).toThrow(DecodeError);
  });
});

test("segments are told with what they hold", () => {
  const facts = [...segmentFacts(environment.disk, folder)];
  facts.forEach(({ startOffset, bytes }, index) => {
    expect([startOffset, bytes]).toEqual([index * segmentBytes, segmentBytes]);
  });
  expect(facts.reduce((sum, { records }) => sum + records, 0)).toBe(places().length);
  for (const { records, writtenBytes, ...times } of facts.slice(0, 4)) {
    expect(records).toBeGreaterThan(0);
    expect(writtenBytes).toBeGreaterThan(0);
    expect(times.firstStoreTimestampMs).toBeLessThanOrEqual(times.lastStoreTimestampMs ?? 0);
  }
});

test("records are shown from an offset on, until enough were seen", () => {
  const { physicalOffset } = nthOrder(150);
  const seen: number[] = [];
  inspectRecords(environment.disk, folder, physicalOffset, ({ record, hasChecksum }) => {
    expect(hasChecksum).toBe(true);
    seen.push(record.physicalOffset);
    return seen.length < 3;
  });
  expect(seen).toEqual([150, 151, 152].map((index) => nthOrder(index).physicalOffset));
});
