/** Commands that read a store's files and measure a broker, on one store: running, stopped, damaged. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runMq } from "../support/mq-command.ts";
import { checkedRows, mqRows } from "../support/mq-rows.ts";
import { MqServer } from "../support/mq-server.ts";
import { tempFolder } from "../support/temp-folder.ts";

setDefaultTimeout(60_000);

const segment = "00000000000000000000";
let store: string;
let environment: Record<string, string>;
let server: MqServer;

beforeAll(async () => {
  store = join(tempFolder(), "store");
  server = await MqServer.start(
    ["standalone", "start", "--store", store, "--listen", "127.0.0.1:0"].concat([
      ...[
        "--nameserver-listen",
        "127.0.0.1:0",
        "--flush",
        "async",
        "--set",
        "segment-bytes=1048576",
      ],
    ]),
    {},
  );
  environment = { MQ_NAMESERVER: server.address("nameserver"), TZ: "UTC" };
});

afterAll(() => server.end("SIGKILL"));

test("bench produce counts what the topic then holds, bench consume reads all of it", async () => {
  const [report] = await mqRows(
    "bench produce",
    ["--topic", "load", "--senders", "4", "--size", "100", "--count", "2000", "--duration", "30s"],
    { environment },
  );
  expect(report).toMatchObject({ mode: "produce", messages: 2_000, failures: 0, thresholds: [] });
  for (const name of ["messagesPerSecond", "p50Us", "p99Us", "maxUs"]) {
    expect(Number(report?.[name])).toBeGreaterThan(0);
  }
  const queues = await mqRows("topic describe", ["load"], { environment });
  const stored = queues.reduce((sum, { messages }) => sum + Number(messages), 0);
  // What was in flight when the count was reached is stored as well.
  expect(stored).toBeGreaterThanOrEqual(2_000);
  expect(stored).toBeLessThan(2_000 + 4);
  const [read] = await mqRows("bench consume", ["--topic", "load", "--batch", "64"], {
    environment,
  });
  expect(read).toMatchObject({ mode: "consume", messages: stored });
});

test("bench produce spreads what it sends over topics that it makes", async () => {
  const words = ["--topic", "spread", "--topics", "3", "--senders", "1", "--count", "48"];
  const [report] = await mqRows("bench produce", words, { environment });
  expect(report).toMatchObject({ messages: 48, failures: 0 });
  for (const topic of ["spread-1", "spread-2", "spread-3"]) {
    const queues = await mqRows("topic describe", [topic], { environment });
    expect(queues.map(({ messages }) => messages)).toEqual([2, 2, 2, 2, 2, 2, 2, 2]);
  }
});

test("a measurement that is too slow is exit code 10, with the report", async () => {
  const words = ["bench", "produce", "--topic", "load", "--count", "100", "--max-p99"];
  const slow = await runMq([...words, "0.001ms"], { environment });
  const [report] = await checkedRows("bench produce", slow.stdout);
  expect([slow.exitCode, report?.["thresholds"]]).toEqual([
    10,
    [expect.objectContaining({ name: "p99", unit: "us", limit: 1, ok: false })],
  ]);
  expect((await runMq([...words, "1h"], { environment })).exitCode).toBe(0);
});

test("a store can be looked at while a broker writes it", async () => {
  await mqRows("topic produce", ["orders", "-v", "hello", "--tag", "PAID", "--key", "k"], {
    environment,
  });
  const listed = await runMq(["segment", "list", store], { environment });
  expect([listed.exitCode, listed.stderr]).toEqual([0, expect.stringContaining("writes to this")]);
  const segments = await checkedRows("segment list", listed.stdout);
  expect(segments[0]).toMatchObject({ segment, bytes: 1_048_576 });
  const verified = await mqRows("segment verify", [store], { environment });
  expect(verified).toMatchObject([{ problems: [], queues: { problems: [] } }]);
});

test("a stopped store is shown record by record and found whole", async () => {
  expect(await server.end()).toBe(0);
  const records = await mqRows("segment inspect", [store, "--topic", "orders"], { environment });
  expect(records).toMatchObject([
    { topic: "orders", queueOffset: 0, tag: "PAID", keys: "k", checked: "record", body: "hello" },
  ]);
  const [first] = await mqRows(
    "segment inspect",
    [join(store, "commitlog", segment), "--count", "1"],
    { environment },
  );
  expect(first).toMatchObject({ commitOffset: 0 });
  const [facts] = await mqRows("segment verify", [store], { environment });
  expect(facts).toMatchObject({ recordsWithoutChecksum: 0, problems: [] });
  expect(facts?.["queues"]).toMatchObject({ entriesMissing: 0, problems: [] });
});

test("a damaged store is exit code 8, and says where", async () => {
  const records = await mqRows("segment inspect", [store, "--topic", "load", "--count", "3"], {
    environment,
  });
  const offset = Number(records[1]?.["commitOffset"]);
  const path = join(store, "commitlog", segment);
  const bytes = readFileSync(path);
  bytes[offset + 120] = (bytes[offset + 120] ?? 0) ^ 0x10;
  writeFileSync(path, bytes);
  const { exitCode, stdout, stderr } = await runMq(["segment", "verify", store], { environment });
  const [facts] = await checkedRows("segment verify", stdout);
  expect([exitCode, stderr]).toEqual([8, expect.stringContaining("1 damaged")]);
  expect(facts?.["problems"]).toEqual([
    expect.objectContaining({ kind: "damaged", segment, offset }),
  ]);
});

test("a folder that is no store is refused with the reason", async () => {
  const nothing = await runMq(["segment", "list", join(store, "missing")], { environment });
  expect([nothing.exitCode, nothing.stdout]).toEqual([2, ""]);
  const empty = await runMq(["segment", "verify", tempFolder()], { environment });
  expect([empty.exitCode, empty.stderr]).toEqual([8, expect.stringContaining("no commit log")]);
});
