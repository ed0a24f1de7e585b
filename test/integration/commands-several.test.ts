/** `mq standalone start --brokers N`: brokers in processes of their own that start, serve and end together. */
import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runMq } from "../support/mq-command.ts";
import { mqRows } from "../support/mq-rows.ts";
import { MqServer } from "../support/mq-server.ts";
import { tempFolder } from "../support/temp-folder.ts";

setDefaultTimeout(60_000);

const anyPorts = ["--listen", "127.0.0.1:0", "--nameserver-listen", "127.0.0.1:0"];

let store: string;
let servers: MqServer[] = [];

beforeEach(() => {
  store = join(tempFolder(), "store");
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.end("SIGKILL")));
  servers = [];
});

async function start(...words: readonly string[]): Promise<MqServer> {
  const server = await MqServer.start(
    ["standalone", "start", "--store", store, ...anyPorts, ...words],
    {},
  );
  servers.push(server);
  return server;
}

/** Ends by itself: its exit code and what it said. */
async function startInVain(...words: readonly string[]) {
  const { exitCode, stderr } = await runMq([
    "standalone",
    "start",
    "--store",
    store,
    ...anyPorts,
    ...words,
  ]);
  return { exitCode, stderr };
}

/** The process of a broker, as its store says: a moment after it registered. */
async function pidOf(broker: string): Promise<number> {
  const path = join(store, broker, "mq/process.json");
  while (!existsSync(path) || !readFileSync(path, "utf8").endsWith("\n")) {
    await Bun.sleep(10);
  }
  const record: unknown = JSON.parse(readFileSync(path, "utf8"));
  return typeof record === "object" && record !== null && "pid" in record ? Number(record.pid) : 0;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function gone(pid: number): Promise<void> {
  while (isRunning(pid)) {
    await Bun.sleep(10);
  }
}

describe("two brokers", () => {
  test("are both in the routes when it says that it is ready, and serve one topic together", async () => {
    const server = await start("--brokers", "2");
    const environment = { MQ_NAMESERVER: server.address("nameserver") };
    expect(server.said).toMatch(/broker-a 127\.0\.0\.1:\d+, broker-b 127\.0\.0\.1:\d+/);
    await mqRows("topic create", ["orders", "--queues", "2"], { environment });
    for (let at = 0; at < 4; at++) {
      await mqRows("topic produce", ["orders", "-v", `m${at}`], { environment });
    }
    const queues = await mqRows("topic describe", ["orders"], { environment });
    expect(new Set(queues.map(({ broker }) => broker))).toEqual(new Set(["broker-a", "broker-b"]));
    expect(await pidOf("broker-b")).not.toBe(server.pid);
    const read = await mqRows("topic tail", ["orders", "--offset", "start"], { environment });
    expect(read.map(({ body }) => body).sort()).toEqual(["m0", "m1", "m2", "m3"]);
  });

  test("end together on SIGTERM with 0, and their messages are there at the next start", async () => {
    const first = await start("--brokers", "2");
    const environment = { MQ_NAMESERVER: first.address("nameserver") };
    await mqRows("topic create", ["orders", "--queues", "1"], { environment });
    for (let at = 0; at < 4; at++) {
      await mqRows("topic produce", ["orders", "-v", `m${at}`], { environment });
    }
    const child = await pidOf("broker-b");
    expect(await first.end("SIGTERM")).toBe(0);
    expect(isRunning(child)).toBe(false);
    expect(existsSync(join(store, "broker-b/mq/process.json"))).toBe(false);
    expect(existsSync(join(store, "mq/process.json"))).toBe(false);
    const second = await start("--brokers", "2");
    const read = await mqRows("topic tail", ["orders", "--offset", "start"], {
      environment: { MQ_NAMESERVER: second.address("nameserver") },
    });
    expect(read.map(({ body }) => body).sort()).toEqual(["m0", "m1", "m2", "m3"]);
  });

  test("are found and stopped by their common folder, which is held like a store", async () => {
    const server = await start("--brokers", "2");
    const status = await mqRows("standalone status", ["--store", store]);
    expect(status).toMatchObject([{ running: true, pid: server.pid }]);
    const again = await startInVain("--brokers", "2");
    expect(again.exitCode).toBe(6);
    expect(again.stderr).toContain("is in use by another process");
    expect((await runMq(["standalone", "stop", "--store", store])).exitCode).toBe(0);
    expect(await server.ended()).toBe(0);
  });

  test("answer probes each at an address of its own", async () => {
    const server = await start("--brokers", "2", "--http", "127.0.0.1:0");
    const ours = await fetch(`http://${server.address("http")}/readyz`);
    expect(ours.status).toBe(200);
    await pidOf("broker-b");
    const record: unknown = JSON.parse(
      readFileSync(join(store, "broker-b/mq/process.json"), "utf8"),
    );
    expect(record).toMatchObject({ http: expect.stringMatching(/^127\.0\.0\.1:\d+$/) });
    expect(await server.end()).toBe(0);
  });

  test("end together when one of them dies, with its name and a code that is not 0", async () => {
    const server = await start("--brokers", "3");
    const others = [await pidOf("broker-b"), await pidOf("broker-c")];
    process.kill(others[0] ?? 0, "SIGKILL");
    expect(await server.ended()).toBe(1);
    expect(server.said).toContain("broker-b (process ");
    expect(server.said).toContain("the others were stopped with it");
    expect(others.filter(isRunning)).toEqual([]);
  });

  test("leave nothing behind when the supervisor is killed", async () => {
    const server = await start("--brokers", "2");
    const child = await pidOf("broker-b");
    await server.end("SIGKILL");
    await gone(child);
    // It stopped as it should: its record is gone, and its store may be opened.
    expect(existsSync(join(store, "broker-b/mq/process.json"))).toBe(false);
    expect(await (await start("--brokers", "2")).end()).toBe(0);
  });

  test("do not start when one of them cannot, and what it said is shown", async () => {
    const other = await start("--brokers", "2");
    const port = Number(other.address("broker-b").split(":")[1]);
    store = join(tempFolder(), "other");
    const listen = ["--listen", `127.0.0.1:${port - 10}`];
    const failed = await startInVain("--brokers", "2", ...listen);
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toContain(`127.0.0.1:${port}`);
    expect(failed.stderr).toContain("broker-b (process ");
  });
});

describe("a folder", () => {
  test("with one broker's store is not used for several, nor the other way round", async () => {
    mkdirSync(join(store, "commitlog"), { recursive: true });
    const several = await startInVain("--brokers", "2");
    expect(several.exitCode).toBe(6);
    expect(several.stderr).toContain("holds the store of one broker");
    store = join(tempFolder(), "cluster");
    mkdirSync(join(store, "broker-b/commitlog"), { recursive: true });
    const single = await startInVain();
    expect(single.exitCode).toBe(6);
    expect(single.stderr).toContain("start it with --brokers 2");
    const broker = await runMq(["broker", "start", "--store", store, "--listen", "127.0.0.1:0"]);
    expect(broker.exitCode).toBe(6);
  });

  test("with more stores than brokers is not used: their messages would be gone", async () => {
    mkdirSync(join(store, "broker-c/commitlog"), { recursive: true });
    const fewer = await startInVain("--brokers", "2");
    expect(fewer.exitCode).toBe(6);
    expect(fewer.stderr).toContain("start it with --brokers 3");
  });

  test("of several has names of its own: brokerName is refused", async () => {
    const named = await startInVain("--brokers", "2", "--set", "brokerName=x");
    expect(named.exitCode).toBe(2);
  });
});
