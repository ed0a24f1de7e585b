/** What a start makes of a folder that somebody damaged, cut or carried over. */
import { afterEach, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { limits } from "../../src/core/limits.ts";
import { DiskError } from "../../src/io/disk.ts";
import type { MessageStore } from "../../src/store/message-store.ts";
import { appendAll, recordDraft } from "../support/builders.ts";
import { tempFolder } from "../support/temp-folder.ts";
import {
  close,
  closeAll,
  copyOf,
  numbered,
  openAt,
  readAll,
  served,
  withFiles,
} from "./opened-stores.ts";

afterEach(closeAll);

const segmentBytes = limits.segmentBytesMin;
const queueFile = (folder: string, queueId: number): string =>
  join(folder, "consumequeue", "orders", String(queueId), "0".repeat(20));
const segmentFile = (folder: string, index: number): string =>
  join(folder, "commitlog", String(index * segmentBytes).padStart(20, "0"));
const orders = (store: MessageStore) => store.queue("orders", 0);

function change(path: string, edit: (bytes: Buffer) => void): void {
  const bytes = readFileSync(path);
  edit(bytes);
  writeFileSync(path, bytes);
}

test("an entry that points to another queue's record does not deliver it", async () => {
  const folder = tempFolder();
  const first = await openAt(folder);
  await appendAll(first, first.queue("orders", 1), ["theirs"]);
  await appendAll(first, orders(first), numbered(5));
  await close(first);
  const theirs = readFileSync(queueFile(folder, 1)).subarray(0, 20);
  change(queueFile(folder, 0), (bytes) => theirs.copy(bytes, 2 * 20));
  const second = await openAt(folder);
  const found = await readAll(second, orders(second));
  expect(found).toEqual(served(numbered(5)).filter((message) => message !== "2 m2"));
  expect(second.facts().damagedRecordCount).toBe(1);
  expect(await second.storeTimestampAt(orders(second), 2)).toBeUndefined();
});

test("an entry with a flipped size or an offset that no number holds costs its own message only", async () => {
  const folder = tempFolder();
  const first = await openAt(folder);
  await appendAll(first, orders(first), numbered(6));
  await close(first);
  change(queueFile(folder, 0), (bytes) => {
    bytes.writeInt32BE(bytes.readInt32BE(20 + 8) + 40, 20 + 8);
    bytes[3 * 20] = 0x7f;
  });
  const second = await openAt(folder);
  const lost = ["1 m1", "3 m3"];
  expect(await readAll(second, orders(second))).toEqual(
    served(numbered(6)).filter((message) => !lost.includes(message)),
  );
});

test("the start after a damaged entry was met builds the queues again, and all is served", async () => {
  const folder = tempFolder();
  const first = await openAt(folder);
  await appendAll(first, orders(first), numbered(5));
  await close(first);
  change(queueFile(folder, 0), (bytes) => bytes.fill(0, 20, 40));
  const second = await openAt(folder);
  await readAll(second, orders(second));
  await close(second);
  const third = await openAt(folder);
  expect(await readAll(third, orders(third))).toEqual(served(numbered(5)));
});

test("a queue file that is gone is built again from the log", async () => {
  const folder = tempFolder();
  const first = await openAt(folder);
  await appendAll(first, orders(first), numbered(200));
  await close(first);
  rmSync(join(folder, "consumequeue", "orders"), { recursive: true });
  const second = await openAt(folder);
  expect(await readAll(second, orders(second))).toEqual(served(numbered(200)));
});

test("a snapshot of a later version is refused and left as it is", async () => {
  const folder = tempFolder();
  const first = await openAt(folder);
  await appendAll(first, orders(first), numbered(3));
  await close(first);
  const snapshot = join(folder, "mq", "snapshot");
  const text = readFileSync(snapshot, "latin1").replace("mq-snapshot 1 ", "mq-snapshot 2 ");
  writeFileSync(snapshot, text, "latin1");
  await expect(openAt(folder)).rejects.toThrow("later");
  expect(readFileSync(snapshot, "latin1")).toBe(text);
});

test("a snapshot from before the log's first segment is not believed", async () => {
  const folder = tempFolder();
  const first = await openAt(folder, { segmentBytes });
  await appendAll(first, orders(first), ["early"]);
  await close(first);
  const early = readFileSync(join(folder, "mq", "snapshot"));
  const second = await openAt(folder);
  await appendAll(second, orders(second), numbered(2_000));
  const lastSegment = second.facts().segmentCount - 1;
  await close(second);
  writeFileSync(join(folder, "mq", "snapshot"), early);
  rmSync(segmentFile(folder, 0));
  const third = await openAt(folder);
  expect(existsSync(segmentFile(folder, lastSegment))).toBe(true);
  expect((await readAll(third, orders(third))).at(-1)).toBe("2000 m1999");
});

for (const isClean of [true, false]) {
  const how = isClean ? "clean stop" : "kill";
  test(`a segment missing in the middle costs its own messages: without a snapshot, after a ${how}`, async () => {
    const folder = tempFolder();
    const first = await openAt(folder, { segmentBytes });
    await appendAll(first, orders(first), numbered(2_000));
    await close(first);
    renameSync(segmentFile(folder, 1), join(folder, "taken"));
    rmSync(join(folder, "mq"), { recursive: true });
    if (!isClean) {
      writeFileSync(join(folder, "abort"), "");
    }
    const second = await openAt(folder);
    for (const index of [0, 2, 3]) {
      expect(existsSync(segmentFile(folder, index))).toBe(true);
    }
    const found = await readAll(second, orders(second));
    expect(found.slice(0, 2)).toEqual(["0 m0", "1 m1"]);
    expect(found.at(-1)).toBe("1999 m1999");
    expect(found.length).toBeLessThan(2_000);
    await appendAll(second, orders(second), ["next"]);
    expect((await readAll(second, orders(second))).at(-1)).toBe("2000 next");
  });
}

test("a flipped size without a snapshot costs one message, also in the last segment", async () => {
  const folder = tempFolder();
  const first = await openAt(folder);
  await appendAll(first, orders(first), numbered(10));
  await close(first);
  change(join(folder, "commitlog", "0".repeat(20)), (bytes) => {
    const at = bytes.indexOf("m4") - 88;
    bytes[at + 1] = 0x40;
  });
  rmSync(join(folder, "mq"), { recursive: true });
  const second = await openAt(folder);
  const found = await readAll(second, orders(second));
  expect(found).toEqual(served(numbered(10)).filter((message) => message !== "4 m4"));
});

test("whole segments that are cut off above the checkpoint are kept beside the log", async () => {
  const folder = tempFolder();
  const first = await openAt(folder, { segmentBytes });
  await appendAll(first, orders(first), numbered(1_500));
  const copy = copyOf(folder);
  const cut = readFileSync(segmentFile(copy, 2));
  change(segmentFile(copy, 1), (bytes) => bytes.fill(1, 1_000, 2_000));
  await openAt(copy);
  expect(readFileSync(join(copy, "mq", "cut", String(2 * segmentBytes).padStart(20, "0")))).toEqual(
    cut,
  );
});

test("a torn record of a young store is cut, although good ones follow it", async () => {
  const folder = tempFolder();
  const first = await openAt(folder);
  await appendAll(first, orders(first), numbered(10));
  const copy = copyOf(folder);
  change(join(copy, "commitlog", "0".repeat(20)), (bytes) => {
    bytes[bytes.indexOf("m7")] = 0x58;
  });
  const second = await openAt(copy);
  expect(await readAll(second, orders(second))).toEqual(served(numbered(7)));
});

test("a record whose queue offset makes no sense does not keep a foreign store from opening", async () => {
  const folder = tempFolder();
  const first = await openAt(folder);
  await appendAll(
    first,
    orders(first),
    ["a".repeat(4_000), "b", "c"].map((body) => body),
  );
  await close(first);
  const log = join(folder, "commitlog", "0".repeat(20));
  change(log, (bytes) => {
    // As RocketMQ writes by default: no checksum but the body's, so a flipped header passes.
    for (let at = bytes.indexOf("__CRC32#"); at > 0; at = bytes.indexOf("__CRC32#")) {
      bytes.write("__XXXXX#", at, "latin1");
    }
    bytes.writeUInt32BE(0x10_0000, bytes.readInt32BE(0) + 20);
  });
  rmSync(join(folder, "mq"), { recursive: true });
  const second = await openAt(folder);
  expect(await readAll(second, orders(second))).toEqual([`0 ${"a".repeat(4_000)}`, "2 c"]);
});

test("folders and files that are none of the log's do not disturb a start", async () => {
  const folder = tempFolder();
  const first = await openAt(folder, { segmentBytes });
  await appendAll(first, orders(first), numbered(10));
  await close(first);
  writeFileSync(join(folder, "commitlog", "notes.txt"), "x");
  writeFileSync(segmentFile(folder, 1), "");
  mkdirSync(join(folder, "mq", "cut"), { recursive: true });
  const second = await openAt(folder);
  await appendAll(second, orders(second), numbered(1_000));
  expect((await readAll(second, orders(second))).length).toBe(1_010);
});

test("a torn tail is cut although the disk has no room to keep it", async () => {
  const folder = tempFolder();
  const first = await openAt(folder, { segmentBytes });
  await appendAll(first, orders(first), numbered(5));
  const torn = copyOf(folder);
  const { logMaxOffset } = first.facts();
  change(segmentFile(torn, 0), (bytes) => bytes.write("torn", logMaxOffset + 1));
  const full = withFiles((file) =>
    file.path.includes("/mq/cut/")
      ? {
          write: () => {
            throw new DiskError("no_space", file.path, "no space left on the device");
          },
        }
      : {},
  );
  const second = await openAt(torn, { segmentBytes, environment: full });
  expect(await readAll(second, orders(second))).toEqual(served(numbered(5)));
  expect(readFileSync(segmentFile(torn, 0)).indexOf("torn")).toBe(-1);
  expect(readdirSync(join(torn, "mq", "cut"))).toEqual([]);
  await appendAll(second, orders(second), ["m5"]);
  await close(second);
  const third = await openAt(torn, { segmentBytes });
  expect(await readAll(third, orders(third))).toEqual(served(numbered(6)));
});

test("files of a topic that is deleted stay until the device has the record that says so", async () => {
  const folder = tempFolder();
  const first = await openAt(folder);
  await appendAll(first, orders(first), numbered(5));
  await close(first);
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const slow = withFiles((file) =>
    file.path.includes("/commitlog/") ? { sync: () => gate.then(() => file.sync()) } : {},
  );
  const store = await openAt(folder, { flush: "async", environment: slow });
  store.forget("orders");
  await store.state.commit();
  const { endOffset } = store.append(recordDraft(orders(store), { body: "anew" }));
  await store.whenAcknowledged(endOffset);
  expect(existsSync(queueFile(folder, 0))).toBe(true);
  release();
  while (orders(store).maxOffset !== 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await readAll(store, orders(store))).toEqual(["0 anew"]);
  await close(store);
  const again = await openAt(folder);
  expect(await readAll(again, orders(again))).toEqual(["0 anew"]);
});
