/** Flags of every command: the zone of times, tries to connect, how much is told. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { type CommandCluster, startCommandCluster } from "../support/command-cluster.ts";
import { mqWords, runMq } from "../support/mq-command.ts";
import { tempFolder } from "../support/temp-folder.ts";

setDefaultTimeout(60_000);

let cluster: CommandCluster;

beforeAll(async () => {
  cluster = await startCommandCluster();
});

afterAll(() => cluster.stop());

test("times are shown in the zone that was asked for", async () => {
  const started = async (...words: readonly string[]) =>
    String((await cluster.rows("cluster list", words))[0]?.["started"]);
  expect(await started("--tz", "Asia/Shanghai")).toMatch(/\+08:00$/);
  expect(await started("--tz", "+05:30")).toMatch(/\+05:30$/);
  expect(Date.parse(await started("--tz", "Asia/Shanghai"))).toBe(
    Date.parse(await started("--utc")),
  );
  expect(await cluster.failure("cluster", "list", "--tz", "Mars/Olympus")).toEqual([
    2,
    "MQ-E-USAGE",
  ]);
});

test("-v twice tells of each remote request", async () => {
  const once = await cluster.run("cluster", "list", "-v");
  expect(once.stderr).not.toContain("rpc ");
  const twice = await cluster.run("cluster", "list", "-vv");
  expect(twice.stderr).toMatch(/^rpc \S+ request 106 answer 0 [\d.]+ ms$/m);
});

test("a server that comes up meanwhile is found by a further try", async () => {
  // A port that is free now: the server that is started behind the command takes it.
  const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const at = `127.0.0.1:${probe.port}`;
  probe.stop(true);
  const alone = await runMq(["nameserver", "list", "-n", at]);
  expect(alone.exitCode).toBe(5);
  const asking = runMq(["cluster", "list", "-n", at, "--retries", "20", "--timeout", "1s"]);
  const server = Bun.spawn([...mqWords, "nameserver", "start", "--listen", at], {
    stdout: "ignore",
    stderr: "ignore",
  });
  try {
    expect((await asking).exitCode).toBe(0);
  } finally {
    server.kill("SIGTERM");
    await server.exited;
  }
});

test("a nameserver that is no address is a wrong word wherever it comes from, and nobody is asked", async () => {
  const XDG_CONFIG_HOME = tempFolder();
  const wrong = async (words: readonly string[], environment = {}) => {
    const done = await runMq(words, { environment: { XDG_CONFIG_HOME, ...environment } });
    return [done.exitCode, done.stderr.split("\n").slice(0, 2).join("\n")];
  };
  const said = [
    2,
    "error[MQ-E-USAGE]: nameserver 'ns1' is no HOST:PORT\nhint: its port is missing, 9876 unless somebody chose another: ns1:9876",
  ];
  expect(await wrong(["topic", "list", "-n", "ns1"])).toEqual(said);
  expect(await wrong(["topic", "list", "-n", "10.0.0.1:9876;ns1"])).toEqual(said);
  expect(await wrong(["topic", "list"], { MQ_NAMESERVER: "ns1" })).toEqual(said);
  expect(await wrong(["topic", "list"], { NAMESRV_ADDR: "ns1" })).toEqual(said);
  expect(await wrong(["shell", "-n", "ns1", "-e", "topic list"])).toEqual(said);
  expect(await wrong(["profile", "create", "one", "--at", "ns1"])).toEqual(said);
  expect(await wrong(["config", "set", "nameserver", "ns1"])).toEqual(said);
  expect((await runMq(["mqadmin", "topicList", "-n", "ns1"])).exitCode).toBe(2);
  expect((await wrong(["topic", "list", "-n", "ns1:port"]))[1]).toContain(
    "'ns1:port' is no HOST:PORT",
  );
  expect((await runMq(["topic", "list", "--help", "-n", "ns1"])).exitCode).toBe(0);
});
