/** `mq shell` as a person sees it, on a pseudo-terminal, over a real broker. */
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createClient } from "../../src/client/index.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import { MqOnTerminal, runMq } from "../support/mq-command.ts";
import { type StandaloneProcess, startStandaloneProcess } from "../support/standalone-process.ts";
import { tempFolder } from "../support/temp-folder.ts";

const tab = "\t";
const ctrlC = "\u0003";
const ctrlR = "\u0012";
const ctrlD = "\u0004";
const up = "\u001b[A";

setDefaultTimeout(60_000);

let cluster: StandaloneProcess;
let environment: Record<string, string>;
let terminal: MqOnTerminal | undefined;
const prompt = (): string => `mq(${environment["MQ_NAMESERVER"]})> `;

beforeAll(async () => {
  cluster = await startStandaloneProcess("async");
  environment = {
    MQ_NAMESERVER: `${cluster.nameserver.host}:${cluster.nameserver.port}`,
    XDG_STATE_HOME: tempFolder(),
  };
  for (const topic of ["orders", "orders-fifo", "payments"]) {
    const { exitCode, stderr } = await runMq(["topic", "create", topic, "-y"], { environment });
    expect([exitCode, stderr]).toEqual([0, ""]);
  }
  const client = createClient(createBunEnvironment({ level: "error", format: "text" }), {
    nameservers: [environment["MQ_NAMESERVER"] ?? ""],
  });
  const queue = { topic: "payments", brokerName: "broker-a", queueId: 0 };
  await client.pull.pull({ group: "billing", queue, offset: 0 });
  await client.pull.commitOffset("billing", queue, 0);
  await client.close();
});

afterEach(async () => {
  await terminal?.close();
  terminal = undefined;
});

afterAll(() => cluster.stop());

async function openShell(more: Readonly<Record<string, string>> = {}): Promise<MqOnTerminal> {
  terminal = new MqOnTerminal(["shell"], { ...environment, ...more });
  await terminal.until(prompt());
  return terminal;
}

test("a line is a command without the word mq, and Ctrl-D leaves", async () => {
  const shell = await openShell();
  expect(await shell.enter("topic list", prompt())).toContain("NAME");
  expect(await shell.enter("mq version", prompt())).toContain("mq");
  expect(await shell.enter("topic lst", prompt())).toContain("did you mean 'mq topic list'?");
  shell.type(ctrlD);
  expect(await shell.exited).toBe(0);
});

test("Tab completes commands, flags, values and the cluster's topics", async () => {
  const shell = await openShell();
  shell.type(`topic desc${tab}`);
  await shell.until("topic describe ");
  shell.type(`pay${tab}`);
  await shell.until("payments");
  shell.type(`\u0015topic list --out${tab}`);
  await shell.until("--output ");
  shell.type(`jso${tab}`);
  await shell.until("json");
  shell.type(`\u0015topic tail ord${tab}`);
  await shell.until("orders");
  shell.type(tab);
  await shell.until("orders-fifo");
});

test("Tab waits no longer than a blink for a cluster that never answers", async () => {
  const silent = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  terminal = new MqOnTerminal(["shell"], {
    ...environment,
    MQ_NAMESERVER: `127.0.0.1:${silent.port}`,
    MQ_TIMEOUT: "1h",
  });
  await terminal.until("> ");
  terminal.type(`topic tail ${tab}`);
  await terminal.until("tail ");
  terminal.type(`--off${tab}`);
  await terminal.until("--offset ");
  silent.stop(true);
});

test("Ctrl-C ends a running tail and not the shell", async () => {
  const shell = await openShell();
  shell.type("topic tail payments --follow --since 1h\r");
  const sent = await runMq(["topic", "produce", "payments", "--value", "first-of-all"], {
    environment,
  });
  expect(sent.exitCode).toBe(0);
  await shell.until("first-of-all");
  shell.type(ctrlC);
  await shell.until(prompt());
  expect(await shell.enter("version", prompt())).toContain("mq");
});

test("a body that is typed ends with Ctrl-D or Ctrl-C, and the shell goes on", async () => {
  const shell = await openShell();
  shell.type("topic produce payments --lines\r");
  await shell.until("--lines\n");
  shell.type("typed by hand\r");
  await shell.until("SEND_OK");
  shell.type(ctrlD);
  await shell.until("1 sent");
  await shell.until(prompt());
  shell.type("topic produce payments --lines\r");
  await shell.until("--lines\n");
  shell.type(ctrlC);
  await shell.until(prompt());
  expect(await shell.enter("version -o name", prompt())).toContain("version/mq");
});

test("a question has its own answer, and the line behind it is whole", async () => {
  const shell = await openShell();
  await shell.enter("topic tail payments --exit-at-end --since 1h", prompt());
  shell.type("group reset-offset billing --topic payments --to start\r");
  await shell.until("No");
  shell.type("y");
  await shell.until(prompt());
  expect(await shell.enter("version -o name", prompt())).toBe(
    `version -o name\nversion/mq\n${prompt()}`,
  );
});

test("Ctrl-C at the prompt drops what was typed", async () => {
  const shell = await openShell();
  shell.type("topic delete every");
  await shell.until("every");
  shell.type(ctrlC);
  await shell.until(prompt());
  expect(await shell.enter("version", prompt())).not.toContain("no command");
});

test("several pasted lines run one after the other", async () => {
  const shell = await openShell();
  shell.type("version -o json\rversion -o name\r");
  await shell.until('"kind":"Version"');
  await shell.until(prompt());
  await shell.until("version/mq");
  await shell.until(prompt());
});

test("history is kept for the next shell, once each, without lines that begin with a space", async () => {
  const more = { XDG_STATE_HOME: tempFolder() };
  const first = await openShell(more);
  for (const line of ["version", "topic list", "version", " version -o name"]) {
    await first.enter(line, prompt());
  }
  first.type(ctrlD);
  await first.exited;
  const second = await openShell(more);
  second.type(`${up}${up}`);
  await second.until("topic list");
  const path = join(more.XDG_STATE_HOME, "mq/history");
  expect(readFileSync(path, "utf8").split("\n")).not.toContain(" version -o name");
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("Ctrl-R finds earlier lines that contain what was typed, further back at each press", async () => {
  const shell = await openShell({ XDG_STATE_HOME: tempFolder() });
  for (const line of ["version -o name", "topic list -o name", "version -o csv"]) {
    await shell.enter(line, prompt());
  }
  shell.type(`vers${ctrlR}`);
  await shell.until("version -o csv");
  shell.type(ctrlR);
  await shell.until("version -o name");
  expect(await shell.enter("", prompt())).toContain("version/mq");
  shell.type(`nowhere${ctrlR}\u0015`);
  shell.type(`list${ctrlR}`);
  await shell.until("topic list -o name");
  expect(await shell.enter("", prompt())).toContain("topic/orders");
});

test("what follows a pipe goes to the system's shell", async () => {
  const shell = await openShell();
  const file = join(tempFolder(), "names.txt");
  expect(await shell.enter("version -o name | tr a-z A-Z", prompt())).toContain("VERSION/MQ");
  await shell.enter(`topic list -o name > ${file}; version -o name >> ${file}`, prompt());
  expect(readFileSync(file, "utf8")).toBe(
    "topic/orders\ntopic/orders-fifo\ntopic/payments\nversion/mq\n",
  );
});

test("set makes a flag the default of every command", async () => {
  const shell = await openShell();
  await shell.enter("set output json", prompt());
  expect(await shell.enter("version", prompt())).toContain('"apiVersion":"mq/v1"');
  expect(await shell.enter("set output jsn", prompt())).toContain("is none of");
  await shell.enter("set output", prompt());
  expect(await shell.enter("version", prompt())).not.toContain("apiVersion");
});

test("last shows the last result again as JSON, time says how long it took", async () => {
  const shell = await openShell();
  await shell.enter("topic list", prompt());
  expect(await shell.enter("last", prompt())).toContain('"kind":"TopicList"');
  expect(await shell.enter("time version", prompt())).toMatch(/[0-9.]+ ms/);
});

test("watch repeats a command until Ctrl-C", async () => {
  const shell = await openShell();
  shell.type("watch 10ms version -o name\r");
  await shell.until("version/mq");
  await shell.until("version/mq");
  shell.type(ctrlC);
  await shell.until(prompt());
});

test("a script ends at its first failure with its exit code", async () => {
  const stopped = await runMq(["shell", "-e", "version -o name; topic lst; version"], {
    environment,
  });
  expect([stopped.exitCode, stopped.stdout]).toEqual([2, "version/mq\n"]);
  const went = await runMq(["shell", "--no-fail-on-error", "-e", "topic lst; version -o name"], {
    environment,
  });
  expect([went.exitCode, went.stdout]).toEqual([7, "version/mq\n"]);
});

test("scripts come from a file, from source and from standard input", async () => {
  const folder = tempFolder();
  const inner = join(folder, "inner.mq");
  const outer = join(folder, "outer.mq");
  writeFileSync(inner, "# what is this?\nversion -o name\n");
  writeFileSync(outer, `source ${inner}\nversion -o 'template=v {{.name}}'\n`);
  const fromFile = await runMq(["shell", "-f", outer], { environment });
  expect(fromFile).toEqual({
    exitCode: 0,
    stdout: "version/mq\nv mq\n",
    stderr: `ok: version -o name\nok: source ${inner}\nok: version -o template=v {{.name}}\n`,
  });
  const fromInput = await runMq(["shell", "-"], { environment, input: readFileSync(outer) });
  expect(fromInput.stdout).toBe("version/mq\nv mq\n");
  const bare = await runMq(["shell"], { environment, input: "topic produce orders -l\nversion" });
  expect([bare.exitCode, bare.stderr.includes("ok: version")]).toEqual([0, true]);
});

test("a topic in use stands in the prompt and where a command wants one", async () => {
  const shell = await openShell();
  const inUse = prompt().replace(")", ":orders)");
  await shell.enter("use topic orders", inUse);
  expect(await shell.enter("topic produce --value hello", inUse)).toContain("SEND_OK");
  expect(await shell.enter("topic tail --offset start --exit-at-end", inUse)).toContain("hello");
  expect(await shell.enter("topic describe payments", inUse)).not.toContain("hello");
  await shell.enter("use topic", prompt());
  const missing = await shell.enter("topic describe --no-input", prompt());
  expect(missing).toContain("TOPIC is missing");
});
