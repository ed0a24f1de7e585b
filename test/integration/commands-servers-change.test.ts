/** Commands about brokers and nameservers themselves: their settings, who is sent to them, what they contradict each other in. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CommandCluster, startCommandCluster } from "../support/command-cluster.ts";
import { runMq } from "../support/mq-command.ts";
import { checkedRows } from "../support/mq-rows.ts";
import { MqServer } from "../support/mq-server.ts";
import { tempFolder } from "../support/temp-folder.ts";

setDefaultTimeout(60_000);

let cluster: CommandCluster;
let rows: CommandCluster["rows"];
let failure: CommandCluster["failure"];

beforeAll(async () => {
  cluster = await startCommandCluster();
  ({ rows, failure } = cluster);
  await cluster.makeTopic("invoices", 2);
});

afterAll(() => cluster.stop());

describe("a broker", () => {
  test("is listed and described", async () => {
    const [listed] = await rows("broker list", []);
    expect(listed).toMatchObject({ broker: "broker-a", id: 0, isActive: true });
    const [described] = await rows("broker describe", ["broker-a"]);
    expect(described).toMatchObject({
      name: "broker-a",
      address: listed?.["address"],
      isActive: true,
      processes: [{ id: 0, address: listed?.["address"], isActive: true }],
    });
    expect(described?.["runtime"]).toContainEqual({
      name: "putTps",
      value: expect.stringMatching(/^[\d.]+ [\d.]+ [\d.]+$/),
    });
    expect(await failure("broker", "describe", "broker-x")).toEqual([3, "MQ-E-NOBROKER"]);
  });

  test("has settings that are read, and changed by those names that it has", async () => {
    const name = "autoCreateTopicEnable";
    const value = async () => (await rows("broker config get", ["broker-a", name]))[0]?.["value"];
    const before = await value();
    const other = before === "true" ? "false" : "true";
    const words = ["broker-a", `${name}=${other}`];
    const row = { name: "broker-a", at: "broker-a", setting: name, before, after: other };
    expect(await rows("broker config set", [...words, "--dry-run"])).toEqual([
      { ...row, outcome: "would change" },
    ]);
    expect(await failure("broker", "config", "set", ...words)).toEqual([6, "MQ-E-CONFIRM"]);
    expect(await value()).toBe(before);
    expect(await rows("broker config set", [...words, "--yes"])).toEqual([
      { ...row, outcome: "changed" },
    ]);
    expect(await value()).toBe(other);
    const typo = await cluster.run(
      "broker",
      "config",
      "set",
      "broker-a",
      "autoCreateTopicEnabel=true",
    );
    expect([typo.exitCode, typo.stderr]).toEqual([2, expect.stringContaining(`'${name}'`)]);
    expect(await failure("broker", "config", "set", "broker-a", "nonsense")).toEqual([
      2,
      "MQ-E-USAGE",
    ]);
    await rows("broker config set", ["broker-a", `${name}=${before}`, "--yes"]);
  });

  test("is held against a file", async () => {
    const path = join(tempFolder(), "broker.conf");
    writeFileSync(path, "# ours\nbrokerName=other\nautoCreateSubscriptionGroup=maybe\n");
    const words = ["broker", "config", "diff", "--file", path];
    const different = await cluster.run(...words, "--exit-code", "-o", "jsonl");
    expect(different.exitCode).toBe(11);
    const found = await checkedRows("broker config diff", different.stdout);
    expect(found).toEqual([
      { name: "autoCreateSubscriptionGroup", at: "file", value: "maybe" },
      { name: "autoCreateSubscriptionGroup", at: "broker-a", value: "true" },
    ]);
    expect((await rows("broker config diff", ["--file", path, "--all"])).length).toBe(4);
    expect(await rows("broker config diff", [])).toEqual([]);
    expect(await failure("broker", "config", "diff", "--file", "/nowhere")).toEqual([
      2,
      "MQ-E-USAGE",
    ]);
  });

  test("is drained and resumed", async () => {
    const { nameserver } = cluster;
    const isWritable = async (): Promise<boolean> => {
      const [route] = await rows("topic route", ["invoices"]);
      return String(route?.["perm"]).includes("w");
    };
    const [would] = await rows("broker drain", ["broker-a", "--dry-run"]);
    expect(would).toEqual({
      ...{ broker: "broker-a", nameserver, topics: null, outcome: "would be drained" },
    });
    expect(await failure("broker", "drain", "broker-a")).toEqual([6, "MQ-E-CONFIRM"]);
    expect(await isWritable()).toBe(true);
    expect(await rows("broker drain", ["broker-a", "--yes"])).toEqual([
      { broker: "broker-a", nameserver, topics: expect.any(Number), outcome: "drained" },
    ]);
    expect(await isWritable()).toBe(false);
    const [resumed] = await rows("broker resume", ["broker-a", "--yes"]);
    expect(resumed).toMatchObject({ outcome: "resumed" });
    expect(await isWritable()).toBe(true);
    expect(await failure("broker", "drain", "broker-x", "--yes")).toEqual([3, "MQ-E-NOBROKER"]);
  });

  test("that is still written is waited for, and no longer than was said", async () => {
    await rows("topic produce", ["invoices", "--value", "x"]);
    const inWrites = () =>
      cluster.run("broker", "drain", "broker-a", "--within", "0s", "--yes", "-o", "jsonl");
    // The rate of the last ten seconds shows the message once the broker has counted it.
    let drained = await inWrites();
    const endMs = performance.now() + 10_000;
    while (drained.exitCode === 0 && performance.now() < endMs) {
      drained = await inWrites();
    }
    expect([drained.exitCode, drained.stderr]).toEqual([
      124,
      expect.stringContaining("still gets"),
    ]);
    await rows("broker resume", ["broker-a", "--yes"]);
  });
});

test("a cluster is described with all that belongs to it", async () => {
  const { nameserver } = cluster;
  const [described] = await rows("cluster describe", []);
  expect(described).toMatchObject({
    clusters: ["DefaultCluster"],
    nameservers: [{ address: nameserver, brokers: 1 }],
    brokers: [{ broker: "broker-a", id: 0, isActive: true }],
  });
  expect(described?.["topics"]).toBeGreaterThan(0);
  expect(await failure("cluster", "describe", "nowhere")).toEqual([3, "MQ-E-NOTFOUND"]);
});

describe("nameservers", () => {
  test("have settings that are read and changed", async () => {
    const { nameserver } = cluster;
    const name = "orderMessageEnable";
    const words = [`${name}=true`];
    const row = {
      name: "nameserver",
      at: nameserver,
      setting: name,
      before: "false",
      after: "true",
    };
    expect(await rows("nameserver config set", [...words, "--dry-run"])).toEqual([
      { ...row, outcome: "would change" },
    ]);
    expect(await failure("nameserver", "config", "set", ...words)).toEqual([6, "MQ-E-CONFIRM"]);
    await rows("nameserver config set", [...words, "--yes"]);
    expect(await rows("nameserver config get", [name])).toEqual([
      { at: nameserver, name, value: "true" },
    ]);
    expect(await failure("nameserver", "config", "set", "orderMessageEnabel=true")).toEqual([
      2,
      "MQ-E-USAGE",
    ]);
    await rows("nameserver config set", [`${name}=false`, "--yes"]);
  });

  test("keep values", async () => {
    const { nameserver } = cluster;
    expect(await failure("nameserver", "kv", "set", "SPACE", "k", "v")).toEqual([
      6,
      "MQ-E-CONFIRM",
    ]);
    const [set] = await rows("nameserver kv set", ["SPACE", "k", "v", "--yes"]);
    expect(set).toMatchObject({ at: nameserver, before: null, after: "v", outcome: "changed" });
    expect(await rows("nameserver kv list", ["SPACE"])).toEqual([
      { nameserver, namespace: "SPACE", key: "k", value: "v" },
    ]);
    const [deleted] = await rows("nameserver kv delete", ["SPACE", "k", "--yes"]);
    expect(deleted).toMatchObject({ before: "v", after: null, outcome: "changed" });
    expect(await rows("nameserver kv list", ["SPACE"])).toEqual([]);
    expect(await failure("nameserver", "kv", "delete", "SPACE", "k", "--yes")).toEqual([
      3,
      "MQ-E-NOTFOUND",
    ]);
  });

  test("that contradict each other are shown", async () => {
    expect(await rows("nameserver drift", [])).toEqual([]);
    const second = await MqServer.start(["nameserver", "start", "--listen", "127.0.0.1:0"], {
      XDG_CONFIG_HOME: "/dev/null",
    });
    try {
      const other = second.address("nameserver");
      const at = ["-n", `${cluster.nameserver},${other}`];
      const listed = await rows("nameserver list", at);
      expect(listed).toMatchObject([
        { nameserver: cluster.nameserver, answers: true, brokers: 1 },
        { nameserver: other, answers: true, brokers: 0, topics: 0 },
      ]);
      const drift = await runMq(["nameserver", "drift", ...at, "-o", "jsonl"]);
      expect(drift.exitCode).toBe(10);
      const found = await checkedRows("nameserver drift", drift.stdout);
      expect(found).toContainEqual({
        ...{ what: "topic", name: "invoices", nameserver: cluster.nameserver },
        says: "broker-a 2/2 rw",
      });
      expect(found).toContainEqual({
        what: "topic",
        name: "invoices",
        nameserver: other,
        says: null,
      });
      expect(found.filter(({ what }) => what === "broker")).toHaveLength(2);
      await second.end();
      const down = await runMq(["nameserver", "list", ...at, "-o", "jsonl"]);
      expect(down.exitCode).toBe(7);
    } finally {
      await second.end();
    }
  });
});

describe("a topic", () => {
  test("tells who consumes it and who may use it", async () => {
    await rows("group create", ["accounts"]);
    const queue = { topic: "invoices", brokerName: "broker-a", queueId: 0 };
    await rows("topic produce", ["invoices", "--value", "x", "--queue", "0"]);
    await cluster.client.pull.commitOffset("accounts", queue, 0);
    const end = await cluster.client.pull.maxOffset(queue);
    const groups = await rows("topic groups", ["invoices"]);
    expect(groups).toMatchObject([{ group: "accounts", members: 0 }]);
    expect(groups[0]?.["lag"]).toBeGreaterThanOrEqual(end);
    expect(await failure("topic", "groups", "nowhere")).toEqual([3, "MQ-E-NOROUTE"]);

    const row = { name: "invoices", at: "broker-a", setting: "perm", before: "rw" };
    expect(await rows("topic perm", ["invoices"])).toEqual([
      { ...row, after: "rw", outcome: "unchanged" },
    ]);
    expect(await failure("topic", "perm", "invoices", "--set", "R")).toEqual([6, "MQ-E-CONFIRM"]);
    expect(await rows("topic perm", ["invoices", "--set", "R", "--yes"])).toEqual([
      { ...row, after: "r", outcome: "changed" },
    ]);
    const [route] = await rows("topic route", ["invoices"]);
    expect(route).toMatchObject({ perm: "r" });
    await rows("topic perm", ["invoices", "--set", "rw", "--yes"]);
  });

  test("has an order at the nameservers", async () => {
    expect(await failure("topic", "order", "invoices")).toEqual([3, "MQ-E-NOTFOUND"]);
    expect(await failure("topic", "order", "invoices", "--set", "broker-a")).toEqual([
      2,
      "MQ-E-USAGE",
    ]);
    await rows("topic order", ["invoices", "--set", "broker-a:2", "--yes"]);
    expect(await rows("topic order", ["invoices"])).toMatchObject([{ after: "broker-a:2" }]);
    await rows("topic order", ["invoices", "--delete", "--yes"]);
    expect(await failure("topic", "order", "invoices")).toEqual([3, "MQ-E-NOTFOUND"]);
  });

  test("is purged by letting its groups skip, and each can be put back", async () => {
    const queue = { topic: "invoices", brokerName: "broker-a", queueId: 0 };
    const end = await cluster.client.pull.maxOffset(queue);
    const standing = () => cluster.client.pull.committedOffset("accounts", queue);
    const planned = await rows("topic purge", ["invoices", "--dry-run"]);
    expect(planned[0]).toMatchObject({ group: "accounts", current: 0, target: end, skipped: end });
    expect(await failure("topic", "purge", "invoices")).toEqual([6, "MQ-E-CONFIRM"]);
    expect(await standing()).toBe(0);
    await rows("topic purge", ["invoices", "--yes"]);
    expect(await standing()).toBe(end);
    await rows("group undo-reset", ["accounts", "--yes"]);
    expect(await standing()).toBe(0);
    expect(await failure("topic", "purge", "invoices", "--group", "nobody")).toEqual([
      3,
      "MQ-E-NOTFOUND",
    ]);
  });
});
