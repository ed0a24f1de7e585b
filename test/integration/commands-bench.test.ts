/** `mq bench e2e|rtt|disk`: figures that hold, bounds that are kept, and nothing left behind. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync } from "node:fs";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import { getMaxOffset } from "../../src/protocol/remoting/requests/offset.ts";
import { pullMessage } from "../../src/protocol/remoting/requests/pull.ts";
import { type CommandCluster, startCommandCluster } from "../support/command-cluster.ts";
import { FakeServer, sendReply } from "../support/fake-cluster.ts";
import { startLoopbackNameserver } from "../support/loopback-nameserver.ts";
import { MqOnTerminal } from "../support/mq-command.ts";
import { checkedRows } from "../support/mq-rows.ts";
import { tempFolder } from "../support/temp-folder.ts";

setDefaultTimeout(60_000);

let cluster: CommandCluster;

beforeAll(async () => {
  cluster = await startCommandCluster();
});

afterAll(() => cluster.stop());

test("bench e2e gets back each message that it sent, once", async () => {
  const words = ["--topic", "there-and-back", "--count", "200", "--producers", "4", "--size", "1"];
  const [report] = await cluster.rows("bench e2e", [...words, "--min-rate", "1"]);
  expect(report).toMatchObject({
    ...{ mode: "e2e", sent: 200, received: 200, lost: 0, duplicated: 0, errors: 0 },
    thresholds: [
      { name: "lost", unit: "messages", limit: 0, value: 0, ok: true },
      { name: "rate", unit: "per second", limit: 1, ok: true },
    ],
  });
  expect(Number(report?.["p50Us"])).toBeGreaterThan(0);
  const queues = await cluster.rows("topic describe", ["there-and-back"]);
  expect(queues.reduce((sum, { messages }) => sum + Number(messages), 0)).toBe(200);
  // What lies there from an earlier run is not taken for this one's.
  const [second] = await cluster.rows("bench e2e", [...words, "--rate", "2000"]);
  expect(second).toMatchObject({ sent: 200, received: 200, duplicated: 0 });
});

test("whoever looks at a terminal sees how far reading is, and how fast", async () => {
  const words = ["bench", "consume", "-t", "there-and-back", "--follow", "--duration", "3s"];
  const terminal = new MqOnTerminal(words, cluster.environment);
  await terminal.until("messages a second");
  await terminal.until("pulls");
  expect(await terminal.exited).toBe(0);
  expect(terminal.raw).toContain("measured  [");
  await terminal.close();
});

test("a bound that is crossed is exit code 10, with the report, and a note that says which", async () => {
  const slow = await cluster.run(
    ...["bench", "e2e", "--topic", "there-and-back", "--count", "10", "--max-p99", "0.001ms"],
  );
  const [report] = await checkedRows("bench e2e", slow.stdout);
  expect([slow.exitCode, report?.["sent"]]).toEqual([10, 10]);
  expect(slow.stderr).toMatch(/^p99 [\d.]+ ms is above 0\.00 ms$/m);
  const csv = await cluster.run(
    "bench",
    "e2e",
    "-t",
    "there-and-back",
    "--count",
    "1",
    "-o",
    "csv",
  );
  expect(csv.stdout.split("\n")[0]).toStartWith("sent,received,lost,duplicated,errors,seconds,");
});

test("bench rtt asks everybody so many times", async () => {
  const rows = await cluster.rows("bench rtt", ["--count", "20", "--max-p99", "1h"]);
  expect(rows).toMatchObject([
    { kind: "nameserver", address: cluster.nameserver, requests: 20, failures: 0 },
    { kind: "broker", name: "broker-a", requests: 20, failures: 0, thresholds: [{ ok: true }] },
  ]);
  const brokers = await cluster.rows("bench rtt", ["--of", "brokers", "--count", "1"]);
  expect(brokers.map(({ kind }) => kind)).toEqual(["broker"]);
  const slow = await cluster.run("bench", "rtt", "--count", "5", "--max-p99", "0.001ms");
  expect(slow.exitCode).toBe(10);
  const nobody = await cluster.run(
    ...["bench", "rtt", "--of", "nameservers", "--count", "1", "-n", "127.0.0.1:9"],
  );
  expect(nobody.exitCode).toBe(5);
  const table = await cluster.run("bench", "rtt", "--count", "1", "-o", "table");
  expect(table.stdout.split("\n")[0]).toMatch(/^KIND +NAME +ADDRESS +REQUESTS +FAILED +MEAN +P50/);
});

test("bench disk measures a folder, and leaves it empty", async () => {
  const folder = tempFolder();
  const words = [folder, "--duration", "100ms", "--sequential", "1M"];
  const [report] = await cluster.rows("bench disk", [...words, "--min-rate", "1"]);
  expect(report).toMatchObject({
    mode: "disk",
    folder,
    writeBytes: 4_096,
    thresholds: [{ ok: true }],
  });
  expect(Number(report?.["syncs"])).toBeGreaterThan(0);
  expect(Number(report?.["sequentialMegabytesPerSecond"])).toBeGreaterThan(0);
  expect(Number(report?.["sharedSyncPerSecond"])).toBeGreaterThan(0);
  const slow = await cluster.run("bench", "disk", ...words, "--max-p99", "0.001ms", "-o", "table");
  expect([slow.exitCode, slow.stderr]).toEqual([
    10,
    expect.stringMatching(/^with synchronous flush the disk allows one waiting producer [\d,]+ /),
  ]);
  expect(readdirSync(folder)).toEqual([]);
  expect(await cluster.failure("bench", "disk", `${folder}/nowhere`)).toEqual([2, "MQ-E-USAGE"]);
  expect(await cluster.failure("bench", "disk", folder, "--size", "0")).toEqual([2, "MQ-E-USAGE"]);
});

test("a broker that takes messages and never gives them is found out", async () => {
  const machine = createBunEnvironment({ level: "error", format: "text" });
  const offsets = { nextBeginOffset: 0, minOffset: 0, maxOffset: 0, suggestWhichBrokerId: 0 };
  const broker = new FakeServer(machine, ({ code }) => {
    switch (code) {
      case 310:
        return sendReply(0);
      case 30:
        return { fields: getMaxOffset.encodeReply({ offset: 0 }) };
      case 11:
        return { code: 19, fields: pullMessage.encodeReply(offsets) };
      default:
        return { code: 3, remark: "not supported" };
    }
  });
  const { address } = startLoopbackNameserver(machine, {
    brokers: [{ brokerName: "broker-x", addresses: [[0, broker.address]] }],
    topics: ["gone"],
  });
  const words = ["--topic", "gone", "-n", address];
  const bench = await cluster.run(
    ...["bench", "e2e", ...words, "--count", "5", "--drain", "50ms", "-o", "jsonl"],
  );
  const [report] = await checkedRows("bench e2e", bench.stdout);
  expect([bench.exitCode, report]).toMatchObject([
    10,
    { sent: 5, received: 0, lost: 5, thresholds: [{ name: "lost", value: 5, ok: false }] },
  ]);
  const check = await cluster.run("check", "e2e", ...words, "--crit", "100ms");
  expect([check.exitCode, check.stdout]).toEqual([
    2,
    "MQ E2E CRITICAL - gone: broker-x: the message (SEND_OK) did not come back within 100 ms\n",
  ]);
});
