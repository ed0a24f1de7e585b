/** Commands that make, show and delete groups, and show what became of their messages. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { ReceivedMessage } from "../../src/client/index.ts";
import { type CommandCluster, startCommandCluster } from "../support/command-cluster.ts";
import { connectTo, joinGroup } from "../support/group-member.ts";
import type { WireClient } from "../support/wire-client.ts";

setDefaultTimeout(60_000);

let cluster: CommandCluster;
let rows: CommandCluster["rows"];
let failure: CommandCluster["failure"];
const connections: WireClient[] = [];

beforeAll(async () => {
  cluster = await startCommandCluster();
  ({ rows, failure } = cluster);
});

afterAll(async () => {
  for (const connection of connections) {
    connection.close();
  }
  await cluster.stop();
});

async function brokerAddress(): Promise<string> {
  const [broker] = await cluster.client.admin.cluster.brokers();
  return broker?.address ?? "";
}

async function join(group: string, clientId: string, topic: string): Promise<void> {
  connections.push(await joinGroup(await brokerAddress(), { group, clientId, topic }));
}

async function stored(topic: string, count: number): Promise<readonly ReceivedMessage[]> {
  await cluster.makeTopic(topic, 1);
  const input = Array.from({ length: count }, (_, index) => `m${index}`).join("\n");
  await rows("topic produce", [topic, "--lines", "--key", "k7"], input);
  const queue = { topic, brokerName: "broker-a", queueId: 0 };
  const found = await cluster.client.pull.pull({ group: "TOOLS_CONSUMER", queue, offset: 0 });
  return found.kind === "found" ? found.messages : [];
}

describe("groups", () => {
  test("one is made with settings, shown, and not made twice", async () => {
    const made = await rows("group create", ["shipping", "--retry-max-times", "3", "--orderly"]);
    expect(made).toEqual([
      { name: "shipping", broker: "broker-a", retryTimesMax: 3, outcome: "created" },
    ]);
    const [described] = await rows("group describe", ["shipping"]);
    expect(described).toMatchObject({
      name: "shipping",
      consumeType: null,
      lag: 0,
      deadLetters: 0,
      settings: [{ broker: "broker-a", isOrderly: true, retryTimesMax: 3, retryQueues: 1 }],
      members: [],
      subscriptions: [],
      topics: [],
    });
    expect(await failure("group", "create", "shipping")).toEqual([6, "MQ-E-EXISTS"]);
    const [again] = await rows("group create", ["shipping", "--if-not-exists"]);
    expect(again).toMatchObject({ retryTimesMax: 3, outcome: "exists" });
  });

  test("asking for a group does not make it, nor does a dry run", async () => {
    const [would] = await rows("group create", ["never", "--dry-run"]);
    expect(would).toMatchObject({ outcome: "would create" });
    for (const verb of ["describe", "members", "lag"]) {
      expect([verb, await failure("group", verb, "never")]).toEqual([verb, [3, "MQ-E-NOTFOUND"]]);
    }
    expect(await failure("group", "delete", "never", "--yes")).toEqual([3, "MQ-E-NOTFOUND"]);
    expect((await rows("group list", [])).map(({ name }) => name)).not.toContain("never");
  });

  test("members, subscriptions and lag stand on one page", async () => {
    await stored("parcels", 8);
    await join("packing", "127.0.0.1@4711", "parcels");
    await join("packing", "127.0.0.1@4712", "parcels");
    const queue = { topic: "parcels", brokerName: "broker-a", queueId: 0 };
    await cluster.client.pull.commitOffset("packing", queue, 5);
    const members = ["127.0.0.1@4711", "127.0.0.1@4712"].map((clientId) => ({
      clientId,
      address: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      language: "JAVA",
      version: expect.stringMatching(/^V\d/),
      brokers: ["broker-a"],
    }));
    expect(await rows("group members", ["packing"])).toEqual(members);
    const [described] = await rows("group describe", ["packing"]);
    expect(described).toMatchObject({
      consumeType: "CONSUME_PASSIVELY",
      messageModel: "CLUSTERING",
      consumeFromWhere: "CONSUME_FROM_FIRST_OFFSET",
      lag: 3,
      members,
      topics: [{ topic: "parcels", queues: 1, lag: 3 }],
    });
    expect(described?.["subscriptions"]).toContainEqual({
      topic: "parcels",
      expression: "A || B",
      expressionType: "TAG",
    });
    expect(await rows("group list", [])).toContainEqual({
      name: "packing",
      members: 2,
      lag: 3,
      retryTimesMax: 16,
      brokers: ["broker-a"],
    });
  });

  test("one with members on line is not deleted; an idle one is, with what it had", async () => {
    expect(await failure("group", "delete", "packing", "--yes")).toEqual([6, "MQ-E-ONLINE"]);
    expect(await failure("group", "delete", "TOOLS_CONSUMER", "--yes")).toEqual([6, "MQ-E-SYSTEM"]);
    expect(await failure("group", "delete", "shipping")).toEqual([6, "MQ-E-CONFIRM"]);
    const [would] = await rows("group delete", ["shipping", "--dry-run"]);
    expect(would).toMatchObject({ outcome: "would delete" });
    expect(await rows("group delete", ["shipping", "--yes"])).toEqual([
      { name: "shipping", broker: "broker-a", outcome: "deleted" },
    ]);
    expect(await failure("group", "describe", "shipping")).toEqual([3, "MQ-E-NOTFOUND"]);
  });
});

describe("dead letters", () => {
  test("are listed by group and shown with where they come from", async () => {
    expect(await rows("dlq list", [])).toEqual([]);
    const messages = await stored("letters", 3);
    const broker = await connectTo(await brokerAddress());
    connections.push(broker);
    for (const message of messages.slice(0, 2)) {
      const reply = await broker.request(36, [
        ["offset", String(message.physicalOffset)],
        ["group", "readers"],
        ["delayLevel", "-1"],
        ["originMsgId", message.offsetMessageId],
        ["originTopic", "letters"],
        ["unitMode", "false"],
        ["maxReconsumeTimes", "16"],
      ]);
      expect([reply.code, reply.remark]).toEqual([0, reply.remark]);
    }
    expect(await rows("dlq list", [])).toEqual([
      {
        group: "readers",
        messages: 2,
        brokers: ["broker-a"],
        lastStored: expect.any(String),
      },
    ]);
    const shown = await rows("dlq show", ["readers"]);
    expect(shown).toEqual(
      messages.slice(0, 2).map((message, offset) =>
        expect.objectContaining({
          group: "readers",
          originTopic: "letters",
          originMessageId: message.offsetMessageId,
          topic: "%DLQ%readers",
          offset,
          keys: ["k7"],
          body: `m${offset}`,
          uniqueKey: message.uniqueKey,
        }),
      ),
    );
    const [described] = await rows("group describe", ["readers"]);
    expect(described).toMatchObject({ deadLetters: 2 });
  });

  test("a list that is cut says so and how to go on", async () => {
    const cut = await cluster.run("dlq", "show", "readers", "--limit", "1", "-o", "json");
    const document = JSON.parse(cut.stdout);
    expect(document).toMatchObject({ kind: "DeadLetters", truncated: true, errors: [] });
    const rest = await rows("dlq show", ["readers", "--since", document.nextCursor]);
    expect(rest.map(({ body }) => body)).toContain("m1");
  });

  test("new ones make a cluster's health doubtful, and unwell when that is asked", async () => {
    const health = await rows("cluster health", []);
    expect(health).toContainEqual({
      status: "warn",
      check: "dlq",
      subject: "readers",
      detail: "2 new dead letters",
    });
    expect((await cluster.run("cluster", "health", "--strict")).exitCode).toBe(10);
    expect(
      (await cluster.run("cluster", "health", "--strict", "--dlq-window", "0s")).exitCode,
    ).toBe(0);
  });

  test("a group without any has an empty list, and one that nobody knows is not found", async () => {
    expect(await rows("dlq show", ["packing"])).toEqual([]);
    expect(await failure("dlq", "show", "nosuch")).toEqual([3, "MQ-E-NOTFOUND"]);
  });
});
