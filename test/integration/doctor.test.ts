/** `mq doctor` over brokers that are well, that advertise a wrong address, and that are not there. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createClient } from "../../src/client/index.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import { encodeTextTable } from "../../src/protocol/remoting/bodies/text-table.ts";
import { type FakeHandler, FakeServer } from "../support/fake-cluster.ts";
import { joinGroup } from "../support/group-member.ts";
import { startLoopbackNameserver } from "../support/loopback-nameserver.ts";
import { runMq } from "../support/mq-command.ts";
import { checkedRows, mqRows } from "../support/mq-rows.ts";
import { MqServer } from "../support/mq-server.ts";
import { tempFolder } from "../support/temp-folder.ts";

setDefaultTimeout(60_000);

let server: MqServer;
let environment: Readonly<Record<string, string>>;
const store = join(tempFolder(), "store");
/** Whatever the disk of the machine that runs the test. */
const anyDisk = ["--disk-warn", "100", "--disk-fail", "100"];

beforeAll(async () => {
  server = await startServer(store);
  environment = { MQ_NAMESERVER: server.address("nameserver"), TZ: "UTC" };
});

afterAll(() => server.end("SIGKILL"));

function startServer(folder: string, ...words: readonly string[]): Promise<MqServer> {
  return MqServer.start(
    [
      ...["standalone", "start", "--store", folder, "--listen", "127.0.0.1:0"],
      ...["--nameserver-listen", "127.0.0.1:0", ...words],
    ],
    {},
  );
}

async function findings(words: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const { stdout, exitCode } = await runMq(["doctor", ...anyDisk, ...words], {
    environment: { ...environment, ...more },
  });
  const rows = await checkedRows("doctor", stdout);
  return {
    exitCode,
    rows,
    bad: rows.filter(({ status }) => status !== "ok"),
    found: (check: string) => rows.find((row) => row["check"] === check),
  };
}

test("a cluster that is well is told so, check by check", async () => {
  const { exitCode, rows, bad } = await findings([]);
  expect([exitCode, bad]).toEqual([0, []]);
  expect(rows.map(({ check }) => check)).toEqual([
    ...["config", "nameserver", "registered", "broker", "vip", "master", "version", "clock"],
    ...["disk", "load", "topic", "group", "retry", "dlq"],
  ]);
  const table = await runMq(["doctor", "--quick", "-o", "table", ...anyDisk], { environment });
  const broker = `broker-a ${server.address("broker")}`;
  expect([table.exitCode, table.stderr]).toEqual([0, "0 failed, 0 warnings, 10 ok\n"]);
  expect(table.stdout.replace(/answered in \d+ ms|[\d.]+ % used/g, "…")).toBe(
    [
      "✓ config      /dev/null/mq/config.toml: not there, no profile in use",
      `✓ nameserver  ${environment["MQ_NAMESERVER"]}: … (V5_3_3), knows 1 brokers`,
      `✓ registered  ${broker}: known to 1 of 1 nameservers`,
      `✓ broker      ${broker}: answers and takes sends, V5_3_3`,
      `✓ vip         ${broker}: ${vipAddress()} is not offered; only clients up to 4.4 look for it`,
      "✓ master      all brokers: 1 masters",
      "✓ version     all brokers: V5_3_3",
      `✓ clock       ${broker}: agrees with this host within a second or so`,
      `✓ disk        ${broker}: …`,
      `✓ load        ${broker}: nothing waits`,
      "",
    ].join("\n"),
  );
});

function vipAddress(): string {
  const [host, port] = server.address("broker").split(":");
  return `${host}:${Number(port) - 2}`;
}

test("topics that nobody may write, groups that nobody consumes and orphaned retries are found", async () => {
  for (const [path, ...words] of [
    ["topic create", "orders", "--queues", "1"],
    ["topic produce", "orders", "-v", "one"],
    ["group create", "billing"],
    ["group reset-offset", "billing", "--topic", "orders", "--to", "start", "--yes"],
    ["topic create", "closed", "--queues", "1"],
    ["topic update", "closed", "--perm", "r", "--yes"],
  ]) {
    await mqRows(path ?? "", words, { environment });
  }
  const broker = server.address("broker");
  const left = ["mqadmin", "updateTopic", "-b", broker, "-t", "%RETRY%gone", "-r", "1", "-w", "1"];
  expect((await runMq(left, { environment })).exitCode).toBe(0);
  const { exitCode, bad } = await findings([]);
  expect([exitCode, bad.map(({ check, subject, detail }) => [check, subject, detail])]).toEqual([
    0,
    [
      ["topic", "closed", "no broker takes its messages (permission r)"],
      ["group", "billing", "1 messages wait, and nobody consumes them"],
      ["retry", "gone", "has a retry topic and is no group any more"],
    ],
  ]);
  expect(bad[0]?.["fix"]).toContain("mq topic update closed --perm rw");
  expect((await findings(["--strict"])).exitCode).toBe(10);
});

test("members that subscribe to what is not there, and messages that fail, are found", async () => {
  const broker = server.address("broker");
  const member = await joinGroup(broker, {
    ...{ group: "packing", clientId: "127.0.0.1@4711", topic: "never-made", hasRetries: true },
  });
  const retry = "%RETRY%packing";
  await mqRows("topic produce", [retry, "-v", "failed once"], { environment });
  const client = createClient(createBunEnvironment({ level: "error", format: "text" }), {
    nameservers: [environment["MQ_NAMESERVER"] ?? ""],
  });
  await client.pull.commitOffset(
    "packing",
    { topic: retry, brokerName: "broker-a", queueId: 0 },
    0,
  );
  await client.close();
  const { bad } = await findings([]);
  const own = bad.filter(({ subject }) => subject === "packing");
  expect(own.map(({ check, detail }) => [check, detail])).toEqual([
    ["group", "its members subscribe to never-made, which no nameserver knows"],
    ["retry", "1 messages wait to be consumed again"],
  ]);
  member.close();
});

test("on a bad day each broker's trouble is told with its cause", async () => {
  const machine = createBunEnvironment({ level: "error", format: "text" });
  const hourMs = 3_600_000;
  const broker = (info: Readonly<Record<string, string>> | undefined): string => {
    const answer: FakeHandler = ({ code }) =>
      code === 28 && info !== undefined
        ? { body: encodeTextTable(Object.entries(info)) }
        : { code: 16, remark: "operators are not answered here" };
    return new FakeServer(machine, answer).address;
  };
  const well = (more: Readonly<Record<string, string>> = {}) => ({
    brokerVersionDesc: "V5_5_0",
    bootTimestamp: String(Date.now() - hourMs),
    runtime: "[ 0 days, 1 hours, 0 minutes, 0 seconds ]",
    commitLogDiskRatio: "0.5",
    ...more,
  });
  const addresses = {
    full: broker(well({ commitLogDiskRatio: "0.97", brokerVersionDesc: "V4_9_7" })),
    late: broker(well({ runtime: "[ 0 days, 2 hours, 0 minutes, 0 seconds ]" })),
    shut: broker(well({ brokerActive: "false" })),
    slow: broker(
      well({
        dispatchBehindBytes: String(1 << 30),
        sendThreadPoolQueueHeadWaitTimeMills: "1500",
        pageCacheLockTimeMills: "2500",
      }),
    ),
    secret: broker(undefined),
    replica: broker(well()),
  };
  const { address } = startLoopbackNameserver(machine, {
    brokers: Object.entries(addresses).map(([brokerName, at]) => ({
      ...{ brokerName, addresses: [[brokerName === "replica" ? 1 : 0, at]] as const },
    })),
    topics: [],
  });
  const done = await runMq(["doctor", "-n", `${address},${environment["MQ_NAMESERVER"]}`], {
    environment,
  });
  const rows = await checkedRows("doctor", done.stdout);
  const told = rows.flatMap(({ status, check, subject, detail, cause, fix }) =>
    status === "ok" || cause === null || fix === null
      ? []
      : [`${status} ${check} ${subject}: ${detail}`],
  );
  expect(done.exitCode).toBe(10);
  for (const expected of [
    /^fail registered full \S+: not known to 127\.0\.0\.1:\d+$/,
    /^fail disk full \S+: 97\.0 % used$/,
    /^warn clock late \S+: 3[56]\d\d\.\d s ahead of this host$/,
    /^fail broker shut \S+: answers, but takes no sends$/,
    /^warn load slow \S+: queues are 1\.0 GiB behind the log$/,
    /^warn load slow \S+: the oldest send waits 1,500 ms for its turn$/,
    /^warn load slow \S+: a write has held the log for 2,500 ms$/,
    /^warn broker secret \S+: answers, and not to operators/,
    /^fail master replica: no master/,
    /^warn version all brokers: V4_9_7, V5_3_3, V5_5_0$/,
  ]) {
    expect([expected.source, told.filter((line) => expected.test(line)).length]).toEqual([
      expected.source,
      1,
    ]);
  }
});

test("a store on this machine is looked at, and left as it was", async () => {
  const before = readdirSync(store);
  const { exitCode, found } = await findings(["--quick", "--store", store]);
  expect([exitCode, found("store"), found("fsync")]).toMatchObject([
    0,
    { status: "ok", detail: `process ${server.pid} runs on it` },
    { subject: store, detail: expect.stringMatching(/^a sync takes [\d.]+ ms/) },
  ]);
  expect(found("handles")?.["detail"]).toMatch(/^\d+ of (\d+|unlimited) file handles$/);
  expect(readdirSync(store)).toEqual(before);
  const wrong = await runMq(["doctor", "--store", tempFolder()], { environment });
  expect([wrong.exitCode, wrong.stdout]).toEqual([2, ""]);
});

test("an advertised address that leads nowhere is explained, and what is proposed mends it", async () => {
  const hidden = await startServer(join(tempFolder(), "store"), "--advertise", "127.0.0.9:0");
  const nameserver = hidden.address("nameserver");
  const config = { XDG_CONFIG_HOME: tempFolder() };
  const { exitCode, found } = await findings(["-n", nameserver], config);
  const [, advertised] = String(found("broker")?.["subject"]).split(" ");
  const reached = advertised?.replace("127.0.0.9", "127.0.0.1");
  expect([exitCode, found("broker")]).toMatchObject([
    10,
    {
      status: "fail",
      cause: `a loopback address, which every machine has for itself; broker-a does answer at ${reached}`,
      fix: `on the server brokerIP1=127.0.0.1 in broker.conf (mq: --advertise ${reached}); or here: mq profile create NAME --at ${nameserver} --rewrite ${advertised}=${reached}`,
    },
  ]);
  const proposed = String(found("broker")?.["fix"]).split("or here: mq ")[1]?.split(" ") ?? [];
  const words = proposed.map((word) => (word === "NAME" ? "hidden" : word));
  expect((await runMq(words, { environment: config })).exitCode).toBe(0);
  const mended = await runMq(["doctor", "-P", "hidden", ...anyDisk, "-o", "json"], {
    environment: config,
  });
  const { items } = JSON.parse(mended.stdout);
  expect([
    mended.exitCode,
    items.find(({ check }: { check: string }) => check === "broker"),
  ]).toMatchObject([
    0,
    { status: "ok", detail: `answers at ${reached}, as the profile says and takes sends, V5_3_3` },
  ]);
  const [host, port] = String(reached).split(":");
  const vip = items.find(({ check }: { check: string }) => check === "vip");
  expect(vip.detail).toStartWith(`${host}:${Number(port) - 2} is not offered`);
  expect(await hidden.end("SIGKILL")).not.toBe(0);
});

test("who does not answer is explained: nobody there, a broker there", async () => {
  const nobody = await findings(["-n", "127.0.0.1:9"]);
  expect([nobody.exitCode, nobody.bad]).toMatchObject([
    10,
    [{ check: "nameserver", cause: expect.stringContaining("nothing listens on port 9") }],
  ]);
  const broker = await findings(["-n", server.address("broker")]);
  expect([broker.exitCode, broker.bad]).toMatchObject([
    10,
    [{ check: "nameserver", cause: expect.stringContaining("is no nameserver") }],
  ]);
});

test("a topic that one nameserver lost is found", async () => {
  const listen = ["--listen", "127.0.0.1:0"];
  const servers: MqServer[] = [];
  try {
    for (let count = 0; count < 2; count++) {
      servers.push(await MqServer.start(["nameserver", "start", ...listen], {}));
    }
    const nameservers = servers.map((each) => each.address("nameserver"));
    const at = { MQ_NAMESERVER: nameservers.join(",") };
    const folder = join(tempFolder(), "store");
    servers.push(
      await MqServer.start(
        ["broker", "start", "--store", folder, ...listen, "--nameserver", nameservers.join(",")],
        {},
      ),
    );
    await mqRows("topic create", ["lost", "--queues", "1"], { environment: at });
    const well = await findings([], at);
    expect([well.exitCode, well.found("route")]).toEqual([
      0,
      expect.objectContaining({ status: "ok", detail: "2 nameservers tell the same" }),
    ]);
    const client = createClient(createBunEnvironment({ level: "error", format: "text" }), {
      nameservers,
      timeoutMs: 5_000,
    });
    await client.admin.topics.deleteRoute(nameservers[1] ?? "", "lost");
    await client.close();
    const { bad } = await findings([], at);
    expect(bad).toMatchObject([
      {
        status: "warn",
        check: "route",
        subject: "lost",
        detail: `nameservers contradict each other (${nameservers[0]}: broker-a 1/1 rw | ${nameservers[1]}: not known)`,
      },
    ]);
  } finally {
    await Promise.all(servers.map((each) => each.end()));
  }
});
