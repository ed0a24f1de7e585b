/** A cluster as a document: written, compared, applied, imported, also by a run that was killed. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import { type CommandCluster, startCommandCluster } from "../support/command-cluster.ts";
import { MqOnTerminal, mqWords, runMq } from "../support/mq-command.ts";
import { checkedRows } from "../support/mq-rows.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { WireClient } from "../support/wire-client.ts";

setDefaultTimeout(60_000);

let cluster: CommandCluster;
let rows: CommandCluster["rows"];
let folder: string;

beforeAll(async () => {
  cluster = await startCommandCluster();
  ({ rows } = cluster);
  folder = tempFolder();
});

afterAll(() => cluster.stop());

function documentFile(name: string, document: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof document === "string" ? document : JSON.stringify(document));
  return path;
}

async function exported(...words: readonly string[]): Promise<Record<string, unknown>> {
  const [document] = await rows("export metadata", [...words, "-o", "jsonl"]);
  return document ?? {};
}

const shop = {
  topics: [
    { name: "orders", queues: 4, attributes: { "message.type": "FIFO" } },
    { name: "parcels", readQueues: 3, writeQueues: 2, perm: "r", order: true },
  ],
  groups: [
    { name: "billing", retryMaxTimes: 3 },
    {
      name: "packing",
      enabled: false,
      orderly: true,
      retryQueues: 2,
      retryPolicy: {
        type: "EXPONENTIAL",
        exponential: { initialMs: 1_000, maxMs: 9_000, multiplier: 3 },
      },
    },
  ],
  keyValues: [{ namespace: "ORDER_TOPIC_CONFIG", key: "parcels", value: "broker-a:2" }],
};

test("a document is applied once agreed to, exactly, and a second time changes nothing", async () => {
  const file = documentFile("shop.json", shop);
  const differs = await cluster.run("diff", "-f", file, "--exit-code");
  expect(differs.exitCode).toBe(11);
  const differences = await checkedRows("diff", differs.stdout);
  expect(differences.map(({ outcome, thing, name }) => [outcome, thing, name])).toEqual([
    ["would create", "topic", "orders"],
    ["would create", "topic", "parcels"],
    ["would create", "group", "billing"],
    ["would create", "group", "packing"],
    ["would create", "keyValue", "ORDER_TOPIC_CONFIG parcels"],
  ]);
  expect(await cluster.failure("apply", "-f", file)).toEqual([6, "MQ-E-CONFIRM"]);
  await rows("apply", ["-f", file, "--dry-run"]);
  expect((await exported())["topics"]).toEqual([]);

  const done = await rows("apply", ["-f", file, "--yes"]);
  expect(done.map(({ outcome, reason }) => [outcome, reason])).toEqual(
    Array.from({ length: 5 }, () => ["created", null]),
  );
  expect(await rows("apply", ["-f", file, "--yes"])).toEqual([]);
  expect((await cluster.run("diff", "-f", file, "--exit-code")).exitCode).toBe(0);
  const [route] = await rows("topic route", ["parcels"]);
  expect(route).toMatchObject({ readQueues: 3, writeQueues: 2, perm: "r" });
});

test("what was exported is the whole, and makes no difference", async () => {
  const document = await exported("--offsets");
  expect(document).toMatchObject({
    apiVersion: "mq/v1",
    kind: "Metadata",
    topics: [
      { name: "orders", queues: 4, perm: "rw", order: false },
      { name: "parcels", readQueues: 3, writeQueues: 2, perm: "r", order: true },
    ],
    groups: [
      { name: "billing", enabled: true, retryMaxTimes: 3, retryQueues: 1 },
      { name: "packing", enabled: false, orderly: true, retryMaxTimes: 16 },
    ],
    keyValues: shop.keyValues,
  });
  const text = await cluster.run("export", "metadata");
  expect(text.stdout).toStartWith("apiVersion: mq/v1\nkind: Metadata\ntopics:\n  - name: orders\n");
  const file = join(folder, "all.yaml");
  await cluster.run("export", "metadata", "--to", file);
  expect(readFileSync(file, "utf8")).toBe(text.stdout);
  expect((await cluster.run("diff", "-f", file, "--prune", "--exit-code")).exitCode).toBe(0);
  const piped = await runMq(["diff", "-f", "-", "--exit-code"], {
    environment: cluster.environment,
    input: text.stdout,
  });
  expect(piped.exitCode).toBe(0);
});

test("what a document cannot say is told", async () => {
  const [broker] = await cluster.client.admin.cluster.brokers();
  const [host = "", port] = (broker?.address ?? "").split(":");
  const machine = createBunEnvironment({ level: "error", format: "text" });
  const connection = await WireClient.connect(machine, { host, port: Number(port) });
  const forbid = (readable: string) =>
    connection.request(353, [
      ["group", "billing"],
      ["topic", "orders"],
      ["readable", readable],
    ]);
  expect((await forbid("false")).code).toBe(0);
  const { exitCode, stderr } = await cluster.run("export", "metadata");
  expect([exitCode, stderr]).toEqual([
    0,
    expect.stringContaining("not in the document: 'billing' may not read orders on broker-a"),
  ]);
  await forbid("true");
  expect((await cluster.run("export", "metadata")).stderr).not.toContain("not in the document");
  connection.close();
});

test("a table shows what is and what would be", async () => {
  const changed = { topics: [{ name: "orders", queues: 6, perm: "w" }] };
  const file = documentFile("changed.json", changed);
  const { stdout, stderr } = await cluster.run("diff", "-f", file, "-o", "table");
  expect(stdout).toBe(
    [
      "OUTCOME       THING  NAME    AT        CHANGE                                            REASON",
      "would update  topic  orders  broker-a  readQueues 4 → 6, writeQueues 4 → 6, perm rw → w  -     ",
      "",
    ]
      .map((line) => line.trimEnd())
      .join("\n"),
  );
  expect(stderr).toContain("1 would update");
  expect(stderr).toContain("1 topics and groups are not in the document");
});

test("what is taken away is warned of, and deleted only by --prune", async () => {
  const file = documentFile("less.json", {
    topics: [{ name: "orders", queues: 2 }],
    groups: [{ name: "billing" }],
  });
  const less = await cluster.run("apply", "-f", file, "--yes");
  expect(less.stderr).toContain("nobody reads queues 2 to 3 of broker-a any more");
  expect((await exported())["topics"]).toHaveLength(2);
  const pruned = await cluster.run("apply", "-f", file, "--prune", "--yes");
  expect(pruned.stderr).toContain("topic 'parcels' goes from broker-a with its messages");
  expect(
    (await checkedRows("apply", pruned.stdout)).map(({ outcome, name }) => [outcome, name]),
  ).toEqual([
    ["deleted", "packing"],
    ["deleted", "parcels"],
  ]);
  expect(await exported()).toMatchObject({
    topics: [{ name: "orders", queues: 2, attributes: { "message.type": "FIFO" } }],
    groups: [{ name: "billing", retryMaxTimes: 3 }],
    // The document does not speak of values.
    keyValues: shop.keyValues,
  });
  expect(await cluster.failure("topic", "route", "parcels")).toEqual([3, "MQ-E-NOROUTE"]);
});

test("on a terminal it shows the plan and asks; no is an answer", async () => {
  const file = documentFile("asked.json", { topics: [{ name: "asked", queues: 1 }] });
  for (const path of [["apply"], ["import", "metadata"]]) {
    const terminal = new MqOnTerminal([...path, "-f", file], cluster.environment);
    await terminal.until("would create");
    await terminal.until("Go on? 1 made");
    await terminal.until("Yes");
    terminal.type("n");
    expect(await terminal.exited).toBe(6);
    expect(terminal.screen).toContain("nothing changed");
    await terminal.close();
  }
  expect(await cluster.failure("topic", "route", "asked")).toEqual([3, "MQ-E-NOROUTE"]);
});

test("what a broker refuses is an outcome of its own and exit code 7", async () => {
  const file = documentFile("partly.json", {
    topics: [
      { name: "refused", attributes: { "no.such": "x" } },
      { name: "taken", queues: 1 },
    ],
  });
  const partly = await cluster.run("apply", "-f", file, "--yes");
  const outcomes = await checkedRows("apply", partly.stdout);
  expect(partly.exitCode).toBe(7);
  expect(outcomes.map(({ name, outcome }) => [name, outcome])).toEqual([
    ["refused", "failed"],
    ["taken", "created"],
  ]);
  expect(String(outcomes[0]?.["reason"])).toContain("unsupported key");
});

test("documents that cannot be meant change nothing", async () => {
  const wrong: readonly (readonly [string, string])[] = [
    ["topics:\n  - name: a\n    perm: {x\n", "line 3"],
    ["topics:\n  - name: a\n    perm: x\n", 'topics[0] (a).perm is "x"; it must be one of rw'],
    ["topics:\n  - name: a\n    brokers: [broker-z]\n", "names the broker broker-z"],
  ];
  for (const [index, [text, words]] of wrong.entries()) {
    const file = documentFile(`wrong-${index}.yaml`, text);
    const results = await Promise.all(
      ["diff", "apply"].map((path) => cluster.run(path, "-f", file)),
    );
    for (const { exitCode, stdout, stderr } of results) {
      expect([exitCode, stdout, stderr]).toEqual([
        index === 2 ? 3 : 2,
        "",
        expect.stringContaining(words),
      ]);
    }
  }
  expect(await cluster.failure("apply", "-f", join(folder, "missing"))).toEqual([2, "MQ-E-USAGE"]);
});

test("settings of servers are written without secrets", async () => {
  const [document] = await rows("export config", ["-o", "jsonl"]);
  expect(document).toMatchObject({
    kind: "Config",
    brokers: [{ name: "broker-a", settings: { brokerName: "broker-a" } }],
    nameservers: [{ name: "nameserver", address: cluster.nameserver }],
  });
  const { stdout } = await cluster.run("export", "config");
  expect(stdout).toStartWith("apiVersion: mq/v1\nkind: Config\nbrokers:\n");
});

test("an import makes what is missing, keeps what differs, and sets offsets once", async () => {
  await rows("topic produce", ["orders", "--lines"], "a\nb\nc\nd");
  const file = documentFile("move.yaml", {
    topics: [
      { name: "orders", queues: 9 },
      { name: "moved", queues: 1 },
    ],
    offsets: [
      { group: "billing", topic: "orders", broker: "old", queues: { 0: 1, 1: 2 } },
      { group: "billing", topic: "moved", broker: "old", queues: { 0: 7 } },
    ],
  });
  const words = ["-f", file, "--map-broker", "old=broker-a", "--yes"];
  const first = await cluster.run("import", "metadata", ...words, "--offsets");
  expect(first.exitCode).toBe(7);
  const outcomes = await checkedRows("import metadata", first.stdout);
  expect(outcomes.map(({ thing, name, outcome }) => [thing, name, outcome])).toEqual([
    ["topic", "orders", "kept"],
    ["topic", "moved", "created"],
    ["offsets", "billing@orders", "created"],
    ["offsets", "billing@moved", "failed"],
  ]);
  expect(String(outcomes[3]?.["reason"])).toContain("q0 ends at 0, not 7");
  const there = async (): Promise<unknown> => (await exported("--offsets"))["offsets"];
  const stands = { group: "billing", topic: "orders", broker: "broker-a" };
  expect(await there()).toEqual([{ ...stands, queues: { 0: 1, 1: 2 } }]);

  const other = documentFile("other.json", {
    offsets: [{ ...stands, queues: { 0: 0, 1: 2 } }],
  });
  const kept = await cluster.run("import", "metadata", "-f", other, "--offsets", "--yes");
  expect([kept.exitCode, kept.stdout]).toEqual([7, expect.stringContaining("--overwrite moves")]);
  await rows("import metadata", ["-f", other, "--offsets", "--overwrite", "--yes"]);
  expect(await there()).toEqual([{ ...stands, queues: { 0: 0, 1: 2 } }]);
});

test("an import that was killed is finished by the same command", async () => {
  const count = 300;
  const topics = Array.from({ length: count }, (_, index) => ({
    name: `many-${index}`,
    queues: 1,
  }));
  const file = documentFile("many.json", { topics });
  const words = ["import", "metadata", "-f", file, "--yes", "-o", "jsonl"];
  const child = Bun.spawn([...mqWords, ...words], {
    stdout: "ignore",
    stderr: "ignore",
    env: { ...process.env, ...cluster.environment, XDG_CONFIG_HOME: "/dev/null" },
  });
  const made = async (): Promise<number> => {
    const names = await cluster.client.admin.topics.names();
    return names.filter((name) => name.startsWith("many-")).length;
  };
  while ((await made()) < 20) {
    await Bun.sleep(1);
  }
  child.kill("SIGKILL");
  await child.exited;
  const before = await made();
  expect(before).toBeLessThan(count);
  const finished = await rows("import metadata", words.slice(2, -2));
  expect(finished.length).toBeLessThanOrEqual(count - before);
  expect(finished.every(({ outcome }) => outcome === "created")).toBe(true);
  expect(await made()).toBe(count);
  expect(await rows("import metadata", words.slice(2, -2))).toEqual([]);
});

test("nobody there is exit code 5", async () => {
  const environment = { MQ_NAMESERVER: "127.0.0.1:1" };
  const file = documentFile("small.json", { topics: [{ name: "orders" }] });
  const cases = [
    ["export", "metadata"],
    ["export", "config"],
    ["diff", "-f", file],
    ["apply", "-f", file, "--yes"],
    ["import", "metadata", "-f", file, "--yes"],
  ];
  await Promise.all(
    cases.map(async (words) => {
      const { exitCode, stdout } = await runMq(words, { environment });
      expect([words, exitCode, stdout]).toEqual([words, 5, ""]);
    }),
  );
});
