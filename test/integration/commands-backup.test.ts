/** Backups of a store that a broker writes: made, checked, restored and served again, also by runs that were killed. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeBackup } from "../../src/app/backup/making.ts";
import { BackupRepository } from "../../src/app/backup/repository.ts";
import { type Client, createClient } from "../../src/client/index.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import { MqOnTerminal, mqWords, runMq } from "../support/mq-command.ts";
import { checkedRows, mqRows } from "../support/mq-rows.ts";
import { MqServer } from "../support/mq-server.ts";
import { unpackStore } from "../support/rocketmq-stores.ts";
import { tempFolder } from "../support/temp-folder.ts";

setDefaultTimeout(60_000);

const environment = { TZ: "UTC", XDG_STATE_HOME: tempFolder() };
let folder: string;
let store: string;
let backups: string;
let server: MqServer;
let client: Client;

beforeAll(async () => {
  folder = tempFolder();
  store = join(folder, "store");
  backups = join(folder, "backups");
  server = await start(store);
  client = clientOf(server);
  await mustRun("topic", "create", "orders", "--queues", "2");
  await mustRun("group", "create", "billing", "--retry-max-times", "3");
  await load(4_000);
});

afterAll(async () => {
  await client.close();
  await server.end("SIGKILL");
});

function start(at: string): Promise<MqServer> {
  const listen = ["--listen", "127.0.0.1:0", "--nameserver-listen", "127.0.0.1:0"];
  const settings = ["--flush", "async", "--set", "segment-bytes=1048576"];
  return MqServer.start(["standalone", "start", "--store", at, ...listen, ...settings], {});
}

function clientOf(of: MqServer): Client {
  return createClient(createBunEnvironment({ level: "error", format: "text" }), {
    nameservers: [of.address("nameserver")],
  });
}

const run = (...words: readonly string[]) =>
  runMq(words, {
    environment: { ...environment, MQ_NAMESERVER: server.address("nameserver") },
  });
async function mustRun(...words: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await run(...words);
  expect([exitCode, stderr]).toEqual([0, expect.any(String)]);
}

const rows = (path: string, ...words: readonly string[]) => mqRows(path, words, { environment });

/** Some 1 KiB each. */
async function load(count: number): Promise<void> {
  const words = ["--topic", "orders", "--size", "1K", "--count", String(count), "--senders", "8"];
  await mustRun("bench", "produce", ...words, "--duration", "30s");
}

/** Every message of the topic as text, by queue. */
async function messages(of: Client): Promise<readonly (readonly string[])[]> {
  return await Promise.all(
    [0, 1].map(async (queueId) => {
      const queue = { topic: "orders", brokerName: "broker-a", queueId };
      const found: string[] = [];
      const first = await of.pull.minOffset(queue);
      for (;;) {
        const offset = first + found.length;
        const group = "TOOLS_CONSUMER";
        const result = await of.pull.pull({ group, queue, offset, countMax: 1_000 });
        if (result.kind !== "found") {
          return found;
        }
        found.push(
          ...result.messages.map(
            (message) =>
              `${message.queueOffset} ${message.offsetMessageId.slice(16)} ${message.body}`,
          ),
        );
      }
    }),
  );
}

/** What a broker on the store serves. */
async function served(at: string): Promise<{
  readonly all: readonly (readonly string[])[];
  readonly metadata: unknown;
}> {
  const other = await start(at);
  const own = clientOf(other);
  try {
    const environmentThere = { ...environment, MQ_NAMESERVER: other.address("nameserver") };
    const [metadata] = await mqRows("export metadata", ["--offsets", "-o", "jsonl"], {
      environment: environmentThere,
    });
    return { all: await messages(own), metadata };
  } finally {
    await own.close();
    expect(await other.end()).toBe(0);
  }
}

async function killedWhen(words: readonly string[], isTime: () => boolean): Promise<void> {
  const child = Bun.spawn([...mqWords, ...words], {
    stdout: "ignore",
    stderr: "ignore",
    env: { ...process.env, ...environment, XDG_CONFIG_HOME: "/dev/null" },
  });
  while (!isTime()) {
    expect(child.exitCode).toBeNull();
    await Bun.sleep(1);
  }
  child.kill("SIGKILL");
  await child.exited;
}

function objects(): readonly string[] {
  return readdirSync(join(backups, "objects")).sort();
}

/** The first segment, which all backups have. */
function someSegment(): string {
  return join(backups, "objects", objects().find((name) => name.startsWith("0000000000000")) ?? "");
}

test("a backup that was killed is finished by the same command, and copies nothing twice", async () => {
  const words = ["backup", "create", "--store", store, "--to", backups];
  const [dry] = await rows("backup create", ...words.slice(2), "--dry-run");
  expect(dry).toMatchObject({ outcome: "would create", segments: 5, records: null });
  expect([dry?.["newBytes"], existsSync(backups)]).toEqual([dry?.["bytes"], false]);
  const unfinished = join(backups, "unfinished");
  await killedWhen([...words, "--rate", "4M"], () => {
    return existsSync(unfinished) && readFileSync(unfinished, "utf8").split("\n").length > 2;
  });
  const none = await runMq(["backup", "list", "--from", backups], { environment });
  expect([none.exitCode, none.stdout]).toEqual([0, ""]);

  const [made] = await rows("backup create", ...words.slice(2));
  expect(made).toMatchObject({ kind: "mq", store, startOffset: 0, damaged: 0 });
  expect(Number(made?.["newBytes"])).toBeLessThanOrEqual(Number(made?.["bytes"]) - 2 * 1_048_576);
  const { outcome, ...listed } = made ?? {};
  expect([outcome, await rows("backup list", "--from", backups)]).toEqual(["created", [listed]]);
});

test("a backup beside a broker under load is a whole beginning of what the broker serves", async () => {
  const loading = load(1_500);
  const [made] = await rows("backup create", "--store", store, "--to", backups);
  await loading;
  const restored = join(folder, "beside");
  await rows("backup restore", "--from", backups, "--store", restored);
  const source = await messages(client);
  const { all } = await served(restored);
  for (const [queueId, found] of all.entries()) {
    expect(found.length).toBeGreaterThanOrEqual(2_000);
    expect(found).toEqual(source[queueId]?.slice(0, found.length) ?? []);
  }
  // Most of it was there before.
  expect(Number(made?.["newBytes"])).toBeLessThan(Number(made?.["bytes"]) / 2);
});

test("what is restored is every message, topic, group and offset; a killed restore goes on", async () => {
  await client.pull.commitOffset(
    "billing",
    { topic: "orders", brokerName: "broker-a", queueId: 1 },
    7,
  );
  const [made] = await rows("backup create", "--store", store, "--to", backups);
  const target = join(folder, "restored");
  const words = ["backup", "restore", "--from", backups, "--store", target];
  const dry = await rows("backup restore", ...words.slice(2), "--dry-run");
  expect([dry[0]?.["outcome"], existsSync(target)]).toEqual(["would restore", false]);
  const making = join(target, "commitlog.restoring");
  await killedWhen([...words, "--rate", "4M"], () => {
    return existsSync(making) && readdirSync(making).length > 2;
  });
  const early = await runMq(["broker", "start", "--store", target, "--listen", "127.0.0.1:0"], {
    environment,
  });
  expect([early.exitCode, early.stderr]).toEqual([
    1,
    expect.stringContaining("is not finished: run mq backup restore again"),
  ]);

  const [finished] = await rows("backup restore", ...words.slice(2));
  expect(finished).toMatchObject({ id: made?.["id"], outcome: "restored" });
  expect(Number(finished?.["segmentsBefore"])).toBeGreaterThanOrEqual(2);
  const again = await served(target);
  expect(again.all).toEqual(await messages(client));
  expect(again.metadata).toMatchObject({
    topics: [{ name: "orders", queues: 2 }],
    groups: [{ name: "billing", retryMaxTimes: 3 }],
    offsets: [{ group: "billing", topic: "orders", broker: "broker-a", queues: { 1: 7 } }],
  });
  const [checked] = await rows("segment verify", target, "--deep");
  expect(checked).toMatchObject({ problems: [], queues: { problems: [] }, keys: { problems: [] } });

  const taken = await runMq(words, { environment });
  expect([taken.exitCode, taken.stderr]).toEqual([6, expect.stringContaining("is not empty")]);
});

test("damage is found, not restored, and mended by a full backup", async () => {
  const [whole] = await rows("backup verify", "--from", backups);
  expect(whole).toMatchObject({ state: "ok", problems: [] });
  const path = someSegment();
  const bytes = readFileSync(path);
  bytes[5_000] = (bytes[5_000] ?? 0) ^ 0x10;
  writeFileSync(path, bytes);
  const damaged = await runMq(["backup", "verify", "--from", backups, "--all"], { environment });
  expect(damaged.exitCode).toBe(8);
  const found = await checkedRows("backup verify", damaged.stdout);
  expect(found.map(({ state }) => state)).toEqual(found.map(() => "damaged"));
  expect(damaged.stdout).toContain("does not match its checksum");
  const target = join(folder, "damaged");
  const words = ["backup", "restore", "--from", backups, "--store", target];
  const refused = await runMq(words, { environment });
  expect([refused.exitCode, existsSync(join(target, "commitlog"))]).toEqual([8, false]);

  await rows("backup create", "--store", store, "--to", backups, "--full");
  expect((await rows("backup verify", "--from", backups))[0]).toMatchObject({ state: "ok" });
});

test("a log that retention shortens meanwhile is backed up from where it begins then", async () => {
  // Stopped, it has a snapshot that knows all of it, as retention takes one before it removes anything.
  const shortened = join(folder, "restored");
  const { disk } = createBunEnvironment({ level: "error", format: "text" });
  const repository = BackupRepository.make(disk, join(folder, "of-shortened"));
  const names = readdirSync(join(shortened, "commitlog")).sort();
  let copied = 0;
  const manifest = await makeBackup(
    { repository, store: shortened, id: "one", takenMs: 0, isFull: false },
    {
      async after() {
        copied++;
        for (const name of copied === 1 ? names.slice(0, 3) : []) {
          rmSync(join(shortened, "commitlog", name));
        }
      },
    },
  );
  expect(manifest.segments[0]?.name).toBe(names[3] ?? "");
  const target = join(folder, "from-shortened");
  await rows("backup restore", "--from", repository.root, "--store", target);
  const again = await served(target);
  expect(again.metadata).toMatchObject({
    topics: [{ name: "orders" }],
    groups: [{ name: "billing", retryMaxTimes: 3 }],
    offsets: [{ group: "billing", queues: { 1: 7 } }],
  });
  const source = await messages(client);
  for (const [queueId, found] of again.all.entries()) {
    expect(found.length).toBeGreaterThan(500);
    expect(found).toEqual(source[queueId]?.slice(-found.length) ?? []);
  }
});

test("a damaged store is backed up, told, and restored as it was", async () => {
  const broken = join(folder, "broken");
  mkdirSync(join(broken, "commitlog"), { recursive: true });
  const name = "00000000000000000000";
  const bytes = readFileSync(join(store, "commitlog", name));
  bytes[5_000] = (bytes[5_000] ?? 0) ^ 0x10;
  writeFileSync(join(broken, "commitlog", name), bytes);
  const to = join(folder, "of-broken");
  const made = await runMq(["backup", "create", "--store", broken, "--to", to], { environment });
  const [row] = await checkedRows("backup create", made.stdout);
  expect([made.exitCode, row?.["damaged"]]).toEqual([8, 1]);
  expect(made.stderr).toContain("the store is damaged");
  expect((await rows("backup verify", "--from", to))[0]).toMatchObject({ state: "ok" });
});

test("prune keeps what kept backups need, and asks", async () => {
  const before = (await rows("backup list", "--from", backups)).length;
  expect(before).toBeGreaterThanOrEqual(4);
  const words = ["backup", "prune", "--from", backups, "--keep", "1"];
  const refused = await runMq(words, { environment });
  expect([refused.exitCode, refused.stdout]).toEqual([6, ""]);
  const terminal = new MqOnTerminal(words, environment);
  await terminal.until(`Remove ${before - 1} of ${before} backups`);
  await terminal.until("Yes");
  terminal.type("n");
  expect(await terminal.exited).toBe(6);
  await terminal.close();
  expect(await rows("backup list", "--from", backups)).toHaveLength(before);
  const would = await rows("backup prune", ...words.slice(2), "--dry-run");
  expect(would.map(({ outcome }) => outcome)).toEqual([
    ...Array.from({ length: before - 1 }, () => "would remove"),
    "kept",
  ]);
  const objectsBefore = objects().length;
  await rows("backup prune", ...words.slice(2), "--yes");
  expect(await rows("backup list", "--from", backups)).toHaveLength(1);
  expect(objects().length).toBeLessThan(objectsBefore);
  expect((await rows("backup verify", "--from", backups))[0]).toMatchObject({ state: "ok" });
  expect(objects()).not.toContain("segment.part");
});

test("a manifest that cannot be read is told, and nothing is pruned meanwhile", async () => {
  const path = join(backups, "backups", "20000101T000000Z");
  writeFileSync(path, "mq-backup 1 00 3\n{}\n");
  const listed = await runMq(["backup", "list", "--from", backups, "-o", "json"], { environment });
  expect([listed.exitCode, JSON.parse(listed.stdout)]).toMatchObject([
    8,
    { items: [{ kind: "mq" }], errors: [{ code: "MQ-E-STORE", from: "20000101T000000Z" }] },
  ]);
  const words = ["backup", "prune", "--from", backups, "--keep", "1", "--yes"];
  expect((await runMq(words, { environment })).exitCode).toBe(8);
  rmSync(path);
});

test("what is no store, no backup or no free folder is refused with its exit code", async () => {
  const other = join(folder, "other");
  mkdirSync(other);
  writeFileSync(join(other, "file"), "x");
  const cases: readonly (readonly [number, string, ...string[]])[] = [
    [2, "is not there", "create", "--store", join(folder, "missing"), "--to", backups],
    [8, "no commit log", "create", "--store", other, "--to", join(folder, "new")],
    [6, "back up each of them", "create", "--store", folder, "--to", join(folder, "new")],
    [6, "holds no backups", "create", "--store", store, "--to", other],
    [3, "holds no backups", "list", "--from", other],
    [3, "holds no backup 'x'", "verify", "--from", backups, "--id", "x"],
    [6, "is not empty", "restore", "--from", backups, "--store", other],
    [3, "holds no backups", "prune", "--from", other, "--keep", "1"],
  ];
  await Promise.all(
    cases.map(async ([exitCode, text, ...words]) => {
      const refused = await runMq(["backup", ...words], { environment });
      expect([words, refused.exitCode, refused.stdout, refused.stderr]).toEqual([
        words,
        exitCode,
        "",
        expect.stringContaining(text),
      ]);
    }),
  );
});

test("a table is for people", async () => {
  const listed = await runMq(["backup", "list", "--from", backups, "-o", "table"], { environment });
  const [head, row] = listed.stdout.split("\n");
  expect(head).toMatch(/^ID +FROM +TO +SEGMENTS +RECORDS +BYTES +NEW +DAMAGED +LAST STORED$/);
  expect(row).toMatch(/^\d{8}T\d{6}Z(-\d)? +0 +[\d,]+ +\d+ +[\d,]+ +[\d,]+ +[\d,]+ +0 +2/);
});

test("RocketMQ's stores are backed up as well, and mq serves what is restored", async () => {
  const { folder: source, manifest } = unpackStore("5.5.0", "main-clean");
  const to = join(folder, "of-rocketmq");
  const [made] = await rows("backup create", "--store", source, "--to", to);
  expect(made).toMatchObject({ kind: "rocketmq", endOffset: manifest.logEnd, damaged: 0 });
  expect(made?.["records"]).toBe(manifest.records);
  const target = join(folder, "from-rocketmq");
  await rows("backup restore", "--from", to, "--store", target);
  const other = await MqServer.start(
    ["standalone", "start", "--store", target, "--set", "brokerName=broker-a"].concat([
      ...["--listen", "127.0.0.1:0", "--nameserver-listen", "127.0.0.1:0"],
    ]),
    {},
  );
  const own = clientOf(other);
  try {
    const [broker] = await own.admin.cluster.brokers();
    const address = broker?.address ?? "";
    const extents: unknown[] = [];
    for (const [topic, queueId, min, max] of manifest.queues) {
      const found = await own.admin.topics.stats(address, topic).catch(() => []);
      const [, stats] = found.find(([queue]) => queue.queueId === queueId) ?? [];
      if (stats !== undefined && !/SCHEDULE|Delay|RETRY/.test(topic) && max > 0) {
        extents.push([topic, queueId, stats.minOffset, stats.maxOffset]);
        expect(extents.at(-1)).toEqual([topic, queueId, min, max]);
      }
    }
    expect(extents.length).toBeGreaterThan(3);
    const groups = await own.admin.groups.configs(address);
    expect(groups.map(({ group }) => group)).toEqual(expect.arrayContaining([...manifest.groups]));
    const offsets = await own.admin.groups.offsets(address);
    for (const [key, queues] of Object.entries(manifest.offsets)) {
      expect([key, Object.fromEntries(offsets.get(key) ?? [])]).toEqual([key, queues]);
    }
  } finally {
    await own.close();
    await other.end();
  }
});
