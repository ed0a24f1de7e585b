/** Queues and index of a stopped store: checked, and built again from its log, by mq and by RocketMQ's standards. */
import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { closeAll, openAt, readAll } from "../store/opened-stores.ts";
import { appendAll, recordDraft } from "../support/builders.ts";
import { mqWords, runMq } from "../support/mq-command.ts";
import { mqRows } from "../support/mq-rows.ts";
import { damage, unpackStore } from "../support/rocketmq-stores.ts";
import { tempFolder } from "../support/temp-folder.ts";

setDefaultTimeout(60_000);
afterEach(closeAll);

const environment = { TZ: "UTC" };
const bodies = Array.from({ length: 3_000 }, (_, index) => `body ${index}`);

/** A store of ours with one queue, stopped. */
async function ownStore(): Promise<string> {
  const folder = tempFolder();
  const store = await openAt(folder, { flush: "async" });
  await appendAll(store, store.queue("orders", 0), bodies);
  await store.close();
  return folder;
}

/** The file in the folder, by its path from the store. */
function only(folder: string, path: string): string {
  const [name = ""] = readdirSync(join(folder, path));
  return join(path, name);
}

async function bodiesOf(folder: string): Promise<readonly string[]> {
  const store = await openAt(folder);
  return readAll(store, store.queue("orders", 0));
}

test("store queue rebuild compares, and with --write builds damaged queues again", async () => {
  const folder = await ownStore();
  const sound = { state: "compared", records: bodies.length, damagedQueues: 0 };
  const words = [folder];
  expect(await mqRows("store queue rebuild", words, { environment })).toMatchObject([sound]);
  const path = only(folder, "consumequeue/orders/0");
  const before = readFileSync(join(folder, path));
  damage(folder, [{ op: "write", path, offset: 20 * 100, hex: "fe".repeat(50) }]);
  const damaged = await runMq(["store", "queue", "rebuild", folder, "-o", "json"], { environment });
  expect([damaged.exitCode, JSON.parse(damaged.stdout)]).toMatchObject([
    8,
    { ...sound, damagedQueues: 1 },
  ]);
  expect(damaged.stderr).toContain("nothing was written");
  expect(readFileSync(join(folder, path)).equals(before)).toBe(false);
  expect(await mqRows("store queue rebuild", [folder, "--write"], { environment })).toMatchObject([
    {
      state: "rebuilt",
      records: bodies.length,
      damagedQueues: 0,
      damagedQueuesBefore: 1,
      keptAside: null,
    },
  ]);
  expect(readFileSync(join(folder, path)).equals(before)).toBe(true);
  expect(await bodiesOf(folder)).toEqual(bodies.map((body, offset) => `${offset} ${body}`));
});

test("a rebuild that was killed is finished by the same command", async () => {
  const folder = await ownStore();
  const words = [...mqWords, "store", "queue", "rebuild", folder, "--write"];
  const child = Bun.spawn(words, { stdout: "ignore", stderr: "ignore" });
  const isUnderWay = () => readFileSync(join(folder, "mq/snapshot"), "latin1").includes("Doubted");
  while (!isUnderWay() && child.exitCode === null) {
    await Bun.sleep(0);
  }
  child.kill("SIGKILL");
  await child.exited;
  expect(child.signalCode).toBe("SIGKILL");
  // Where the kill did not come upon them, the queues are gone now: of a rebuild nothing else is left behind.
  const path = "consumequeue/orders/0";
  if (existsSync(join(folder, path)) && readdirSync(join(folder, path)).length > 0) {
    damage(folder, [{ op: "remove", path: only(folder, path) }]);
  }
  expect(await mqRows("store queue rebuild", [folder, "--write"], { environment })).toMatchObject([
    { state: "rebuilt", records: bodies.length, queues: 1, damagedQueues: 0 },
  ]);
  expect(await bodiesOf(folder)).toEqual(bodies.map((body, offset) => `${offset} ${body}`));
});

test("queues that RocketMQ wrote are built again beside its own, which are kept", async () => {
  const { folder, manifest } = unpackStore("4.9.7", "main-clean");
  const [topic, queueId] = manifest.messages[0] ?? ["", 0];
  const path = only(folder, `consumequeue/${topic}/${queueId}`);
  damage(folder, [{ op: "write", path, offset: 0, hex: "11".repeat(20) }]);
  const [row] = await mqRows("store queue rebuild", [folder, "--write"], { environment });
  expect(row).toMatchObject({ state: "rebuilt", damagedQueues: 0, damagedQueuesBefore: 1 });
  const kept = String(row?.["keptAside"]);
  expect(readFileSync(join(kept, path.replace("consumequeue/", ""))).subarray(0, 20)).toEqual(
    Buffer.alloc(20, 0x11),
  );
  const store = await openAt(folder);
  for (const [name, queue, min, max] of manifest.queues) {
    const { minOffset, maxOffset } = store.queue(name, queue);
    expect([name, queue, minOffset, maxOffset]).toEqual([name, queue, min, max]);
  }
});

test("queue files keep their size, also when a rebuild was killed behind the move of the old ones", async () => {
  const { folder, manifest } = unpackStore("4.9.7", "main-clean");
  const [topic, queueId] = manifest.messages[0] ?? ["", 0];
  const path = only(folder, `consumequeue/${topic}/${queueId}`);
  const { size } = statSync(join(folder, path));
  mkdirSync(join(folder, "mq"));
  renameSync(join(folder, "consumequeue"), join(folder, "mq/consumequeue.before-1"));
  await mqRows("store queue rebuild", [folder, "--write"], { environment });
  expect([size, statSync(join(folder, path)).size]).toEqual([2_000, 2_000]);
});

test("store queue rebuild --write wants a stopped broker and a log", async () => {
  const folder = await ownStore();
  await openAt(folder);
  const busy = await runMq(["store", "queue", "rebuild", folder, "--write"], { environment });
  expect(busy.exitCode).toBe(6);
  expect(busy.stderr).toContain("in use");
  const empty = await runMq(["store", "queue", "rebuild", tempFolder()], { environment });
  expect([empty.exitCode, empty.stderr]).toEqual([8, expect.stringContaining("no commit log")]);
});

/** A store of ours with 500 messages that have a key each, all in the index; stopped. */
async function storeWithKeys(): Promise<string> {
  const folder = tempFolder();
  const store = await openAt(folder, { flush: "async" });
  const queue = store.queue("orders", 0);
  let endOffset = 0;
  for (let index = 0; index < 500; index++) {
    endOffset = store.append(recordDraft(queue, { keys: `key-${index}` })).endOffset;
  }
  await store.whenAcknowledged(endOffset);
  await store.queryKey("orders", "key-1", { fromMs: 0, toMs: 2 ** 50, countMax: 1 });
  await store.close();
  return folder;
}

/** Makes the 101st entry of the index name nothing. */
function damageIndex(folder: string): void {
  const offset = 40 + 4 * 5_000_000 + 20 * 100;
  damage(folder, [{ op: "write", path: only(folder, "index"), offset, hex: "ee".repeat(20) }]);
}

test("store index verify finds entries that are wrong, and none in a sound index", async () => {
  const folder = await storeWithKeys();
  expect(await mqRows("store index verify", [folder], { environment })).toEqual([]);
  damageIndex(folder);
  const run = await runMq(["store", "index", "verify", folder, "-o", "jsonl"], { environment });
  expect(run.exitCode).toBe(8);
  expect(run.stdout).toContain('"wrong_entry"');
  const none = unpackStore("5.5.0", "main-clean").folder;
  rmSync(join(none, "index"), { recursive: true, force: true });
  expect((await runMq(["store", "index", "verify", none], { environment })).exitCode).toBe(3);
});

test("store index rebuild compares, and with --write builds the index again", async () => {
  const folder = await storeWithKeys();
  const sound = { entries: 500, entriesMissing: 0, damagedPlaces: 0 };
  expect(await mqRows("store index rebuild", [folder], { environment })).toMatchObject([
    { ...sound, state: "compared", keptAside: null },
  ]);
  damageIndex(folder);
  const damaged = await runMq(["store", "index", "rebuild", folder], { environment });
  expect([damaged.exitCode, damaged.stderr]).toEqual([8, expect.stringContaining("--write")]);
  const [row] = await mqRows("store index rebuild", [folder, "--write"], { environment });
  expect(row).toMatchObject({ ...sound, state: "rebuilt" });
  expect(row?.["damagedPlacesBefore"]).toBeGreaterThan(0);
  expect(readdirSync(String(row?.["keptAside"]))).toHaveLength(1);
  const store = await openAt(folder);
  const found = await store.queryKey("orders", "key-100", {
    fromMs: 0,
    toMs: 2 ** 50,
    countMax: 9,
  });
  expect(found.count).toBe(1);
  const busy = await runMq(["store", "index", "rebuild", folder, "--write"], { environment });
  expect([busy.exitCode, busy.stderr]).toEqual([6, expect.stringContaining("in use")]);
});

test("a rebuild of the index that was killed is finished by the same command", async () => {
  const folder = await storeWithKeys();
  damageIndex(folder);
  const words = [...mqWords, "store", "index", "rebuild", folder, "--write"];
  const child = Bun.spawn(words, { stdout: "ignore", stderr: "ignore" });
  const aside = join(folder, "mq/index.before-1");
  while (!existsSync(aside) && child.exitCode === null) {
    await Bun.sleep(0);
  }
  child.kill("SIGKILL");
  await child.exited;
  expect(child.signalCode).toBe("SIGKILL");
  expect(await mqRows("store index rebuild", [folder, "--write"], { environment })).toMatchObject([
    { state: "rebuilt", entries: 500, entriesMissing: 0, damagedPlaces: 0 },
  ]);
});

test("a plan has damaged queues and a damaged index built again behind the log's repair", async () => {
  const folder = await storeWithKeys();
  damageIndex(folder);
  const path = only(folder, "consumequeue/orders/0");
  const sound = readFileSync(join(folder, path));
  damage(folder, [{ op: "write", path, offset: 20 * 100, hex: "fe".repeat(50) }]);
  const plan = join(folder, "plan.json");
  const verify = ["segment", "verify", folder, "--deep"];
  const planned = await runMq([...verify, "--fix-plan", plan], { environment });
  expect([planned.exitCode, planned.stderr]).toEqual([8, expect.stringContaining("key index")]);
  const words = [folder, "--plan", plan];
  const parts = (state: string) => [
    expect.objectContaining({ kind: "rebuild_queues", state, offset: null }),
    expect.objectContaining({ kind: "rebuild_index", state, offset: null }),
  ];
  expect(await mqRows("segment repair", words, { environment })).toEqual(parts("to_do"));
  expect(await mqRows("segment repair", [...words, "--write"], { environment })).toEqual(
    parts("done"),
  );
  expect(readFileSync(join(folder, path)).equals(sound)).toBe(true);
  expect((await runMq(verify, { environment })).exitCode).toBe(0);
  expect(await mqRows("segment repair", [...words, "--write"], { environment })).toEqual(
    parts("done"),
  );
});

test("Ctrl-C ends a long walk at once, with whole lines behind it", async () => {
  const folder = tempFolder();
  const store = await openAt(folder, { flush: "async" });
  const many = Array.from({ length: 40_000 }, (_, index) => `body ${index}`);
  await appendAll(store, store.queue("orders", 0), many);
  await store.close();
  const words = [...mqWords, "segment", "dump", folder, "-o", "jsonl"];
  const child = Bun.spawn(words, { stdout: "pipe", stderr: "ignore" });
  const reader = child.stdout.getReader();
  let printed = new TextDecoder().decode((await reader.read()).value);
  child.kill("SIGINT");
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    printed += new TextDecoder().decode(chunk.value);
  }
  await child.exited;
  expect(child.signalCode).toBe("SIGINT");
  const lines = printed.split("\n").slice(0, -1);
  expect(lines.length).toBeLessThan(many.length);
  expect(JSON.parse(lines.at(-1) ?? "")).toHaveProperty("commitOffset");
});
