/** `mq dlq redrive`: each dead letter is sent again once, also when a run was killed. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ReceivedMessage } from "../../src/client/index.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import { type CommandCluster, startCommandCluster } from "../support/command-cluster.ts";
import { giveUp } from "../support/group-member.ts";
import { mqWords, runMq } from "../support/mq-command.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { WireClient } from "../support/wire-client.ts";

setDefaultTimeout(60_000);

let cluster: CommandCluster;
let rows: CommandCluster["rows"];
let connection: WireClient;

beforeAll(async () => {
  cluster = await startCommandCluster();
  ({ rows } = cluster);
  const [broker] = await cluster.client.admin.cluster.brokers();
  const [host = "", port] = (broker?.address ?? "").split(":");
  const environment = createBunEnvironment({ level: "error", format: "text" });
  connection = await WireClient.connect(environment, { host, port: Number(port) });
});

afterAll(async () => {
  connection.close();
  await cluster.stop();
});

async function read(topic: string): Promise<readonly ReceivedMessage[]> {
  const queue = { topic, brokerName: "broker-a", queueId: 0 };
  const messages: ReceivedMessage[] = [];
  for (;;) {
    const offset = messages.length;
    const found = await cluster.client.pull.pull({ group: "TOOLS_CONSUMER", queue, offset });
    if (found.kind !== "found") {
      return messages;
    }
    messages.push(...found.messages);
  }
}

/** Messages of a topic of one queue that the group gave up, all of them. */
async function deadLetters(topic: string, group: string, count: number): Promise<void> {
  await cluster.makeTopic(topic, 1);
  const input = Array.from({ length: count }, (_, index) => `m${index}`).join("\n");
  await rows("topic produce", [topic, "--lines", "--key", "k7", "--prop", "color=red"], input);
  for (const message of await read(topic)) {
    await giveUp(connection, group, message);
  }
}

const redrive = (...words: readonly string[]) => rows("dlq redrive", [...words, "--rate", "1000"]);
const bodies = (messages: readonly ReceivedMessage[]) =>
  messages.map(({ body }) => body.toString());

test("dead letters go where they came from, each once, in as many runs as it takes", async () => {
  await deadLetters("letters", "readers", 6);
  expect(await cluster.failure("dlq", "redrive", "readers")).toEqual([6, "MQ-E-CONFIRM"]);
  const planned = await redrive("readers", "--dry-run");
  expect(planned.map(({ status, topic }) => [status, topic])).toEqual(
    planned.map(() => ["planned", "letters"]),
  );
  expect([planned.length, (await read("letters")).length]).toEqual([6, 6]);

  expect(await redrive("readers", "--max", "2", "--yes")).toHaveLength(2);
  expect(await redrive("readers", "--grep", "m5", "--yes")).toHaveLength(1);
  const ids = join(tempFolder(), "ids");
  const letters = bodies(await read("%DLQ%readers"));
  const sentNow = new Set(bodies((await read("letters")).slice(6)));
  const wanted = (await read("letters")).find(({ body }) => !sentNow.has(body.toString()));
  expect(letters).toContain(String(wanted?.body));
  writeFileSync(ids, `nobody\n${wanted?.offsetMessageId}\n`);
  expect(await redrive("readers", "--where", "color = 'blue'", "--yes")).toEqual([]);
  expect(await redrive("readers", "--ids", ids, "--yes")).toHaveLength(1);
  expect(bodies((await read("letters")).slice(9))).toEqual([String(wanted?.body)]);
  expect(await cluster.failure("dlq", "redrive", "readers", "--ids", "/nowhere")).toEqual([
    2,
    "MQ-E-USAGE",
  ]);
  const rest = await redrive("readers", "--where", "color = 'red'", "--yes");
  expect(rest.map(({ status, repeated }) => [status, repeated])).toEqual([
    ["sent", false],
    ["sent", false],
  ]);
  expect(await redrive("readers", "--yes")).toEqual([]);
  const again = (await read("letters")).slice(6);
  expect(bodies(again).sort()).toEqual(["m0", "m1", "m2", "m3", "m4", "m5"]);
});

test("a message goes as it was sent first, and says which dead letter it was", async () => {
  const again = (await read("letters")).at(-1);
  const dead = await read("%DLQ%readers");
  expect([again?.keys, again?.properties.get("color")]).toEqual([["k7"], "red"]);
  expect(dead.map(({ offsetMessageId }) => offsetMessageId)).toContain(
    again?.properties.get("REDRIVEN_FROM") ?? "",
  );
  for (const name of ["RETRY_TOPIC", "ORIGIN_MESSAGE_ID", "DELAY"]) {
    expect(again?.properties.get(name)).toBeUndefined();
  }
});

test("a run that is killed is gone on with: nothing is lost, what may be doubled is said", async () => {
  const count = 40;
  await deadLetters("parcels", "packing", count);
  const state = join(tempFolder(), "packing.jsonl");
  const words = ["dlq", "redrive", "packing", "--state", state, "--yes", "-o", "jsonl"];
  const environment = { ...cluster.environment };
  const child = Bun.spawn([...mqWords, ...words, "--rate", "200"], {
    stdout: "ignore",
    stderr: "ignore",
    env: { ...process.env, ...environment, XDG_CONFIG_HOME: "/dev/null" },
  });
  const lines = () => (existsSync(state) ? readFileSync(state, "utf8").split("\n").length : 0);
  while (lines() < 12) {
    await Bun.sleep(1);
  }
  child.kill("SIGKILL");
  await child.exited;
  // What a kill in the middle of a write leaves.
  appendFileSync(state, '{"broker":"broker-a","que');

  const finished = await runMq([...words, "--rate", "1000"], { environment });
  expect(finished.exitCode).toBe(0);
  const outcomes = finished.stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  const repeated = outcomes.filter(({ repeated }) => repeated === true).length;
  expect(repeated).toBeLessThanOrEqual(1);
  const again = bodies((await read("parcels")).slice(count));
  expect(new Set(again).size).toBe(count);
  expect(again.length).toBeLessThanOrEqual(count + repeated);
  expect(finished.stderr).toContain("were sent before");
});

test("what cannot be sent is an outcome and exit code 7, and is tried again", async () => {
  await deadLetters("orders", "billing", 2);
  await cluster.makeTopic("shut", 1);
  await rows("topic update", ["shut", "--perm", "r", "--yes"]);
  const to = await cluster.run("dlq", "redrive", "billing", "--to", "shut", "--yes");
  expect(to.exitCode).toBe(7);
  expect(to.stdout).toContain('"failed"');
  expect(await redrive("billing", "--yes")).toHaveLength(2);
});

test("the state of one group is not that of another", async () => {
  const state = join(tempFolder(), "one.jsonl");
  await redrive("billing", "--state", state, "--dry-run");
  expect(await cluster.failure("dlq", "redrive", "readers", "--state", state, "--yes")).toEqual([
    2,
    "MQ-E-USAGE",
  ]);
  expect(await cluster.failure("dlq", "redrive", "nosuch", "--yes")).toEqual([3, "MQ-E-NOTFOUND"]);
});
