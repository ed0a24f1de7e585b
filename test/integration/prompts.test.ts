/** Questions at a terminal: a missing name is chosen, dead letters are marked; and nobody is ever asked without one. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import { type CommandCluster, startCommandCluster } from "../support/command-cluster.ts";
import { giveUp } from "../support/group-member.ts";
import { MqOnTerminal, runMq } from "../support/mq-command.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { WireClient } from "../support/wire-client.ts";

setDefaultTimeout(60_000);

const [enter, space, down, controlC] = ["\r", " ", "\u001b[B", "\u0003"];

let cluster: CommandCluster;

beforeAll(async () => {
  cluster = await startCommandCluster();
  await cluster.makeTopic("apples", 1);
  await cluster.makeTopic("orders", 1);
});

afterAll(() => cluster.stop());

function onTerminal(...words: readonly string[]): MqOnTerminal {
  return new MqOnTerminal(words, cluster.environment);
}

test("a topic that is missing is chosen from those that there are", async () => {
  const terminal = onTerminal("topic", "route", "-o", "name");
  await terminal.until("TOPIC:");
  await terminal.until("apples");
  await terminal.until("orders");
  terminal.type("ord");
  await terminal.until("ord");
  terminal.type(enter);
  expect(await terminal.exited).toBe(0);
  expect(terminal.screen).toContain("broker/broker-a");
  expect(terminal.screen).not.toContain("TBW102");
  await terminal.close();
});

test("the shell asks as well, and goes on when the question is left", async () => {
  const terminal = onTerminal("shell");
  await terminal.until("> ");
  terminal.type(`topic describe${enter}`);
  await terminal.until("TOPIC:");
  await terminal.until("apples");
  terminal.type(controlC);
  await terminal.until("> ");
  await terminal.enter("topic list -o name", "topic/orders");
  terminal.type("\u0004");
  await terminal.close();
});

test("nobody is asked without a terminal, with --no-input or in CI", async () => {
  const piped = await runMq(["topic", "route"], { environment: cluster.environment });
  expect([piped.exitCode, piped.stderr]).toEqual([2, expect.stringContaining("TOPIC is missing")]);
  for (const [words, environment] of [
    [["topic", "route", "--no-input"], {}],
    [["topic", "route"], { CI: "true" }],
    [["topic", "route"], { TERM: "dumb" }],
    // Nobody there who knows the names.
    [["topic", "route", "-n", "127.0.0.1:1"], {}],
  ] as const) {
    const terminal = new MqOnTerminal(words, { ...cluster.environment, ...environment });
    await terminal.until("TOPIC is missing");
    expect(await terminal.exited).toBe(2);
    await terminal.close();
  }
});

test("dead letters are marked, and only those are sent again", async () => {
  const [broker] = await cluster.client.admin.cluster.brokers();
  const [host = "", port] = (broker?.address ?? "").split(":");
  const environment = createBunEnvironment({ level: "error", format: "text" });
  const connection = await WireClient.connect(environment, { host, port: Number(port) });
  await cluster.rows("topic produce", ["orders", "--lines"], "first\nsecond\nthird");
  const queue = { topic: "orders", brokerName: "broker-a", queueId: 0 };
  const found = await cluster.client.pull.pull({ group: "TOOLS_CONSUMER", queue, offset: 0 });
  for (const message of found.kind === "found" ? found.messages : []) {
    await giveUp(connection, "billing", message);
  }
  connection.close();
  const words = ["dlq", "redrive", "billing", "--pick"];
  const state = { ...cluster.environment, XDG_STATE_HOME: tempFolder() };
  const left = new MqOnTerminal(words, state);
  await left.until("third");
  left.type(controlC);
  expect(await left.exited).toBe(6);
  await left.close();
  const terminal = new MqOnTerminal(words, state);
  await terminal.until("third");
  terminal.type(down);
  terminal.type(space);
  terminal.type(enter);
  await terminal.until("Send 1 dead letters");
  terminal.type("y");
  await terminal.until("1 sent");
  expect(await terminal.exited).toBe(0);
  await terminal.close();
  const sent = await cluster.rows("topic tail", ["orders", "--offset", "3", "--exit-at-end"]);
  expect(sent.map(({ body }) => body)).toEqual(["second"]);
  const scripted = await runMq([...words, "--yes"], { environment: state });
  expect([scripted.exitCode, scripted.stderr]).toEqual([2, expect.stringContaining("--ids")]);
});

test("settings of a broker are changed in an editor, asked about, and a typing error changes nothing", async () => {
  const edit = (editor: string, ...words: readonly string[]): MqOnTerminal =>
    new MqOnTerminal(["broker", "config", "edit", "broker-a", ...words], {
      ...cluster.environment,
      EDITOR: editor,
      XDG_STATE_HOME: tempFolder(),
    });
  const name = "autoCreateTopicEnable";
  const value = async () =>
    (await cluster.rows("broker config get", ["broker-a", name]))[0]?.["value"];
  const before = await value();
  const other = before === "true" ? "false" : "true";
  const changed = `sed -i s/^${name}=${before}/${name}=${other}/`;

  const refused = edit(changed);
  await refused.until(`Change ${name} of broker-a?`);
  refused.type("n");
  expect(await refused.exited).toBe(6);
  expect(refused.screen).toContain("what was typed is in");
  await refused.close();
  expect(await value()).toBe(before);

  const done = edit(changed, name);
  await done.until(`Change ${name} of broker-a?`);
  done.type("y");
  expect(await done.exited).toBe(0);
  expect(done.screen).toContain(`broker-a: ${name} ${before} → ${other}`);
  expect(done.screen).not.toContain("what was typed");
  await done.close();
  expect(await value()).toBe(other);

  const typo = edit(`sed -i s/^${name}=.*/${name}l=true/`);
  expect(await typo.exited).toBe(2);
  expect(typo.screen).toContain(`did you mean '${name}'?`);
  expect(typo.screen).toContain("broker-a.properties");
  await typo.close();

  const nothing = edit("true");
  expect(await nothing.exited).toBe(0);
  await nothing.close();
  const failed = edit("false");
  expect(await failed.exited).toBe(1);
  expect(failed.screen).toContain("the editor ended with 1");
  await failed.close();
  const piped = await cluster.run("broker", "config", "edit", "broker-a");
  expect([piped.exitCode, piped.stderr]).toEqual([2, expect.stringContaining("needs a terminal")]);
});
