/** Commands that read and mend stores off line, on stores that a real RocketMQ wrote: whole and damaged. */
import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readInt64 } from "../../src/core/int64.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import { openLogStore } from "../../src/store/open-log-store.ts";
import { mqWords, runMq } from "../support/mq-command.ts";
import { checkedRows, mqRows } from "../support/mq-rows.ts";
import {
  damage,
  type Edit,
  storeNames,
  type UnpackedStore,
  unpackStore,
} from "../support/rocketmq-stores.ts";

setDefaultTimeout(60_000);

const environment = { TZ: "UTC" };
let store: UnpackedStore;

beforeAll(() => {
  store = unpackStore("5.5.0", "main-clean");
});

test("segment dump prints the records that the manifest of each store names", async () => {
  for (const [archive, name] of storeNames) {
    const { folder, manifest } = unpackStore(archive, name);
    const rows = await mqRows("segment dump", [folder], { environment });
    expect([archive, name, rows.length]).toEqual([archive, name, manifest.records]);
    const byOffset = new Map(rows.map((row) => [row["commitOffset"], row]));
    for (const [
      topic,
      queue,
      queueOffset,
      offset,
      bytes,
      tag,
      ,
      ,
      recordTopic,
    ] of manifest.messages) {
      const row = byOffset.get(offset);
      expect(row).toMatchObject({ topic: recordTopic ?? topic, bytes });
      if (recordTopic === null) {
        expect(row).toMatchObject({ queue, queueOffset, tag });
      }
    }
  }
});

test("segment dump keeps to a range of places, a topic, a queue, a time and a count", async () => {
  const { folder, manifest } = store;
  const all = await mqRows("segment dump", [folder], { environment });
  const offsets = all.map((row) => Number(row["commitOffset"]));
  const [first = 0, last = 0] = [offsets[10], offsets[20]];
  // One byte behind the start of a record the next one is the first.
  const words = [folder, "--from", String(first + 1), "--to", String(last)];
  const range = await mqRows("segment dump", words, { environment });
  expect(range.map((row) => row["commitOffset"])).toEqual(offsets.slice(11, 20));
  const [topic, queueId] = manifest.messages[0] ?? ["", 0];
  const queue = ["--topic", topic, "--queue", String(queueId)];
  const wanted = all.filter((row) => row["topic"] === topic && row["queue"] === queueId);
  expect(await mqRows("segment dump", [folder, ...queue], { environment })).toEqual(wanted);
  expect(await mqRows("segment dump", [folder, ...queue, "--count", "2"], { environment })).toEqual(
    wanted.slice(0, 2),
  );
  const since = String(all[30]?.["stored"]);
  const later = all.filter((row) => Date.parse(String(row["stored"])) >= Date.parse(since));
  expect(await mqRows("segment dump", [folder, "--since", since], { environment })).toEqual(later);
  expect(later.length).toBeLessThan(all.length);
  const second = "00000000000001048576";
  const named = await mqRows("segment dump", [join(folder, "commitlog", second)], { environment });
  expect(named.map((row) => row["commitOffset"])).toEqual(
    offsets.filter((each) => each >= 1_048_576 && each < 2_097_152),
  );
});

test("segment grep finds keys, properties and bodies, and says by its exit code when it found nothing", async () => {
  const { folder } = store;
  const all = await mqRows("segment dump", [folder, "--body"], { environment });
  const keyed = all.find((row) => row["keys"] !== null);
  const key = String(keyed?.["keys"]);
  const found = await mqRows("segment grep", [`^${key}$`, folder, "--body"], { environment });
  expect(found).toContainEqual(keyed ?? {});
  const tagged = await mqRows("segment grep", ["^TAGS=", folder], { environment });
  expect(tagged.length).toBe(all.filter((row) => row["tag"] !== null).length);
  const spoken = all.find((row) => row["encoding"] === "utf8" && String(row["body"]).length > 8);
  const piece = String(spoken?.["body"]).slice(0, 8).replace(/\W/g, ".");
  const bodies = await mqRows("segment grep", [piece, folder, "--body"], { environment });
  expect(bodies).toContainEqual(spoken ?? {});
  const nothing = await runMq(["segment", "grep", "no such words", folder], { environment });
  expect([nothing.exitCode, nothing.stdout]).toEqual([3, ""]);
  const wrong = await runMq(["segment", "grep", "(", folder], { environment });
  expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining("PATTERN")]);
});

test("damaged stores are read over the damage, and each place of it is told", async () => {
  const { folder, manifest } = unpackStore("5.5.0", "main-clean");
  const [, , , offset = 0, bytes = 0] = manifest.messages[100] ?? [];
  const name = String(offset - (offset % 1_048_576)).padStart(20, "0");
  const path = join("commitlog", name);
  damage(folder, [{ op: "write", path, offset: offset % 1_048_576, hex: "7fffffff00112233" }]);
  const dumped = await runMq(["segment", "dump", folder], { environment });
  expect([dumped.exitCode, dumped.stderr]).toEqual([0, expect.stringContaining(String(offset))]);
  const rows = await checkedRows("segment dump", dumped.stdout);
  expect(rows.length).toBe(manifest.records - 1);
  const verified = await runMq(["segment", "verify", folder], { environment });
  const [facts] = await checkedRows("segment verify", verified.stdout);
  expect([verified.exitCode, facts?.["problems"]]).toEqual([
    8,
    [expect.objectContaining({ kind: "damaged", segment: name, offset, bytes })],
  ]);
  const from = (at: number) => ["segment", "verify", folder, "--from", String(at)];
  const before = await runMq(from(offset - 5_000), { environment });
  expect([before.exitCode, JSON.parse(before.stdout).problems]).toEqual([8, facts?.["problems"]]);
  const [behind] = await mqRows("segment verify", [folder, "--from", String(offset + bytes)], {
    environment,
  });
  expect(behind).toMatchObject({ problems: [] });
  expect(Number(behind?.["records"])).toBeLessThan(Number(facts?.["records"]));
  expect((await runMq([...from(1 << 30), "-o", "json"], { environment })).exitCode).toBe(0);
  expect((await runMq([...from(0), "--deep"], { environment })).exitCode).toBe(2);
});

/** Flips bytes in every third message of the second segment; their offsets. */
function damageMany({ folder, manifest }: UnpackedStore): ReadonlySet<number> {
  // In the order of the log, so that no two are neighbours; some records stand in several queues.
  const inSecond = manifest.messages
    .filter(([, , , offset]) => offset >= 1_048_576 && offset < 2_090_000)
    .toSorted((left, right) => left[3] - right[3])
    .filter(([, , , offset], index, all) => offset !== all[index - 1]?.[3])
    .filter((_, index) => index % 3 === 1);
  const path = join("commitlog", "00000000000001048576");
  const edits: Edit[] = inSecond.map(([, , , offset, bytes]) => ({
    op: "write",
    path,
    // The size itself, or somewhere in the body's checksum.
    offset: offset - 1_048_576 + (bytes % 2 === 0 ? 0 : 8),
    hex: "7fffffff",
  }));
  damage(folder, edits);
  return new Set(inSecond.map(([, , , offset]) => offset));
}

const offsetsOf = (rows: readonly Record<string, unknown>[]): readonly number[] =>
  rows.map((row) => Number(row["commitOffset"]));

async function hashOf(path: string): Promise<string> {
  return new Bun.CryptoHasher("sha256").update(await Bun.file(path).arrayBuffer()).digest("hex");
}

test("a repair is planned, shown, killed at any moment and run to its end; what was readable stays so", async () => {
  const damagedStore = unpackStore("5.5.0", "main-clean");
  const { folder, manifest } = damagedStore;
  const gone = damageMany(damagedStore);
  expect(gone.size).toBeGreaterThan(100);
  const readable = offsetsOf(await mqRows("segment dump", [folder], { environment }));
  expect(readable.length).toBe(manifest.records - gone.size);
  const log = join(folder, "commitlog", "00000000000001048576");
  const before = await hashOf(log);
  const plan = join(folder, "plan.json");
  const planned = await runMq(["segment", "verify", folder, "--fix-plan", plan], { environment });
  expect([planned.exitCode, planned.stderr]).toEqual([8, expect.stringContaining("--plan")]);
  const words = [folder, "--plan", plan];
  const shown = await mqRows("segment repair", words, { environment });
  expect(new Set(shown.map(({ offset }) => offset))).toEqual(new Set(gone));
  expect(new Set(shown.map(({ kind, state }) => `${kind} ${state}`))).toEqual(
    new Set(["fill to_do"]),
  );
  expect(await hashOf(log)).toBe(before);
  const saved = join(folder, "mq", "repair");
  // Killed when so many copies are there: each time in the middle of the work.
  for (const copies of [1, 20, 60, 90]) {
    const child = Bun.spawn([...mqWords, "segment", "repair", ...words, "--write"], {
      stdout: "ignore",
      stderr: "ignore",
    });
    while (
      child.exitCode === null &&
      (existsSync(saved) ? readdirSync(saved).length : 0) < copies
    ) {
      await Bun.sleep(0);
    }
    child.kill("SIGKILL");
    await child.exited;
  }
  const done = await mqRows("segment repair", [...words, "--write"], { environment });
  expect(new Set(done.map(({ state }) => state))).toEqual(new Set(["done"]));
  expect(readdirSync(saved).filter((name) => /^\d{20}$/.test(name)).length).toBe(gone.size);
  const [facts] = await mqRows("segment verify", [folder], { environment });
  expect(facts).toMatchObject({ problems: [], records: manifest.records });
  const left = await mqRows("segment dump", [folder], { environment });
  expect(offsetsOf(left.filter((row) => row["topic"] !== "MQ_DAMAGED"))).toEqual(readable);
  const again = await runMq(["segment", "repair", ...words, "--write"], { environment });
  expect([again.exitCode, again.stderr]).toEqual([0, expect.stringContaining("0 places")]);
});

test("a broker starts on the repaired store and serves every message that was readable", async () => {
  const damagedStore = unpackStore("5.5.0", "main-clean");
  const { folder, manifest } = damagedStore;
  const gone = damageMany(damagedStore);
  const plan = join(folder, "plan.json");
  await runMq(["segment", "verify", folder, "--fix-plan", plan], { environment });
  await mqRows("segment repair", [folder, "--plan", plan, "--write"], { environment });
  const store = await openLogStore(createBunEnvironment({ level: "error", format: "text" }), {
    folder,
    flush: "async",
    storeHost: { host: "127.0.0.1", port: 10_911 },
  });
  const wanted = manifest.messages.filter(
    ([topic, , , offset, , , , , recordTopic]) =>
      !gone.has(offset) && (recordTopic ?? topic) === topic,
  );
  let served = 0;
  for (const [topic, queueId, queueOffset, offset, bytes] of wanted) {
    const outcome = await store.read({
      queue: store.queue(topic, queueId),
      offset: queueOffset,
      countMax: 1,
      bytesMax: 1 << 22,
      filter: undefined,
    });
    if (outcome.kind === "found") {
      const { records, start } = outcome;
      expect([records.readInt32BE(start), readInt64(records, start + 28)]).toEqual([bytes, offset]);
      served++;
    }
  }
  await store.close();
  expect(served).toBe(wanted.length);
});

test("a repair is refused for another store, for one that changed since, and for one in use", async () => {
  const damagedStore = unpackStore("5.5.0", "main-clean");
  const { folder } = damagedStore;
  const [first = 0] = [...damageMany(damagedStore)];
  const plan = join(folder, "plan.json");
  await runMq(["segment", "verify", folder, "--fix-plan", plan], { environment });
  const repair = ["segment", "repair", folder, "--plan", plan, "--write"];
  const path = join("commitlog", "00000000000001048576");
  const log = join(folder, path);
  damage(folder, [{ op: "write", path, offset: first - 1_048_576 + 20, hex: "5a5a5a5a" }]);
  const before = await hashOf(log);
  const changed = await runMq(repair, { environment });
  expect([changed.exitCode, changed.stderr]).toEqual([6, expect.stringContaining("does not fit")]);
  const other = unpackStore("4.9.7", "main-clean").folder;
  const foreign = await runMq(["segment", "repair", other, "--plan", plan], { environment });
  expect(foreign.exitCode).toBe(6);
  expect(await hashOf(log)).toBe(before);
  await runMq(["segment", "verify", folder, "--fix-plan", plan], { environment });
  const lock = createBunEnvironment({ level: "error", format: "text" }).disk.lock(
    join(folder, "lock"),
  );
  const busy = await runMq(repair, { environment });
  lock?.release();
  expect([busy.exitCode, busy.stderr]).toEqual([6, expect.stringContaining("in use")]);
  expect(await hashOf(log)).toBe(before);
  await Bun.write(plan, '{"version":1}');
  expect((await runMq(repair, { environment })).exitCode).toBe(2);
});

test("a torn tail is cut, and a whole store gives no plan", async () => {
  const { folder, manifest } = unpackStore("4.9.7", "main-clean");
  const plan = join(folder, "plan.json");
  const whole = await runMq(["segment", "verify", folder, "--fix-plan", plan], { environment });
  expect([whole.exitCode, existsSync(plan)]).toEqual([0, false]);
  const segmentStart = manifest.logEnd - (manifest.logEnd % 1_048_576);
  const path = join("commitlog", String(segmentStart).padStart(20, "0"));
  const torn = "000001f4daa320a7112233";
  damage(folder, [{ op: "write", path, offset: manifest.logEnd - segmentStart, hex: torn }]);
  await runMq(["segment", "verify", folder, "--fix-plan", plan], { environment });
  const words = [folder, "--plan", plan, "--write"];
  expect(await mqRows("segment repair", words, { environment })).toMatchObject([
    { kind: "cut", offset: manifest.logEnd, bytes: torn.length / 2, state: "done" },
  ]);
  const [facts] = await mqRows("segment verify", [folder], { environment });
  expect(facts).toMatchObject({ problems: [], records: manifest.records });
});

test("store usage sums every record once, whatever it sums by", async () => {
  const { folder, manifest } = store;
  const all = await mqRows("segment dump", [folder], { environment });
  const bytes = all.reduce((sum, row) => sum + Number(row["bytes"]), 0);
  const names: Record<string, (row: Record<string, unknown>) => unknown> = {
    topic: (row) => row["topic"],
    queue: (row) => `${row["topic"]}/${row["queue"]}`,
    segment: ({ commitOffset: at }) =>
      String(Number(at) - (Number(at) % 1_048_576)).padStart(20, "0"),
    day: (row) => String(row["stored"]).slice(0, 10),
  };
  for (const [by, name] of Object.entries(names)) {
    const rows = await mqRows("store usage", [folder, "--by", by], { environment });
    const count = new Map<unknown, number>();
    for (const row of all) {
      count.set(name(row), (count.get(name(row)) ?? 0) + 1);
    }
    expect(new Map(rows.map((row) => [row["name"], row["messages"]]))).toEqual(count);
    expect(rows.reduce((sum, row) => sum + Number(row["messages"]), 0)).toBe(manifest.records);
    expect(rows.reduce((sum, row) => sum + Number(row["bytes"]), 0)).toBe(bytes);
  }
});

test("store checkpoint tells RocketMQ's times, and the snapshot once mq ran there", async () => {
  const { folder } = unpackStore("5.5.0", "main-clean");
  const bytes = readFileSync(join(folder, "checkpoint"));
  const [theirs] = await mqRows("store checkpoint", [folder], { environment });
  expect(theirs).toMatchObject({ cleanStop: true, logStart: 0, snapshotOffset: null });
  for (const [index, name] of ["logFlushed", "queuesFlushed", "indexFlushed"].entries()) {
    const written = Number(bytes.readBigInt64BE(index * 8));
    const shown = Date.parse(String(theirs?.[name] ?? new Date(0).toISOString()));
    expect([name, shown]).toEqual([name, written]);
  }
  const bun = createBunEnvironment({ level: "error", format: "text" });
  const storeHost = { host: "127.0.0.1", port: 10_911 };
  const opened = await openLogStore(bun, { folder, flush: "async", storeHost });
  const running = await mqRows("store checkpoint", [folder], { environment });
  expect(running).toMatchObject([{ cleanStop: false }]);
  await opened.close();
  const [ours] = await mqRows("store checkpoint", [folder], { environment });
  const [facts] = await mqRows("segment verify", [folder], { environment });
  expect(ours).toMatchObject({ cleanStop: true, snapshotOffset: facts?.["endOffset"] });
  expect(Number(ours?.["snapshotQueues"])).toBeGreaterThan(10);
  const nothing = await runMq(["store", "checkpoint", join(folder, "config")], { environment });
  expect(nothing.exitCode).toBe(3);
});
