/** `mq stat` and `mq top`: for programs by their rows, for people on a pseudo-terminal. */
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { type CommandCluster, startCommandCluster } from "../support/command-cluster.ts";
import { joinGroup } from "../support/group-member.ts";
import { MqOnTerminal } from "../support/mq-command.ts";
import { startStandaloneProcess } from "../support/standalone-process.ts";

const ctrlC = "\u0003";
const ctrlD = "\u0004";
const leaving = "\u001b[?7h\u001b[?25h\u001b[?1049l";

setDefaultTimeout(60_000);

let cluster: CommandCluster;
let terminal: MqOnTerminal | undefined;

beforeAll(async () => {
  cluster = await startCommandCluster();
  await cluster.makeTopic("orders", 1);
  await cluster.rows("group create", ["billing"]);
  await produce(3);
  const queue = { topic: "orders", brokerName: "broker-a", queueId: 0 };
  await cluster.client.pull.pull({ group: "billing", queue, offset: 0 });
  await cluster.client.pull.commitOffset("billing", queue, 1);
});

afterEach(async () => {
  await terminal?.close();
  terminal = undefined;
});

afterAll(() => cluster.stop());

async function produce(count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await cluster.client.producer.send({ topic: "orders", body: Buffer.from("x") });
  }
}

/** Sends until the work is done: what is looked at shall move. */
async function underLoad<T>(work: Promise<T>): Promise<T> {
  let isDone = false;
  const done = work.finally(() => {
    isDone = true;
  });
  while (!isDone) {
    await produce(1);
  }
  return await done;
}

test("stat prints a line every interval: rates between looks, lag, who is connected", async () => {
  const words = ["--interval", "100ms", "--count", "2", "-o", "jsonl"];
  const lines = await underLoad(cluster.rows("stat", words));
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    expect(line).toMatchObject({ brokers: 1, down: 0, consumers: 0 });
    expect(Number(line["inPerSecond"])).toBeGreaterThan(0);
    expect(Number(line["bytesInPerSecond"])).toBeGreaterThan(Number(line["inPerSecond"]));
    expect(Number(line["lag"])).toBeGreaterThan(1);
  }
  const [lean] = await cluster.rows("stat", [
    ...["--interval", "50ms", "--count", "1", "--no-lag", "--no-connections"],
  ]);
  expect(lean).toMatchObject({ lag: null, producers: null, consumers: null, brokers: 1 });
});

test("stat goes on a terminal until Ctrl-C, with a head above its columns", async () => {
  terminal = new MqOnTerminal(["stat", "--interval", "50ms"], cluster.environment);
  expect(await terminal.until("DOWN")).toMatch(/^TIME +IN\/S +OUT\/S +BYTES IN\/S +LAG +PRODUCERS/);
  await terminal.until(":");
  terminal.type(ctrlC);
  expect(await terminal.exited).toBe(130);
});

test("stat and top fail where nobody answers from the start", async () => {
  const away = ["-n", "127.0.0.1:9", "--interval", "50ms"];
  expect(await cluster.failure("stat", ...away)).toEqual([5, "MQ-E-UNREACHABLE"]);
  expect(await cluster.failure("top", ...away)).toEqual([5, "MQ-E-UNREACHABLE"]);
  expect(await cluster.failure("top", "queues")).toEqual([2, "MQ-E-USAGE"]);
  expect(await cluster.failure("top", "--interval", "1ms")).toEqual([2, "MQ-E-USAGE"]);
});

test("top gives programs snapshots of topics, groups, brokers and clients", async () => {
  const interval = ["--interval", "50ms"];
  const topics = await underLoad(cluster.rows("top", [...interval, "--count", "2"]));
  expect(topics.map(({ kind, name }) => [kind, name])).toEqual([
    ["topic", "orders"],
    ["topic", "orders"],
  ]);
  expect(Number(topics[1]?.["inPerSecond"])).toBeGreaterThan(0);
  const [group] = await cluster.rows("top", ["groups", ...interval]);
  const described = await cluster.rows("group lag", ["billing"]);
  const lag = described.reduce((sum, row) => sum + Number(row["lag"]), 0);
  expect(group).toMatchObject({ kind: "group", name: "billing", lag, members: 0, outPerSecond: 0 });
  const [broker] = await cluster.rows("top", ["brokers", ...interval]);
  expect(broker).toMatchObject({ kind: "broker", name: "broker-a", lag, inPerSecond: 0 });
  const packing = { group: "packing", clientId: "127.0.0.1@4711", topic: "orders" };
  const member = await joinGroup(String(broker?.["address"]), packing);
  const joined = { kind: "client", name: packing.clientId, role: "consumer", groups: ["packing"] };
  expect(await cluster.rows("top", ["clients", ...interval])).toMatchObject([joined]);
  const [line] = await cluster.rows("stat", ["--count", "1", ...interval]);
  expect(line).toMatchObject({ consumers: 1 });
  member.close();
  const csv = await cluster.run("top", "groups", ...interval, "-o", "csv");
  expect(csv.stdout).toStartWith(
    `name,inPerSecond,outPerSecond,lag,members\nbilling,0,0,${lag},0\n`,
  );
  const table = await cluster.run("top", "groups", ...interval, "-o", "table");
  expect(table.stdout).toMatch(
    /^GROUP +IN\/S +OUT\/S +LAG +MEMBERS\nbilling +0\.0 +0\.0 +[\d,]+ +0\n/,
  );
});

test("top redraws a table on a terminal, switches views by a key, and q leaves the terminal as it was", async () => {
  terminal = new MqOnTerminal(["top", "--interval", "50ms"], cluster.environment);
  await terminal.until("mq top topics");
  await terminal.until("orders");
  terminal.type("g");
  await terminal.until("mq top groups");
  await terminal.until("billing");
  await terminal.until("GROUP");
  await cluster.makeTopic("idle", 1);
  // By name what is idle stands above what holds messages, by lag below.
  terminal.type("tn");
  await terminal.until("mq top topics");
  await terminal.until("idle");
  await terminal.until("orders");
  terminal.type("l");
  await untilBetween(terminal, ["orders", "idle"]);
  terminal.type("q");
  expect(await terminal.exited).toBe(0);
  const { raw } = terminal;
  expect(raw).toStartWith("\u001b[?1049h\u001b[?25l\u001b[?7l");
  expect(raw).toEndWith(leaving);
  // Drawn over what is there: a screen that is cleared first flickers.
  expect(raw).not.toContain("\u001b[2J");
});

/** Until one screen shows the words in this order. */
async function untilBetween(shown: MqOnTerminal, words: readonly string[]): Promise<void> {
  for (;;) {
    const screen = await shown.until("mq top");
    const places = words.map((word) => screen.indexOf(`\n${word}`));
    if (places.every((at, index) => at >= 0 && at > (places[index - 1] ?? -1))) {
      return;
    }
  }
}

test("Ctrl-C ends top, too, and in the shell only top", async () => {
  terminal = new MqOnTerminal(["top", "brokers", "--interval", "50ms"], cluster.environment);
  await terminal.until("broker-a");
  terminal.type(ctrlC);
  expect(await terminal.exited).toBe(130);
  expect(terminal.raw).toEndWith(leaving);
  await terminal.close();
  terminal = new MqOnTerminal(["shell"], cluster.environment);
  const prompt = `mq(${cluster.nameserver})> `;
  await terminal.until(prompt);
  for (const key of ["q", ctrlC]) {
    terminal.type("top groups --interval 50ms\r");
    await terminal.until("mq top groups");
    terminal.type(key);
    await terminal.until(prompt);
    expect(await terminal.enter("version -o name", prompt)).toContain("version/mq");
  }
  terminal.type(ctrlD);
  expect(await terminal.exited).toBe(0);
});

test("stat and top go on when the cluster goes away, and say so", async () => {
  const own = await startStandaloneProcess("async");
  const nameserver = `${own.nameserver.host}:${own.nameserver.port}`;
  const words = ["--interval", "50ms", "-n", nameserver, "--timeout", "1s"];
  const stat = new MqOnTerminal(["stat", "-o", "jsonl", ...words]);
  terminal = new MqOnTerminal(["top", ...words]);
  await stat.until('"brokers":1');
  await terminal.until("1 brokers");
  await own.stop();
  await stat.until('"brokers":0');
  await terminal.until("connect");
  stat.type(ctrlC);
  terminal.type("q");
  expect(await Promise.all([stat.exited, terminal.exited])).toEqual([130, 0]);
  expect(terminal.raw).toEndWith(leaving);
  await stat.close();
});
