/** Commands that run servers: how they start, are found, stop, and what they refuse. */
import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runMq } from "../support/mq-command.ts";
import { mqRows } from "../support/mq-rows.ts";
import { MqServer } from "../support/mq-server.ts";
import { tempFolder } from "../support/temp-folder.ts";

setDefaultTimeout(60_000);

const anyPorts = ["--listen", "127.0.0.1:0", "--nameserver-listen", "127.0.0.1:0"];

let folder: string;
let environment: Record<string, string>;
let servers: MqServer[] = [];

beforeEach(() => {
  folder = tempFolder();
  environment = {
    MQ_STORE: join(folder, "store"),
    XDG_STATE_HOME: join(folder, "state"),
    TMPDIR: folder,
  };
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.end("SIGKILL")));
  servers = [];
});

async function start(...words: readonly string[]): Promise<MqServer> {
  const server = await MqServer.start(words, environment);
  servers.push(server);
  return server;
}

async function mq(...words: readonly string[]) {
  const { exitCode, stdout, stderr } = await runMq(words, { environment });
  return { exitCode, stdout, error: /^error\[([A-Z-]+)\]/m.exec(stderr)?.[1], stderr };
}

describe("standalone", () => {
  test("says where it listens and what to type, is found by its store, and stops with 0", async () => {
    const server = await start("standalone", "start", ...anyPorts);
    const nameserver = server.address("nameserver");
    expect(server.said).toContain(`mq topic produce orders -v hello -n ${nameserver}`);
    expect(server.printed).toBe("");
    expect(await mqRows("standalone status", [], { environment })).toEqual([
      {
        running: true,
        kind: "standalone",
        pid: server.pid,
        broker: server.address("broker"),
        nameserver,
        store: environment["MQ_STORE"],
      },
    ]);
    expect(await mq("standalone", "stop")).toMatchObject({ exitCode: 0, stdout: "" });
    expect(await server.ended()).toBe(0);
    expect(await mq("standalone", "status")).toMatchObject({ exitCode: 3 });
    expect(await mq("standalone", "stop")).toMatchObject({ exitCode: 3, error: "MQ-E-NOTRUNNING" });
  });

  test("what was acknowledged is there after a stop and after a kill", async () => {
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      const server = await start("standalone", "start", ...anyPorts);
      const where = { environment: { MQ_NAMESERVER: server.address("nameserver") } };
      await mqRows("topic produce", ["orders", "-v", signal], where);
      await server.end(signal);
    }
    const server = await start("standalone", "start", ...anyPorts);
    const read = await mqRows("topic tail", ["orders"], {
      environment: { MQ_NAMESERVER: server.address("nameserver") },
    });
    expect(read.map(({ body }) => body)).toEqual(["SIGTERM", "SIGKILL"]);
  });

  test("a store has one broker at a time", async () => {
    const server = await start("standalone", "start", ...anyPorts);
    const second = await mq("standalone", "start", ...anyPorts);
    expect([second.exitCode, second.stderr]).toEqual([1, expect.stringContaining("in use")]);
    expect(await server.end()).toBe(0);
  });

  test("beyond this machine it listens only when that was said, and with an address for clients", async () => {
    const refused = await mq("standalone", "start", "--listen", "0.0.0.0:0");
    expect([refused.exitCode, refused.stderr]).toEqual([
      2,
      expect.stringContaining("--insecure-listen"),
    ]);
    const nowhere = await mq(
      ...["standalone", "start", "--listen", "0.0.0.0:0", "--insecure-listen"],
      ...["--nameserver-listen", "127.0.0.1:0"],
    );
    expect([nowhere.exitCode, nowhere.stderr]).toEqual([2, expect.stringContaining("--advertise")]);
  });
});

describe("settings", () => {
  test("broker.conf and TOML are read with RocketMQ's names; --set and flags weigh more", async () => {
    writeFileSync(
      join(folder, "broker.conf"),
      "# as it is shipped\nbrokerClusterName = TestCluster\nbrokerName=broker-x\nbrokerId=0\ndeleteWhen=04\nfileReservedTime=48\nbrokerRole=ASYNC_MASTER\nflushDiskType=ASYNC_FLUSH\n",
    );
    writeFileSync(
      join(folder, "broker.toml"),
      'brokerClusterName = "TestCluster"\nbroker-name = "broker-y"\nsegment-bytes = 65536\n',
    );
    const wanted = [
      ["broker.conf", [], "broker-x", "async"],
      ["broker.conf", ["--set", "brokerName=broker-z", "--flush", "sync"], "broker-z", "sync"],
      ["broker.toml", [], "broker-y", "sync"],
    ] as const;
    for (const [file, words, brokerName, flush] of wanted) {
      const path = join(folder, file);
      const server = await start("standalone", "start", ...anyPorts, "-c", path, ...words);
      expect(server.said).toContain(`flush ${flush}`);
      expect(server.said.includes("deleteWhen has no effect")).toBe(file === "broker.conf");
      const where = { environment: { MQ_NAMESERVER: server.address("nameserver") } };
      const [made] = await mqRows(
        "topic create",
        ["t", "--cluster", "TestCluster", "--if-not-exists"],
        where,
      );
      expect(made).toMatchObject({ broker: brokerName });
      expect(await server.end()).toBe(0);
    }
  });

  test("what nobody knows is an error that names what was meant", async () => {
    const start = ["standalone", "start", ...anyPorts];
    const misspelt = await mq(...start, "--set", "flushDiskTipe=SYNC_FLUSH");
    expect([misspelt.exitCode, misspelt.stderr]).toEqual([
      2,
      expect.stringContaining("did you mean flushDiskType?"),
    ]);
    for (const words of [
      ["--set", "listenPort=port"],
      ["--set", "brokerId=1"],
      ["--set", "nothing"],
      ["--flush", "maybe"],
      ["-c", join(folder, "missing.conf")],
      ["--listen", "nowhere"],
    ]) {
      expect([words, (await mq(...start, ...words)).exitCode]).toEqual([words, 2]);
    }
    expect(existsSync(environment["MQ_STORE"] ?? "")).toBe(false);
  });
});

test("nameserver and broker run apart, and find each other", async () => {
  const nameserver = await start("nameserver", "start", "--listen", "127.0.0.1:0");
  const address = nameserver.address("nameserver");
  const broker = await start("broker", "start", "-n", address, "--listen", "127.0.0.1:0");
  const where = { environment: { ...environment, MQ_NAMESERVER: address } };
  await mqRows("topic create", ["orders", "--queues", "2"], where);
  await mqRows("topic produce", ["orders", "-v", "hello"], where);
  expect(await mqRows("broker status", [], where)).toMatchObject([
    { running: true, kind: "broker", pid: broker.pid },
  ]);
  expect(await mqRows("nameserver status", ["--listen", address], where)).toEqual([
    expect.objectContaining({ running: true, pid: nameserver.pid }),
  ]);
  expect(await mq("broker", "stop")).toMatchObject({ exitCode: 0 });
  expect(await broker.ended()).toBe(0);
  // The broker signed off: its topic has no route any more.
  const gone = await runMq(["topic", "describe", "orders"], where);
  expect(gone.exitCode).toBe(3);
  expect(await mq("nameserver", "stop", "--listen", address)).toMatchObject({ exitCode: 0 });
  expect(await nameserver.ended()).toBe(0);
  expect(await mq("nameserver", "status", "--listen", address)).toMatchObject({ exitCode: 3 });
});

describe("dev", () => {
  test("runs a command against a broker of its own, returns its exit code, and leaves nothing", async () => {
    const ran = await mq(
      ...["dev", "--port", "0", "--topic", "orders:3", "--", "sh", "-c"],
      `${process.execPath} ${join(import.meta.dir, "../../cli/main.ts")} topic list && exit 7`,
    );
    expect([ran.exitCode, JSON.parse(ran.stdout)]).toEqual([
      7,
      { name: "orders", queues: 3, perm: "rw", brokers: ["broker-a"] },
    ]);
    const store = /store (\/\S+)/.exec(ran.stderr)?.[1] ?? "";
    expect([store.startsWith(folder), existsSync(store)]).toEqual([true, false]);
  });

  test("prints its environment, last that it is ready, and stays", async () => {
    const server = await MqServer.start(
      ["dev", "--port", "0", "--print-env"],
      environment,
      "READY",
    );
    servers.push(server);
    const lines = server.printed.trim().split("\n");
    expect(lines.map((line) => line.split("=")[0])).toEqual([
      "MQ_NAMESERVER",
      "MQ_STORE",
      "MQ_PID",
      "MQ_READY",
    ]);
    expect(lines[2]).toBe(`MQ_PID=${server.pid}`);
    const [, nameserver = ""] = (lines[0] ?? "").split("=");
    const made = await mqRows("topic produce", ["any", "-v", "x"], {
      environment: { MQ_NAMESERVER: nameserver },
    });
    expect(made).toMatchObject([{ status: "SEND_OK" }]);
    expect(await server.end("SIGINT")).toBe(0);
  });

  test("--detach returns when it is ready, and the store stops it", async () => {
    const started = await mq("dev", "--port", "0", "--detach", "--print-env");
    expect([started.exitCode, started.stdout]).toEqual([0, expect.stringMatching(/MQ_READY=1\n$/)]);
    const store = /^MQ_STORE=(.*)$/m.exec(started.stdout)?.[1] ?? "";
    expect(await mq("standalone", "stop", "--store", store)).toMatchObject({ exitCode: 0 });
    expect(existsSync(store)).toBe(false);
  });

  test("a topic that cannot be is a usage error, and nothing stays behind", async () => {
    const ran = await mq("dev", "--port", "0", "--topic", "orders:many");
    expect(ran.exitCode).toBe(2);
    expect(existsSync(/store (\/\S+)/.exec(ran.stderr)?.[1] ?? folder)).toBe(false);
  });
});
