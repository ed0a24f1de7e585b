/** What every command has in common, seen from outside: streams, exit codes, signals, questions. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createClient } from "../../src/client/index.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import { MqOnTerminal, mqWords, runMq } from "../support/mq-command.ts";
import { type StandaloneProcess, startStandaloneProcess } from "../support/standalone-process.ts";
import { tempFolder } from "../support/temp-folder.ts";

setDefaultTimeout(60_000);

let cluster: StandaloneProcess;
let environment: Record<string, string>;

beforeAll(async () => {
  cluster = await startStandaloneProcess("async");
  environment = { MQ_NAMESERVER: `${cluster.nameserver.host}:${cluster.nameserver.port}` };
  const made = await runMq(["topic", "create", "orders", "--queues", "2", "-y"], { environment });
  expect([made.exitCode, made.stderr]).toEqual([0, ""]);
  const sent = await runMq(["topic", "produce", "orders", "-l"], {
    environment,
    input: Array.from({ length: 40 }, (_, index) => `message ${index}\n`).join(""),
  });
  expect(sent.exitCode).toBe(0);
  const client = createClient(createBunEnvironment({ level: "error", format: "text" }), {
    nameservers: [environment["MQ_NAMESERVER"] ?? ""],
  });
  for (const queueId of [0, 1]) {
    const queue = { topic: "orders", brokerName: "broker-a", queueId };
    await client.pull.pull({ group: "billing", queue, offset: 0 });
    await client.pull.commitOffset("billing", queue, 20);
  }
  await client.close();
});

afterAll(() => cluster.stop());

/** Runs a line of sh in which `mq` is the command under test. */
async function runLine(
  line: string,
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const quoted = mqWords.map((word) => `'${word}'`).join(" ");
  const child = Bun.spawn(["bash", "-c", `mq() { ${quoted} "$@"; }; ${line}`], {
    env: { PATH: process.env["PATH"], ...environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { exitCode, stdout, stderr };
}

test("exit codes tell what happened", async () => {
  const codes = async (line: string): Promise<number> =>
    (await runMq(line.split(" "), { environment })).exitCode;
  expect(await codes("topic list")).toBe(0);
  expect(await codes("topic lst")).toBe(2);
  expect(await codes("topic list --nope")).toBe(2);
  expect(await codes("topic describe nowhere")).toBe(3);
  expect(await codes("topic list -n 127.0.0.1:1")).toBe(5);
  expect(await codes("topic create orders -y")).toBe(6);
});

test("data goes to standard output and nothing else does", async () => {
  const listed = await runMq(["topic", "list", "-v", "--trace-rpc"], { environment });
  for (const line of listed.stdout.trim().split("\n")) {
    expect(JSON.parse(line)).toHaveProperty("name");
  }
  expect(listed.stderr).toContain("rpc ");
  const failed = await runMq(["topic", "describe", "nowhere", "-o", "json"], { environment });
  expect(failed.stdout).toBe("");
  expect(JSON.parse(failed.stderr)).toMatchObject({ kind: "Error", code: "MQ-E-NOROUTE" });
  const misread = await runMq(["topic", "list", "--nope", "-o", "json"], { environment });
  expect(JSON.parse(misread.stderr)).toMatchObject({ kind: "Error", code: "MQ-E-USAGE" });
});

test("flags stand above the environment, wherever they are typed", async () => {
  const wrong = { ...environment, MQ_NAMESERVER: "127.0.0.1:1" };
  const { MQ_NAMESERVER = "" } = environment;
  const line = ["-n", MQ_NAMESERVER, "topic", "list", "-o", "name"];
  expect((await runMq(line, { environment: wrong })).stdout).toBe("topic/orders\n");
  const javas = { NAMESRV_ADDR: `127.0.0.1:1;${MQ_NAMESERVER}` };
  const listed = await runMq(["topic", "list", "-o", "name"], { environment: javas });
  expect(listed.stdout).toBe("topic/orders\n");
});

test("a reader that leaves ends the command well", async () => {
  const { exitCode, stdout } = await runLine(
    "mq topic tail orders --follow --since 1h -o json | head -n 3; exit $PIPESTATUS",
  );
  expect([exitCode, stdout.trim().split("\n").length]).toEqual([0, 3]);
});

test("a slow reader gets everything", async () => {
  const script = join(tempFolder(), "script.mq");
  writeFileSync(script, "topic tail orders --exit-at-end --since 1h -o json\n".repeat(30));
  const { stdout } = await runLine(`mq shell -q -f ${script} | (sleep 0.3; cat)`);
  const lines = stdout.trim().split("\n");
  expect(stdout.length).toBeGreaterThan(300_000);
  expect(lines.length).toBe(30 * 40);
  expect(JSON.parse(lines.at(-1) ?? "")).toHaveProperty("body");
});

test("signals end a command with the shell's exit codes", async () => {
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    const child = Bun.spawn([...mqWords, "topic", "tail", "orders", "--follow", "--since", "1h"], {
      env: { PATH: process.env["PATH"], ...environment },
      stdout: "pipe",
      stderr: "ignore",
    });
    const { value } = await child.stdout.getReader().read();
    expect(value?.length).toBeGreaterThan(0);
    child.kill(signal);
    expect(await child.exited).toBe(code);
  }
});

const resetWords = ["group", "reset-offset", "billing", "--topic", "orders", "--to", "start"];

test("nothing that cannot be undone happens off a terminal without --yes", async () => {
  for (const input of ["", "y\n", "yes\n"]) {
    const refused = await runMq(resetWords, { environment, input });
    expect([refused.exitCode, refused.stderr.includes("MQ-E-CONFIRM")]).toEqual([6, true]);
  }
  const lag = await runMq(["group", "lag", "billing"], { environment });
  expect(lag.stdout).toContain('"lag":0');
});

test("on a terminal it asks, and no is an answer", async () => {
  const terminal = new MqOnTerminal(resetWords, environment);
  await terminal.until("Yes");
  terminal.type("n");
  expect(await terminal.exited).not.toBe(0);
  const lag = await runMq(["group", "lag", "billing"], { environment });
  expect(lag.stdout).toContain('"lag":0');
  await terminal.close();
});

test("nobody is asked in CI, with --no-input, or on a dumb terminal", async () => {
  const cases: [string[], Record<string, string>][] = [
    [resetWords, { CI: "true" }],
    [[...resetWords, "--no-input"], {}],
    [resetWords, { TERM: "dumb" }],
  ];
  for (const [words, more] of cases) {
    const terminal = new MqOnTerminal(words, { ...environment, ...more });
    await terminal.until("MQ-E-CONFIRM");
    expect(await terminal.exited).toBe(6);
    await terminal.close();
  }
});

test("cluster list tells each broker with its numbers", async () => {
  const { stdout, exitCode } = await runMq(["cluster", "list", "-o", "json"], { environment });
  const { kind, items } = JSON.parse(stdout);
  expect([exitCode, kind, items.length]).toEqual([0, "ClusterList", 1]);
  expect(items[0]).toMatchObject({ cluster: "DefaultCluster", broker: "broker-a", id: 0 });
});

test("help comes from the spec, for people and for programs", async () => {
  const people = await runMq(["topic", "create", "--help"]);
  expect(await runMq(["help", "topic", "create"])).toEqual(people);
  expect(await runMq(["help"])).toEqual(await runMq(["--help"]));
  expect([people.exitCode, people.stderr]).toEqual([0, ""]);
  expect(people.stdout).toContain("Usage: mq topic create TOPIC [flags]");
  const programs = await runMq(["topic", "list", "--help-json"]);
  const spec = JSON.parse(programs.stdout);
  expect(spec.command).toBe("mq topic list");
  expect(spec.output.properties).toHaveProperty("name");
  const noun = JSON.parse((await runMq(["topic", "--help-json"])).stdout);
  expect(noun.commands).toContainEqual(spec);
  const all = JSON.parse((await runMq(["--help-json"])).stdout);
  expect(all.commands).toEqual(expect.arrayContaining(noun.commands));
  expect(all.commands.length).toBeGreaterThan(100);
  const schema = await runMq(["topic", "list", "-o", "help"]);
  expect(JSON.parse(schema.stdout)).toEqual(spec.output);
  expect((await runMq(["shell", "-o", "help"])).exitCode).toBe(2);
  expect((await runMq([])).stdout).toContain("mq topic list");
  expect((await runMq(["topic"])).exitCode).toBe(2);
  expect((await runMq(["--version", "-o", "name"])).stdout).toBe("version/mq\n");
});
