/** `mq dlq describe|export|purge`: what a group's dead letters say of themselves, in a file, and passed over. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type CommandCluster, startCommandCluster } from "../support/command-cluster.ts";
import { connectTo, giveUp } from "../support/group-member.ts";
import { MqOnTerminal } from "../support/mq-command.ts";
import { tempFolder } from "../support/temp-folder.ts";

setDefaultTimeout(60_000);

let cluster: CommandCluster;
let rows: CommandCluster["rows"];

beforeAll(async () => {
  cluster = await startCommandCluster();
  ({ rows } = cluster);
  await cluster.makeTopic("letters", 1);
  await cluster.makeTopic("parcels", 1);
  await rows("group create", ["readers", "--retry-max-times", "3"]);
  await rows("group create", ["spotless"]);
  const lines = ["m0", "m1", "m2"].join("\n");
  await rows("topic produce", ["letters", "--lines", "--key", "k7", "--prop", "color=red"], lines);
  await rows("topic produce", ["parcels", "--value", '{"weight":7}']);
  const [broker] = await cluster.client.admin.cluster.brokers();
  const connection = await connectTo(broker?.address ?? "");
  for (const topic of ["letters", "parcels"]) {
    const queue = { topic, brokerName: "broker-a", queueId: 0 };
    const found = await cluster.client.pull.pull({ group: "TOOLS_CONSUMER", queue, offset: 0 });
    for (const message of found.kind === "found" ? found.messages : []) {
      await giveUp(connection, "readers", message);
    }
  }
  connection.close();
});

afterAll(() => cluster.stop());

const dead = { topic: "%DLQ%readers", brokerName: "broker-a", queueId: 0 };

test("describe counts by queue, and by topic, tries and reason", async () => {
  const [all] = await rows("dlq describe", ["readers"]);
  const times = { oldest: expect.any(String), newest: expect.any(String) };
  expect(all).toEqual({
    ...{ group: "readers", topic: "%DLQ%readers", messages: 4, ...times, read: 4 },
    queues: [{ broker: "broker-a", queue: 0, messages: 4, minOffset: 0, maxOffset: 4, ...times }],
    origins: [
      { originTopic: "letters", messages: 3, reconsumeTimes: 1, reason: "given_up", ...times },
      { originTopic: "parcels", messages: 1, reconsumeTimes: 1, reason: "given_up", ...times },
    ],
  });
  const shown = await rows("dlq show", ["readers"]);
  const died = shown.map(({ storeTime }) => storeTime).sort();
  expect([all?.["oldest"], all?.["newest"]]).toEqual([died[0], died.at(-1)]);
});

test("describe reads no more than it is told to, the newest, and says so", async () => {
  const words = ["dlq", "describe", "readers", "--scan", "1", "-o", "table"];
  const { stdout, stderr } = await cluster.run(...words);
  expect(stdout.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, "TIME")).toBe(
    [
      "group              readers",
      "dead letters       4",
      "oldest             TIME",
      "newest             TIME",
      "origins read       1",
      "",
      "QUEUES",
      "BROKER    QUEUE  DEAD LETTERS  OLDEST               NEWEST",
      "broker-a      0             4  TIME  TIME",
      "",
      "ORIGINS",
      "TOPIC    DEAD LETTERS  TRIED  REASON                    OLDEST               NEWEST",
      "parcels             1      1  given up by its consumer  TIME  TIME",
      "",
    ].join("\n"),
  );
  expect(stderr).toContain("the origins of 1 of 4 are told: --scan N reads more");
});

test("a group without dead letters has none, and one that nobody knows is not there", async () => {
  const [none] = await rows("dlq describe", ["spotless"]);
  expect(none).toMatchObject({ messages: 0, oldest: null, newest: null, queues: [], origins: [] });
  expect(await rows("dlq purge", ["spotless", "--yes"])).toEqual([]);
  for (const verb of ["describe", "purge"]) {
    expect(await cluster.failure("dlq", verb, "nobody")).toEqual([3, "MQ-E-NOTFOUND"]);
  }
  const file = join(tempFolder(), "dead.jsonl");
  const failed = await cluster.failure("dlq", "export", "nobody", "--to", file);
  expect(failed).toEqual([3, "MQ-E-NOTFOUND"]);
});

test("export writes what import and produce take, goes on, and replaces no file", async () => {
  const file = join(tempFolder(), "dead.jsonl");
  const [part] = await rows("dlq export", ["readers", "--to", file, "--key", "k7"]);
  expect(part).toMatchObject({ topic: "%DLQ%readers", file, messages: 3, before: 0 });
  const failed = await cluster.failure("dlq", "export", "readers", "--to", file);
  expect(failed).toEqual([6, "MQ-E-EXISTS"]);
  const [rest] = await rows("dlq export", ["readers", "--to", file, "--resume"]);
  expect(rest).toMatchObject({ messages: 1, before: 3 });

  await cluster.makeTopic("again", 1);
  await cluster.makeTopic("imported", 1);
  const text = readFileSync(file, "utf8");
  expect(await rows("topic produce", ["again", "--jsonl"], text)).toHaveLength(4);
  await rows("message import", ["imported", "-f", file, "--yes"]);
  for (const topic of ["again", "imported"]) {
    const there = await rows("topic tail", [topic, "--offset", "start", "--exit-at-end"]);
    expect(there.map(({ body }) => body)).toEqual(["m0", "m1", "m2", { weight: 7 }]);
    expect(there[0]).toMatchObject({ keys: ["k7"], properties: { color: "red" } });
  }
});

test("purge moves whoever consumes the dead letters to their end, after a plan and a question", async () => {
  expect(await rows("dlq purge", ["readers", "--yes"])).toEqual([]);
  await rows("group create", ["undertaker"]);
  await cluster.client.pull.commitOffset("undertaker", dead, 1);
  const row = {
    ...{ topic: "%DLQ%readers", group: "undertaker", broker: "broker-a", queue: 0 },
    ...{ current: 1, target: 4, skipped: 3 },
  };
  expect(await rows("dlq purge", ["readers", "--dry-run"])).toEqual([
    { ...row, outcome: "planned" },
  ]);
  expect(await cluster.failure("dlq", "purge", "readers")).toEqual([6, "MQ-E-CONFIRM"]);
  const terminal = new MqOnTerminal(["dlq", "purge", "readers"], cluster.environment);
  await terminal.until("Let undertaker skip 3 messages of topic '%DLQ%readers'?");
  await terminal.until("No");
  terminal.type("n");
  expect(await terminal.exited).toBe(6);
  await terminal.close();
  expect(await cluster.client.pull.committedOffset("undertaker", dead)).toBe(1);
  expect(await rows("dlq purge", ["readers", "--yes"])).toEqual([{ ...row, outcome: "moved" }]);
  expect(await cluster.client.pull.committedOffset("undertaker", dead)).toBe(4);
});
