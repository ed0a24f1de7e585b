/** RocketMQ's topics, groups and offsets, taken over with its store and given back on a clean stop. */
import { afterEach, expect, test } from "bun:test";
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type RunningBroker, startBroker } from "../../src/app/broker-app.ts";
import { giveBackConfig, takeOverConfig } from "../../src/app/rocketmq-config.ts";
import { MqError } from "../../src/core/error.ts";
import type { StateValue } from "../../src/store/message-store.ts";
import { close, closeAll, copyOf, machine, openAt } from "../store/opened-stores.ts";
import { damage, storeNames, unpackStore } from "../support/rocketmq-stores.ts";
import { tempFolder } from "../support/temp-folder.ts";

const brokers = new Set<RunningBroker>();
afterEach(async () => {
  await closeAll();
  for (const broker of brokers) {
    await broker.stop();
  }
  brokers.clear();
});

async function takenOver(folder: string) {
  const store = await openAt(folder);
  await takeOverConfig(machine, folder, store.state);
  return store;
}

/** The table as RocketMQ wrote it, whose integer keys have no quotes. */
function offsetTable(folder: string, name: string): Record<string, StateValue> {
  const text = readFileSync(join(folder, "config", name), "utf8");
  return JSON.parse(text.replace(/(?<=[\s{,])(\d+):/g, '"$1":')).offsetTable;
}

for (const [archive, name] of storeNames.filter(([, each]) => each !== "rocksdb")) {
  test(`topics, groups and offsets of ${archive} ${name} are taken over`, async () => {
    const { folder, manifest } = unpackStore(archive, name);
    const { state } = await takenOver(folder);
    const topics = [...state.rows("topic")].map(([topic, row]) => {
      const { readQueueNums, writeQueueNums, perm } = row as { readonly [name: string]: number };
      return [topic, [readQueueNums, writeQueueNums, perm]];
    });
    expect(Object.fromEntries(topics)).toMatchObject(manifest.topics);
    expect([...state.rows("group").keys()].sort()).toEqual([...manifest.groups]);
    // The broker went on until it stopped, so its last word about offsets is in its files.
    const offsets = name.includes("ipv6") ? "lmqConsumerOffset.json" : "consumerOffset.json";
    expect(Object.fromEntries(state.rows("offset"))).toEqual(offsetTable(folder, offsets));
    expect(Object.fromEntries(state.rows("offset"))).toMatchObject(manifest.offsets);
    expect(Object.fromEntries(state.rows("delay"))).toEqual(
      offsetTable(folder, "delayOffset.json"),
    );
  });
}

test("a broker serves a store of RocketMQ, and what it changes is still there after a kill", async () => {
  const { folder, manifest } = unpackStore("5.5.0", "main-clean");
  const start = async (storeFolder: string): Promise<RunningBroker> => {
    const broker = await startBroker(machine, {
      storeFolder,
      listen: { host: "127.0.0.1", port: 0 },
      nameservers: [],
    });
    brokers.add(broker);
    return broker;
  };
  const first = await start(folder);
  expect(first.stats().topics).toBeGreaterThan(Object.keys(manifest.topics).length / 2);
  expect(first.rocketmqLines).toContain("mappedFileSizeCommitLog=1048576");
  expect(first.rocketmqLines).toContain("mappedFileSizeConsumeQueue=2000");
  await first.stop();
  const store = await openAt(folder);
  store.state.put("offset", "FxNormal@FxG1", { "0": 5 });
  await store.state.commit();
  const killed = copyOf(folder);
  const again = await takenOver(killed);
  expect(again.state.rows("offset").get("FxNormal@FxG1")).toEqual({ "0": 5 });
});

test("files that are not what mq wrote win over its tables, rows that are gone go", async () => {
  const folder = tempFolder();
  const first = await openAt(folder);
  first.state.put("offset", "orders@billing", { "0": 7, "1": 8 });
  first.state.put("offset", "orders@audit", { "0": 1 });
  first.state.put("delay", "3", 40);
  await giveBackConfig(machine, folder, first.state);
  await close(first);
  const path = join(folder, "config", "consumerOffset.json");
  const text = readFileSync(path, "utf8");
  expect(text).toContain('"offsetTable":{"orders@billing":{0:7,1:8},"orders@audit":{0:1}}');
  expect(readFileSync(join(folder, "config", "delayOffset.json"), "utf8")).toContain("{3:40}");
  writeFileSync(path, text.replace("0:7", "0:9").replace(',"orders@audit":{0:1}', ""));
  const second = await takenOver(folder);
  expect(Object.fromEntries(second.state.rows("offset"))).toEqual({
    "orders@billing": { "0": 9, "1": 8 },
  });
  expect(Object.fromEntries(second.state.rows("delay"))).toEqual({ "3": 40 });
});

test("files that mq wrote before are no news, whichever of a stop's writes a kill let through", async () => {
  const folder = tempFolder();
  const store = await openAt(folder);
  store.state.put("offset", "orders@billing", { "0": 1 });
  await giveBackConfig(machine, folder, store.state);
  const path = join(folder, "config", "consumerOffset.json");
  const old = join(tempFolder(), "old.json");
  copyFileSync(path, old);
  store.state.put("offset", "orders@billing", { "0": 2 });
  await giveBackConfig(machine, folder, store.state);
  store.state.put("offset", "orders@billing", { "0": 3 });
  await store.state.commit();
  for (const file of [path, old]) {
    const killed = copyOf(folder);
    copyFileSync(file, join(killed, "config", "consumerOffset.json"));
    const again = await takenOver(killed);
    expect(again.state.rows("offset").get("orders@billing")).toEqual({ "0": 3 });
    await close(again);
  }
});

test("a damaged file is replaced by its predecessor, as RocketMQ does; without one the start says what to do", async () => {
  const { folder, manifest } = unpackStore("5.5.0", "main-clean");
  const broken = manifest.damaged.find(({ kind }) => kind === "bad-offsets-json");
  damage(folder, broken?.edits ?? []);
  const predecessor = join(folder, "config", "consumerOffset.json.bak");
  expect(existsSync(predecessor)).toBe(true);
  const without = copyOf(folder);
  rmSync(join(without, "config", "consumerOffset.json.bak"));
  const { state } = await takenOver(folder);
  expect(Object.fromEntries(state.rows("offset"))).toEqual(
    offsetTable(folder, "consumerOffset.json.bak"),
  );
  const store = await openAt(without);
  const refused = takeOverConfig(machine, without, store.state);
  expect(refused).rejects.toThrow(/consumerOffset\.json cannot be read .* repair it, or remove it/);
  expect(refused).rejects.toBeInstanceOf(MqError);
});

test("topics that are only in RocksDB are refused with the command that exports them", async () => {
  const { folder } = unpackStore("5.5.0-rocksdb", "rocksdb");
  const start = startBroker(machine, {
    storeFolder: folder,
    listen: { host: "127.0.0.1", port: 0 },
    nameservers: [],
  });
  expect(start).rejects.toThrow(/RocksDB.* rocksDBConfigToJson -p .* -t topics -e .*topics\.json/);
});
