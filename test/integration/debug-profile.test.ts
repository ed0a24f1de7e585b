/** `mq debug profile`: what a server does while it is looked at, in files that other tools read, and only where it may be. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Client, createClient } from "../../src/client/index.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import { MqOnTerminal, runMq } from "../support/mq-command.ts";
import { mqRows } from "../support/mq-rows.ts";
import { MqServer } from "../support/mq-server.ts";
import { tempFolder } from "../support/temp-folder.ts";

setDefaultTimeout(60_000);

const folder = tempFolder();
const ports = ["--listen", "127.0.0.1:0", "--nameserver-listen", "127.0.0.1:0"];
const observed = ["--http", "127.0.0.1:0"];
let server: MqServer;
let client: Client;
let http: string;

const startIn = (name: string, ...more: readonly string[]) =>
  MqServer.start(
    ["standalone", "start", "--store", join(folder, name), "--flush", "async", ...ports, ...more],
    {},
  );

beforeAll(async () => {
  server = await startIn("store", ...observed, "--http-profile");
  http = server.address("http");
  client = createClient(createBunEnvironment({ level: "error", format: "text" }), {
    nameservers: [server.address("nameserver")],
  });
});

afterAll(async () => {
  await client.close();
  await server.end("SIGKILL");
});

async function failure(...words: readonly string[]): Promise<readonly [number, string, string]> {
  const { exitCode, stdout, stderr } = await runMq(["debug", "profile", ...words]);
  return [exitCode, stdout, stderr];
}

test("a CPU profile has the broker's functions, and other tools can read it", async () => {
  const to = join(folder, "load.cpuprofile");
  let isTaken = false;
  const taken = mqRows("debug profile", [http, "--seconds", "1", "--to", to]).finally(() => {
    isTaken = true;
  });
  while (!isTaken) {
    await client.producer.send({ topic: "orders", body: Buffer.alloc(1_000) });
  }
  const [row] = await taken;
  expect(row).toMatchObject({ profile: "cpu", file: to, bytes: expect.any(Number) });
  const functions = row?.["functions"] as readonly { percent: number; samples: number }[];
  expect(functions.length).toBeGreaterThan(0);
  const profile = JSON.parse(readFileSync(to, "utf8"));
  expect(profile.samples).toHaveLength(Number(row?.["samples"]));
  expect(profile.samples.length).toBeGreaterThan(0);
  expect(profile.timeDeltas).toHaveLength(profile.samples.length);
  // Microseconds: about the second that was asked for.
  expect(profile.endTime - profile.startTime).toBeGreaterThan(500_000);
  const ids = new Set(profile.nodes.map(({ id }: { id: number }) => id));
  expect(profile.samples.every((id: number) => ids.has(id))).toBe(true);
  const names = profile.nodes.map((node: { callFrame: { url: string } }) => node.callFrame.url);
  expect(names.some((url: string) => url.includes("broker"))).toBe(true);
});

test("a heap snapshot is one, and the server goes on", async () => {
  const to = join(folder, "x.heapsnapshot");
  const [row] = await mqRows("debug profile", [http, "--heap", "--to", to]);
  const bytes = readFileSync(to);
  expect(row).toEqual({
    ...{ profile: "heap", file: to, bytes: bytes.length, samples: null, functions: [] },
  });
  const { snapshot, nodes, strings } = JSON.parse(bytes.toString("utf8"));
  const fields: readonly string[] = snapshot.meta.node_fields;
  expect(nodes).toHaveLength(snapshot.node_count * fields.length);
  expect(strings.length).toBeGreaterThan(100);
  await client.producer.send({ topic: "orders", body: Buffer.from("still here") });
});

test("one profile at a time; whoever leaves makes room for the next", async () => {
  const to = join(folder, "never.cpuprofile");
  const words = ["debug", "profile", http, "--seconds", "300", "--to", to];
  const terminal = new MqOnTerminal(words);
  await terminal.until("looking  [");
  const [exit, , stderr] = await failure(http, "--seconds", "1", "--to", join(folder, "b"));
  expect([exit, stderr]).toEqual([1, expect.stringContaining("a profile is being taken already")]);
  terminal.type("\u0003");
  expect(await terminal.exited).toBe(130);
  await terminal.close();
  expect(existsSync(to)).toBe(false);
  for (;;) {
    const answer = await fetch(`http://${http}/heap`, { method: "HEAD" });
    if (answer.status === 200) {
      break;
    }
  }
});

test("what cannot be done is said with its exit code", async () => {
  const known = join(folder, "load.cpuprofile");
  expect(await failure(http, "--to", known)).toEqual([
    ...[6, "", expect.stringContaining("is there already")],
  ] as never);
  expect((await failure("127.0.0.1:9", "--timeout", "1s"))[0]).toBe(5);
  expect((await failure(http, "--seconds", "301"))[0]).toBe(2);
  const asked = await fetch(`http://${http}/profile?seconds=9999`);
  expect([asked.status, await asked.text()]).toEqual([
    400,
    "seconds is no whole number of 1 to 300\n",
  ]);
  const closed = await startIn("closed", ...observed);
  try {
    const [exit, , stderr] = await failure(closed.address("http"));
    expect([exit, stderr]).toEqual([1, expect.stringContaining("--http-profile turns them on")]);
    expect((await fetch(`http://${closed.address("http")}/heap`)).status).toBe(404);
  } finally {
    await closed.end("SIGKILL");
  }
  const alone = await runMq(["standalone", "start", "--http-profile", "--store", folder]);
  expect([alone.exitCode, alone.stderr]).toEqual([2, expect.stringContaining("wants --http")]);
});
