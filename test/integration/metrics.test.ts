/** What a server tells over HTTP: that it lives, that it serves, and true figures. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { runMq } from "../support/mq-command.ts";
import { MqServer } from "../support/mq-server.ts";
import { tempFolder } from "../support/temp-folder.ts";

setDefaultTimeout(60_000);

let server: MqServer;
let nameserver: string;
let http: string;

beforeAll(async () => {
  const words = ["standalone", "start", "--store", tempFolder(), "--http", "127.0.0.1:0"];
  const ports = ["--listen", "127.0.0.1:0", "--nameserver-listen", "127.0.0.1:0"];
  server = await MqServer.start([...words, ...ports], {});
  nameserver = server.address("nameserver");
  http = server.address("http");
});

afterAll(async () => {
  expect(await server.end()).toBe(0);
});

async function mq(...words: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await runMq([...words, "-n", nameserver]);
  expect([exitCode, stderr]).toEqual([0, stderr]);
}

async function ask(path: string): Promise<{ readonly status: number; readonly body: string }> {
  const reply = await fetch(`http://${http}${path}`);
  return { status: reply.status, body: await reply.text() };
}

/** Samples of Prometheus text by name and labels. Throws for a line that is none. */
function samplesOf(text: string): ReadonlyMap<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split("\n")) {
    if (line !== "" && !line.startsWith("#")) {
      const found = /^([a-zA-Z_:][\w:]*(?:\{[^}]*\})?) (\S+)(?: \d+)?$/.exec(line);
      if (found?.[1] === undefined || Number.isNaN(Number(found[2]))) {
        throw new Error(`no sample: ${line}`);
      }
      samples.set(found[1], Number(found[2]));
    }
  }
  return samples;
}

test("a server that lives and serves says so, and nothing else is there", async () => {
  expect(await ask("/healthz")).toEqual({ status: 200, body: "alive\n" });
  expect(await ask("/readyz")).toEqual({ status: 200, body: "ready\n" });
  expect((await ask("/")).status).toBe(404);
});

test("figures are what was sent, committed and is waited for", async () => {
  await mq("topic", "create", "orders", "--queues", "1");
  for (const body of ["a", "bb", "ccc"]) {
    await mq("topic", "produce", "orders", "-v", body);
  }
  await mq("group", "create", "billing");
  await mq("group", "reset-offset", "billing", "--topic", "orders", "--to", "start", "--yes");
  const samples = samplesOf((await ask("/metrics")).body);
  expect(samples.get("mq_messages_in_total")).toBe(3);
  expect(samples.get("mq_messages_in_bytes_total")).toBe(6);
  expect(samples.get('mq_topic_messages_total{topic="orders"}')).toBe(3);
  expect(samples.get('mq_group_lag{group="billing",topic="orders"}')).toBe(3);
  expect(samples.get("mq_store_sync_duration_seconds_count")).toBe(
    samples.get("mq_store_syncs_total") ?? -1,
  );
  expect(samples.get("mq_series_dropped")).toBe(0);
});

test("every figure stands in docs/metrics.md with its words, and no other does", async () => {
  const { body } = await ask("/metrics");
  const told = [...body.matchAll(/^# HELP (\S+) (.*)$/gm)].map(([, name, about]) => [name, about]);
  const page = readFileSync(new URL("../../docs/metrics.md", import.meta.url), "utf8");
  const listed = [...page.matchAll(/^\| `(mq_\w+)` \| \w+ \| (.*?) \| .*\|$/gm)].map(
    ([, name, about]) => [name, about?.trim()],
  );
  expect(listed.sort()).toEqual(told.sort());
});
