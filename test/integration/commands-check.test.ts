/** `mq check …` and `mq cluster wait`: what monitoring and scripts go by. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { ownTopicName } from "../../cli/commands/check/own-topic.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import { type Finished, runMq } from "../support/mq-command.ts";
import { mqRows } from "../support/mq-rows.ts";
import { MqServer } from "../support/mq-server.ts";
import { tempFolder } from "../support/temp-folder.ts";

setDefaultTimeout(60_000);

let server: MqServer;
let environment: Readonly<Record<string, string>>;

beforeAll(async () => {
  server = await MqServer.start(
    [
      ...["standalone", "start", "--store", join(tempFolder(), "store")],
      ...["--listen", "127.0.0.1:0", "--nameserver-listen", "127.0.0.1:0"],
    ],
    {},
  );
  environment = { MQ_NAMESERVER: server.address("nameserver"), TZ: "UTC" };
  await mqRows("topic create", ["orders", "--queues", "2"], { environment });
  await mqRows("topic produce", ["orders", "-v", "one"], { environment });
  await mqRows("topic produce", ["orders", "-v", "two"], { environment });
  await mqRows("group create", ["billing"], { environment });
  await mqRows("group reset-offset", ["billing", "--topic", "orders", "--to", "start", "--yes"], {
    environment,
  });
});

afterAll(() => server.end("SIGKILL"));

const check = (...words: readonly string[]): Promise<Finished> =>
  runMq(["check", ...words], { environment });

test("check group says how far a group is behind, by the exit codes of monitoring", async () => {
  const fine = await check("group", "billing", "--lag-warn", "5");
  expect([fine.exitCode, fine.stderr]).toEqual([0, ""]);
  expect(fine.stdout).toMatch(
    /^MQ GROUP OK - billing: 2 behind, the oldest for \d+ s \| 'lag'=2;5 'age'=\d+s\n$/,
  );
  expect((await check("group", "billing", "--lag-warn", "1")).exitCode).toBe(1);
  expect((await check("group", "billing", "--lag-crit", "1")).exitCode).toBe(2);
  const lonely = await check("group", "billing", "--members-min", "1");
  expect([lonely.exitCode, lonely.stdout]).toEqual([2, expect.stringContaining("0 of 1 members")]);
  const quiet = await check("group", "billing", "-q");
  expect([quiet.exitCode, quiet.stdout, quiet.stderr]).toEqual([0, "", ""]);
  const unknown = await check("group", "nobody");
  expect([unknown.exitCode, unknown.stdout]).toEqual([
    3,
    "MQ GROUP UNKNOWN - nobody: group 'nobody' is not known\n",
  ]);
});

test("check prints JSON where it is asked for, and gauges for Prometheus", async () => {
  const [row] = await mqRows("check group", ["billing", "--lag-warn", "5", "-o", "jsonl"], {
    environment,
  });
  expect(row).toMatchObject({
    check: "group",
    status: "ok",
    figures: [{ name: "lag", value: 2, unit: "", warn: 5 }, { name: "age" }],
  });
  const gauges = await check("group", "billing", "--format", "prometheus");
  expect(gauges.stdout).toContain('mq_check_lag{check="group",subject="billing"} 2\n');
  const words = await check("group", "billing", "--format", "text");
  expect(words.stdout).toMatch(/^ok: billing: 2 behind/);
});

test("check topic wants a route, queues and messages that are not too old", async () => {
  const fine = await check("topic", "orders", "--queues-min", "2", "--silent-crit", "1h");
  expect([fine.exitCode, fine.stdout]).toEqual([
    0,
    expect.stringMatching(
      /^MQ TOPIC OK - orders: 2 queues to write, 2 to read, last message \d+ s/,
    ),
  ]);
  expect((await check("topic", "orders", "--queues-min", "3")).exitCode).toBe(2);
  expect((await check("topic", "nowhere")).exitCode).toBe(2);
});

test("check connection and check broker ask everybody", async () => {
  const connection = await check("connection");
  expect([connection.exitCode, connection.stdout]).toEqual([
    0,
    expect.stringContaining("1 nameservers and 1 brokers answer within"),
  ]);
  expect((await check("connection", "--crit", "0ms")).exitCode).toBe(2);
  const broker = await check("broker", "--disk-warn", "100", "--disk-crit", "100");
  expect([broker.exitCode, broker.stdout]).toEqual([
    0,
    expect.stringContaining("1 take sends and have room"),
  ]);
});

test("check dlq counts dead letters", async () => {
  const none = await check("dlq");
  expect([none.exitCode, none.stdout]).toEqual([
    0,
    "MQ DLQ OK - all groups: 0 dead letters | 'dead letters'=0;0\n",
  ]);
});

test("who cannot be asked is critical, or unknown where that is not the question", async () => {
  const nobody = { environment: { MQ_NAMESERVER: "127.0.0.1:9", MQ_TIMEOUT: "500ms" } };
  expect((await runMq(["check", "connection"], nobody)).exitCode).toBe(2);
  expect((await runMq(["check", "broker"], nobody)).exitCode).toBe(2);
  const group = await runMq(["check", "group", "billing"], nobody);
  expect([group.exitCode, group.stdout]).toEqual([
    3,
    expect.stringMatching(/^MQ GROUP UNKNOWN - billing: /),
  ]);
});

test("cluster wait ends when the cluster is there, and says what is missing when it is not", async () => {
  const [ready] = await mqRows("cluster wait", ["--topic", "orders"], { environment });
  expect(ready).toMatchObject({ brokers: 1 });
  const late = await runMq(["cluster", "wait", "--brokers", "2", "--within", "300ms"], {
    environment,
  });
  expect([late.exitCode, late.stderr]).toEqual([
    124,
    expect.stringContaining("knows 1 of 2 brokers"),
  ]);
  const nobody = { environment: { MQ_NAMESERVER: "127.0.0.1:9", MQ_TIMEOUT: "500ms" } };
  const words = ["cluster", "wait", "--within", "300ms"];
  expect((await runMq(words, nobody)).exitCode).toBe(124);
});

test("check nameserver wants answers, brokers, and that all name the same", async () => {
  const address = environment["MQ_NAMESERVER"];
  const fine = await check("nameserver", "--crit", "1h");
  expect([fine.exitCode, fine.stdout]).toEqual([
    0,
    expect.stringMatching(
      /^MQ NAMESERVER OK - \S+: 1 answer and know the same 1 brokers \| '\S+ answer'=[\d.]+s;;3600 '\S+ brokers'=1\n$/,
    ),
  ]);
  const few = await check("nameserver", "--brokers-min", "2");
  expect([few.exitCode, few.stdout]).toEqual([
    2,
    expect.stringContaining(`${address} knows 1 of 2 brokers`),
  ]);
  const half = await check("nameserver", "-n", `${address},127.0.0.1:9`);
  expect([half.exitCode, half.stdout]).toEqual([
    1,
    expect.stringContaining("127.0.0.1:9 does not answer"),
  ]);
  expect((await check("nameserver", "-n", "127.0.0.1:9")).exitCode).toBe(2);
  const [row] = await mqRows("check nameserver", ["-o", "jsonl"], { environment });
  expect(row).toMatchObject({ check: "nameserver", status: "ok", subject: address });
});

test("check disk holds brokers' disks and folders of this machine against bounds", async () => {
  const all = await check("disk", "--warn", "100", "--crit", "100");
  expect([all.exitCode, all.stdout]).toEqual([
    0,
    expect.stringMatching(
      /^MQ DISK OK - all brokers: [\d.]+ % used on broker-a, the fullest of 1 /,
    ),
  ]);
  const folder = tempFolder();
  const words = ["--folder", folder, "--warn", "100", "--crit", "100"];
  const own = await mqRows("check disk", [...words, "--sync-crit", "1h", "-o", "jsonl"], {
    environment,
  });
  expect(own).toMatchObject([
    {
      subject: folder,
      figures: [
        { name: "used", unit: "%" },
        { name: "sync", unit: "s" },
      ],
    },
  ]);
  expect((await check("disk", ...words, "--sync-crit", "0ms")).exitCode).toBe(2);
  expect((await check("disk", "--folder", join(folder, "nowhere"))).stderr).toContain("not there");
  expect((await check("disk", "--sync-warn", "1ms")).stderr).toContain("want --folder");
});

test("check e2e sends a message through a broker and reads it back, and leaves no topic", async () => {
  const running = createBunEnvironment({ level: "error", format: "text" });
  const nameAt = (ageMs: number): string =>
    ownTopicName({ ...running, clock: { nowMs: () => running.clock.nowMs() - ageMs } });
  await mqRows("topic create", [nameAt(60_000), "--queues", "1"], { environment });
  const before = await mqRows("topic list", ["--all"], { environment });
  // What a run that was killed left long ago goes with this one; the young one may still be used.
  await mqRows("topic create", [nameAt(7_200_000), "--queues", "1"], { environment });
  const [row] = await mqRows("check e2e", ["--warn", "20s", "--crit", "30s", "-o", "jsonl"], {
    environment,
  });
  expect(row).toMatchObject({
    check: "e2e",
    status: "ok",
    figures: [{ name: "e2e", server: "broker-a" }],
  });
  expect(await mqRows("topic list", ["--all"], { environment })).toEqual(before);
  const slow = await check("e2e", "--topic", "orders", "--warn", "0ms", "--crit", "30s");
  expect([slow.exitCode, slow.stdout]).toEqual([
    1,
    expect.stringMatching(/^MQ E2E WARNING - orders: through 1 brokers within \d+ ms \| 'broker-a/),
  ]);
  const gauges = await check("e2e", "--topic", "orders", "--format", "prometheus");
  expect(gauges.stdout).toContain(
    'mq_check_e2e_seconds{check="e2e",subject="orders",server="broker-a"} ',
  );
  expect((await check("e2e", "--topic", "nowhere")).exitCode).toBe(2);
});
