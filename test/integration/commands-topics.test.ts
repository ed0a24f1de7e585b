/** Commands that change topics, and tell what clients see of them. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { type CommandCluster, startCommandCluster } from "../support/command-cluster.ts";

setDefaultTimeout(60_000);

let cluster: CommandCluster;
let rows: CommandCluster["rows"];
let failure: CommandCluster["failure"];

beforeAll(async () => {
  cluster = await startCommandCluster();
  ({ rows, failure } = cluster);
});

afterAll(() => cluster.stop());

async function send(topic: string, count: number): Promise<void> {
  const input = Array.from({ length: count }, (_, index) => `m${index}`).join("\n");
  await rows("topic produce", [topic, "--lines"], input);
}

test("a route is what clients are told", async () => {
  await cluster.makeTopic("routed", 3);
  const [route, ...others] = await rows("topic route", ["routed"]);
  expect(others).toEqual([]);
  expect(route).toEqual({
    topic: "routed",
    cluster: "DefaultCluster",
    broker: "broker-a",
    master: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    replicas: [],
    readQueues: 3,
    writeQueues: 3,
    perm: "rw",
    order: null,
  });
  expect(await failure("topic", "route", "nosuch")).toEqual([3, "MQ-E-NOROUTE"]);
});

test("what is named is changed, the rest stays, and clients see it", async () => {
  await cluster.makeTopic("changed", 4);
  const [more] = await rows("topic update", ["changed", "--queues", "6"]);
  expect(more).toEqual({
    name: "changed",
    broker: "broker-a",
    readQueues: 6,
    writeQueues: 6,
    perm: "rw",
    before: { readQueues: 4, writeQueues: 4, perm: "rw" },
    outcome: "updated",
  });
  const [same] = await rows("topic update", ["changed", "--queues", "6", "--perm", "rw"]);
  expect(same).toMatchObject({ outcome: "unchanged" });
  const [would] = await rows("topic update", ["changed", "--perm", "r", "--dry-run"]);
  expect(would).toMatchObject({ perm: "r", outcome: "would update" });
  const [route] = await rows("topic route", ["changed"]);
  expect(route).toMatchObject({ readQueues: 6, writeQueues: 6, perm: "rw" });
});

test("taking queues or permissions away is warned of, and needs a yes", async () => {
  await cluster.makeTopic("shrunk", 4);
  const words = ["topic", "update", "shrunk", "--write-queues", "2", "--perm", "r"];
  const refused = await cluster.run(...words);
  expect([refused.exitCode, refused.stdout]).toEqual([6, ""]);
  expect(refused.stderr).toContain("producers stop writing to queues 2 to 3 of broker-a");
  expect(refused.stderr).toContain("can no longer be written");
  const [done] = await rows("topic update", [...words.slice(2), "--yes"]);
  expect(done).toMatchObject({ readQueues: 4, writeQueues: 2, perm: "r", outcome: "updated" });
  const [route] = await rows("topic route", ["shrunk"]);
  expect(route).toMatchObject({ readQueues: 4, writeQueues: 2, perm: "r" });
});

test("changes that cannot be are refused", async () => {
  expect(await failure("topic", "update", "changed")).toEqual([2, "MQ-E-USAGE"]);
  expect(await failure("topic", "update", "changed", "--attribute", "x")).toEqual([
    2,
    "MQ-E-USAGE",
  ]);
  expect(await failure("topic", "update", "nosuch", "--queues", "2")).toEqual([3, "MQ-E-NOTFOUND"]);
  expect(await failure("topic", "update", "changed", "--queues", "2", "-b", "nosuch")).toEqual([
    3,
    "MQ-E-NOBROKER",
  ]);
});

test("a topic is deleted at broker and nameserver, and one made anew is empty", async () => {
  await cluster.makeTopic("gone", 2);
  await send("gone", 6);
  const [would] = await rows("topic delete", ["gone", "--dry-run"]);
  expect(would).toEqual({
    name: "gone",
    broker: "broker-a",
    queues: 2,
    messages: 6,
    outcome: "would delete",
  });
  const refused = await cluster.run("topic", "delete", "gone");
  expect([refused.exitCode, refused.stderr]).toEqual([
    6,
    expect.stringContaining("Delete topic 'gone' with 6 messages on broker-a?"),
  ]);
  const [deleted] = await rows("topic delete", ["gone", "--yes"]);
  expect(deleted).toMatchObject({ messages: 6, outcome: "deleted" });
  expect(await failure("topic", "describe", "gone")).toEqual([3, "MQ-E-NOROUTE"]);
  expect(await failure("topic", "rm", "gone", "--yes")).toEqual([3, "MQ-E-NOTFOUND"]);
  await cluster.makeTopic("gone", 1);
  expect(await rows("topic describe", ["gone"])).toEqual([
    expect.objectContaining({ queue: 0, minOffset: 0, maxOffset: 0 }),
  ]);
});

test("topics that brokers need are not deleted", async () => {
  for (const topic of ["TBW102", "SCHEDULE_TOPIC_XXXX", "broker-a", "DefaultCluster"]) {
    expect([topic, await failure("topic", "delete", topic, "--yes")]).toEqual([
      topic,
      [6, "MQ-E-SYSTEM"],
    ]);
  }
});

test("stats name each group with what it has not consumed", async () => {
  await cluster.makeTopic("counted", 1);
  await send("counted", 10);
  expect(await rows("topic stats", ["counted"])).toEqual([
    {
      topic: "counted",
      group: null,
      inPerSecond: expect.any(Number),
      outPerSecond: null,
      inLastDay: expect.any(Number),
      outLastDay: null,
      lag: null,
    },
  ]);
  const queue = { topic: "counted", brokerName: "broker-a", queueId: 0 };
  for (const [group, offset] of [
    ["accounting", 4],
    ["auditing", 10],
  ] as const) {
    await cluster.client.pull.pull({ group, queue, offset: 0 });
    await cluster.client.pull.commitOffset(group, queue, offset);
  }
  const stats = await rows("topic stats", ["counted"]);
  expect(stats.map(({ group, lag }) => [group, lag])).toEqual([
    ["accounting", 6],
    ["auditing", 0],
  ]);
  const all = await rows("topic stats", []);
  expect(all.filter(({ topic }) => topic === "counted")).toHaveLength(2);
  expect(all.map(({ topic }) => topic)).not.toContain("TBW102");
  expect(await failure("topic", "stats", "nosuch")).toEqual([3, "MQ-E-NOROUTE"]);
});
