/** Commands that change a group where it stands: its settings, its pause, its offsets; and what its members say. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Client, ClientError, createClient } from "../../src/client/index.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import { encodeCommand } from "../../src/protocol/remoting/command.ts";
import { getConsumerRunningInfo } from "../../src/protocol/remoting/requests/introspection.ts";
import { heartBeat } from "../../src/protocol/remoting/requests/member.ts";
import { responseCode } from "../../src/protocol/remoting/response-code.ts";
import { type CommandCluster, startCommandCluster } from "../support/command-cluster.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { WireClient } from "../support/wire-client.ts";

setDefaultTimeout(60_000);

let cluster: CommandCluster;
let client: Client;
let rows: CommandCluster["rows"];
let failure: CommandCluster["failure"];
let member: WireClient;

const clientId = "127.0.0.1@4711";
const queues = [0, 1].map((queueId) => ({ topic: "orders", brokerName: "broker-a", queueId }));

beforeAll(async () => {
  cluster = await startCommandCluster();
  ({ client, rows, failure } = cluster);
  await cluster.makeTopic("orders", 2);
  const input = Array.from({ length: 20 }, (_, index) => `m${index}`).join("\n");
  await rows("topic produce", ["orders", "--lines"], input);
  await rows("group create", ["billing"]);
  for (const queue of queues) {
    await client.pull.commitOffset("billing", queue, 4);
  }
});

afterAll(async () => {
  member?.close();
  await cluster.stop();
});

async function offsets(group: string): Promise<readonly (number | undefined)[]> {
  return await Promise.all(queues.map((queue) => client.pull.committedOffset(group, queue)));
}

/** Answers, as a Java client does, what an operator asks the member next. */
async function answerOnce(body: string): Promise<void> {
  const question = await member.until(
    () => member.requests.find(({ code }) => code === getConsumerRunningInfo.code),
    "a question to the member",
  );
  expect(question.fields.get("jstackEnable")).toBe("true");
  const { opaque } = question;
  const reply = { code: 0, opaque, flag: 1, fields: [], body: Buffer.from(body) };
  member.raw(encodeCommand({ ...reply, serializeType: 0 }));
}

test("settings are shown before and after, and what is not named stays", async () => {
  const words = ["billing", "--retry-max-times", "3", "--broadcast", "off"];
  const change = (outcome: string) => [
    {
      name: "billing",
      at: "broker-a",
      setting: "retryMaxTimes",
      before: "16",
      after: "3",
      outcome,
    },
    {
      ...{ name: "billing", at: "broker-a", setting: "consumeBroadcastEnable" },
      ...{ before: "true", after: "false", outcome },
    },
  ];
  expect(await rows("group update", [...words, "--dry-run"])).toEqual(change("would change"));
  expect(await failure("group", "update", ...words)).toEqual([6, "MQ-E-CONFIRM"]);
  expect(await rows("group update", [...words, "--yes"])).toEqual(change("changed"));
  const again = await rows("group update", ["billing", "--retry-max-times", "3"]);
  expect(again.map(({ outcome }) => outcome)).toEqual(["unchanged"]);
  const [described] = await rows("group describe", ["billing"]);
  expect(described).toMatchObject({
    settings: [{ retryTimesMax: 3, broadcastEnabled: false, consumeEnabled: true, retryQueues: 1 }],
  });
  expect(await failure("group", "update", "billing")).toEqual([2, "MQ-E-USAGE"]);
  expect(await failure("group", "update", "nosuch", "--retry-queues", "2")).toEqual([
    3,
    "MQ-E-NOTFOUND",
  ]);
  const { stdout } = await cluster.run(
    ...["group", "update", "billing", "--retry-max-times", "4", "--dry-run", "-o", "table"],
  );
  expect(stdout).toBe(
    "NAME     AT        SETTING        BEFORE  AFTER  OUTCOME\n" +
      "billing  broker-a  retryMaxTimes  3       4      would change\n",
  );
});

test("a paused group is refused, also in a pull that was held, and resumed it goes on", async () => {
  const queue = { topic: "orders", brokerName: "broker-a", queueId: 0 };
  // A connection of its own: one that waits holds nobody else up.
  const reader = createClient(createBunEnvironment({ level: "error", format: "text" }), {
    nameservers: [cluster.nameserver],
    timeoutMs: 10_000,
  });
  try {
    const end = await client.pull.maxOffset(queue);
    const held = reader.pull
      .pull({ group: "billing", queue, offset: end, holdMs: 15_000 })
      .catch((error: unknown) => error);
    // The next answer on the connection says that the broker has read the pull before it.
    await reader.pull.minOffset(queue);
    expect(await failure("group", "pause", "billing")).toEqual([6, "MQ-E-CONFIRM"]);
    const [paused] = await rows("group pause", ["billing", "--yes"]);
    expect(paused).toMatchObject({ setting: "consumeEnable", after: "false", outcome: "changed" });
    await rows("topic produce", ["orders", "--value", "late", "--queue", "0"]);
    const refused = await held;
    expect(refused).toBeInstanceOf(ClientError);
    expect(refused).toMatchObject({ kind: "refused", code: responseCode.noPermission });
    const pull = { group: "billing", queue, offset: end };
    await expect(reader.pull.pull(pull)).rejects.toMatchObject({ code: responseCode.noPermission });
    const [resumed] = await rows("group resume", ["billing", "--yes"]);
    expect(resumed).toMatchObject({ setting: "consumeEnable", after: "true", outcome: "changed" });
    expect(await reader.pull.pull(pull)).toMatchObject({ kind: "found" });
  } finally {
    await reader.close();
  }
});

test("a look at what comes next moves nothing", async () => {
  const next = await rows("group peek", ["billing", "--limit", "3"]);
  expect(next.map(({ topic, offset }) => [topic, offset])).toEqual([
    ["orders", 4],
    ["orders", 4],
    ["orders", 5],
  ]);
  expect(await offsets("billing")).toEqual([4, 4]);
  const whole = await rows("group peek", ["billing", "--limit", "100"]);
  expect(whole).toHaveLength(13);
  expect(await rows("group peek", ["billing", "--topic", "other"])).toEqual([]);
  expect(await failure("group", "peek", "nosuch")).toEqual([3, "MQ-E-NOTFOUND"]);
  const cut = await cluster.run("group", "peek", "billing", "--limit", "1", "-o", "json");
  expect(JSON.parse(cut.stdout)).toMatchObject({ kind: "GroupPeek", truncated: true });
});

test("chosen queues move alone, and the old offsets are kept where that was asked", async () => {
  const save = join(tempFolder(), "before.tsv");
  const words = ["billing", "--queue", "broker-a:1", "--queue", "broker-b:0", "--to", "6"];
  const moved = await rows("group reset-offset", [...words, "--save", save, "--yes"]);
  expect(moved.map(({ queue, target }) => [queue, target])).toEqual([[1, 6]]);
  expect(await offsets("billing")).toEqual([4, 6]);
  expect(readFileSync(save, "utf8")).toBe("orders\tbroker-a:1\t4\n");
  const second = ["group", "reset-offset", ...words, "--save", save, "--yes"];
  expect((await cluster.run(...second, "-o", "jsonl")).exitCode).toBe(6);
  await rows("group reset-offset", ["billing", "--to-file", save, "--yes"]);
  expect(await offsets("billing")).toEqual([4, 4]);
  expect(
    await failure("group", "reset-offset", "billing", "--queue", "a:b", "--to", "end"),
  ).toEqual([2, "MQ-E-USAGE"]);
});

test("a topic that a group never consumed needs a word more", async () => {
  await cluster.makeTopic("crates", 1);
  const words = ["billing", "--topic", "crates", "--to", "start", "--dry-run"];
  expect(await failure("group", "reset-offset", ...words)).toEqual([6, "MQ-E-NEWTOPIC"]);
  const planned = await rows("group reset-offset", [...words, "--allow-new-topics"]);
  expect(planned).toHaveLength(1);
});

test("a group is put where another one stands, and made for that", async () => {
  const words = ["billing", "billing-v2"];
  expect(await failure("group", "clone-offset", ...words, "--yes")).toEqual([3, "MQ-E-NOTFOUND"]);
  const planned = await rows("group clone-offset", [...words, "--create", "--dry-run"]);
  expect(planned.map(({ current, target }) => [current, target])).toEqual([
    [null, 4],
    [null, 4],
  ]);
  expect(await failure("group", "describe", "billing-v2")).toEqual([3, "MQ-E-NOTFOUND"]);
  await rows("group clone-offset", [...words, "--create", "--yes"]);
  expect(await offsets("billing-v2")).toEqual([4, 4]);
  const [described] = await rows("group describe", ["billing-v2"]);
  expect(described).toMatchObject({ settings: [{ retryTimesMax: 3, broadcastEnabled: false }] });
  expect(await failure("group", "clone-offset", "billing", "billing")).toEqual([2, "MQ-E-USAGE"]);
  expect(await failure("group", "clone-offset", "nosuch", "billing")).toEqual([3, "MQ-E-NOTFOUND"]);
});

test("members tell where their threads are", async () => {
  expect(await failure("group", "stack", "billing")).toEqual([3, "MQ-E-NOTFOUND"]);
  const [broker] = await client.admin.cluster.brokers();
  const [host = "", port] = (broker?.address ?? "").split(":");
  const environment = createBunEnvironment({ level: "error", format: "text" });
  member = await WireClient.connect(environment, { host, port: Number(port) });
  const body = {
    clientID: clientId,
    consumerDataSet: [
      {
        consumeFromWhere: "CONSUME_FROM_FIRST_OFFSET",
        consumeType: "CONSUME_PASSIVELY",
        groupName: "billing",
        messageModel: "CLUSTERING",
        subscriptionDataSet: [],
        unitMode: false,
      },
    ],
    producerDataSet: [],
  };
  await member.call(heartBeat, {}, { body: Buffer.from(JSON.stringify(body)) });
  const stacks = "main\n  at java.lang.Object.wait(Native Method)\n";
  const answered = answerOnce(JSON.stringify({ jstack: stacks, properties: {} }));
  const [told] = await rows("group stack", ["billing", clientId]);
  await answered;
  expect(told).toMatchObject({ clientId, language: "JAVA", started: null, queues: [], stacks });
  member.requests.length = 0;
  const again = answerOnce(JSON.stringify({ jstack: stacks, properties: {} }));
  const { stdout } = await cluster.run("group", "stack", "billing", "-o", "table");
  await again;
  expect(stdout).toMatch(/^127\.0\.0\.1@4711 JAVA V\S+\nmain\n {2}at java\.lang\.Object/);
  expect(await failure("group", "stack", "billing", "127.0.0.1@1")).toEqual([3, "MQ-E-NOTFOUND"]);
});

test("where only idle groups move exactly, force goes by time or beneath the members", async () => {
  const set = ["broker-a", "useServerSideResetOffset=false", "--yes"];
  await rows("broker config set", set);
  // `member` is on line since the test before.
  const reset = ["group", "reset-offset", "billing", "--topic", "orders", "--yes", "-o", "jsonl"];
  const refused = await cluster.run(...reset, "--to", "end");
  expect([refused.exitCode, refused.stderr]).toEqual([
    6,
    expect.stringContaining("--force-online"),
  ]);
  expect(await offsets("billing")).toEqual([4, 4]);
  expect(
    (await cluster.run(...reset, "--queue", "0", "--to", "2", "--force-online")).exitCode,
  ).toBe(0);
  expect(await offsets("billing")).toEqual([2, 4]);
  const asked = member.requests.length;
  expect((await cluster.run(...reset, "--to", "end", "--force-online")).exitCode).toBe(0);
  // The broker hands the move to the member, which commits it in its own time.
  const told = await member.until(
    () => member.requests.slice(asked).find(({ code }) => code === 220),
    "the broker to tell the member",
  );
  expect(told.fields.get("group")).toBe("billing");
  await rows("broker config set", ["broker-a", "useServerSideResetOffset=true", "--yes"]);
});
