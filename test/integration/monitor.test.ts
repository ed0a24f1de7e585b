/** `mq monitor`: what is shown of a broker's requests, what never is, and that nobody pays for it who does not look. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { type Client, createClient } from "../../src/client/index.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import { connectTo } from "../support/group-member.ts";
import { MqOnTerminal, runMq } from "../support/mq-command.ts";
import { checkedRows } from "../support/mq-rows.ts";
import { MqServer } from "../support/mq-server.ts";
import { tempFolder } from "../support/temp-folder.ts";

setDefaultTimeout(60_000);

const store = tempFolder();
const ports = ["--listen", "127.0.0.1:0", "--nameserver-listen", "127.0.0.1:0"];
let server: MqServer;
let client: Client;
let http: string;

beforeAll(async () => {
  server = await MqServer.start(
    ["standalone", "start", "--store", store, ...ports, "--http", "127.0.0.1:0", "--http-monitor"],
    {},
  );
  http = server.address("http");
  client = createClient(createBunEnvironment({ level: "error", format: "text" }), {
    nameservers: [server.address("nameserver")],
  });
  await send("orders");
});

afterAll(async () => {
  await client.close();
  await server.end("SIGKILL");
});

async function send(topic: string): Promise<void> {
  await client.producer.send({
    topic,
    body: Buffer.from("a body that nobody may see"),
    properties: new Map([["colour", "a property that nobody may see"]]),
  });
}

/** Runs the command and sends until it has seen enough. */
async function watching(...words: readonly string[]) {
  let isDone = false;
  const running = runMq(["monitor", ...words]).finally(() => {
    isDone = true;
  });
  while (!isDone) {
    await send("orders");
    await send("payments");
  }
  return await running;
}

test("requests are shown with who asks what, of which topic", async () => {
  const done = await watching(http, "--count", "3", "--topic", "orders", "-o", "jsonl");
  const rows = await checkedRows("monitor", done.stdout);
  expect([done.exitCode, rows.length]).toEqual([0, 3]);
  for (const row of rows) {
    expect(row).toMatchObject({
      ...{ code: 310, request: "SEND_MESSAGE_V2", topic: "orders", group: "mq-client" },
      ...{ language: "JAVA", version: "V5_3_3", oneway: false, bodyBytes: 26 },
      peer: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    });
  }
  expect(done.stderr).toStartWith("3 shown");
  const text = await watching("--store", store, "--count", "1", "-o", "table");
  expect(text.stdout).toMatch(
    /^\d\d:\d\d:\d\d\.\d{3} 127\.0\.0\.1:\d+ SEND_MESSAGE_V2 (orders|payments) q\d \(mq-client\) \d+ B JAVA V5_3_3\n$/,
  );
});

test("a sample leaves out and says how many", async () => {
  const done = await watching(
    http,
    "--count",
    "4",
    "--sample",
    "5",
    "--request",
    "send_message_v2",
  );
  expect(done.exitCode).toBe(0);
  expect(done.stderr).toMatch(/^4 shown, [\d,]+ more that match not shown\n$/);
});

test("no secret, no property and no body is ever shown", async () => {
  const feed = await fetch(`http://${http}/monitor?code=310&code=14`);
  const reader = feed.body?.getReader();
  const wire = await connectTo(server.address("broker"));
  for (const code of [14, 310]) {
    await wire.request(code, [
      ["AccessKey", "access-key-of-somebody"],
      ["SecretKey", "secret-key-of-somebody"],
      ["Signature", "signature-of-somebody"],
      ["SecurityToken", "token-of-somebody"],
      ["i", "property-of-somebody"],
      ["consumerGroup", "billing"],
      ["topic", "orders"],
      ["queueId", "0"],
    ]);
  }
  let text = "";
  while (!text.includes('"code":14') || !text.includes('"code":310')) {
    const { value, done } = (await reader?.read()) ?? { done: true };
    expect(done).toBe(false);
    text += new TextDecoder().decode(value);
  }
  await reader?.cancel();
  wire.close();
  expect(text).toContain('"group":"billing"');
  expect(text).not.toContain("somebody");
  expect(text).not.toContain("nobody may see");
});

test("so many may watch, and whoever leaves makes room", async () => {
  for (let round = 0; round < 2; round++) {
    const open = await fourWatching();
    const refused = await runMq(["monitor", http, "--count", "1"]);
    expect([refused.exitCode, refused.stdout]).toEqual([1, ""]);
    expect(refused.stderr).toContain("4 watch already");
    await leave(open);
  }
  // The tests behind find room again.
  await until(async () => {
    const probe = await fetch(`http://${http}/monitor`);
    await leave([probe]);
    return probe.status === 200;
  });
});

/** Once those that watched before have gone. */
async function fourWatching(): Promise<readonly Response[]> {
  let open: readonly Response[] = [];
  await until(async () => {
    await leave(open);
    open = await Promise.all(Array.from({ length: 4 }, () => fetch(`http://${http}/monitor`)));
    return open.every(({ status }) => status === 200);
  });
  return open;
}

async function leave(open: readonly Response[]): Promise<void> {
  await Promise.all(open.map(({ body }) => body?.cancel()));
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 10_000;
  while (!(await isSo())) {
    expect(performance.now()).toBeLessThan(endMs);
  }
}

test("Ctrl-C ends it; a broker that stops ends it with an error", async () => {
  const terminal = new MqOnTerminal(["monitor", http]);
  const stop = setInterval(() => void send("orders").catch(() => undefined), 20);
  await terminal.until("SEND_MESSAGE_V2");
  clearInterval(stop);
  terminal.type("\u0003");
  expect(await terminal.exited).toBe(130);
  await terminal.close();
  const other = await MqServer.start(
    [
      ...["standalone", "start", "--store", tempFolder(), ...ports],
      ...["--http", "127.0.0.1:0", "--http-monitor"],
    ],
    {},
  );
  const second = new MqOnTerminal(["monitor", other.address("http")]);
  const asking = createClient(createBunEnvironment({ level: "error", format: "text" }), {
    nameservers: [other.address("nameserver")],
  });
  const ask = setInterval(
    () => void asking.admin.cluster.ping(other.address("broker"), "broker").catch(() => undefined),
    20,
  );
  await second.until("GET_MAX_OFFSET");
  clearInterval(ask);
  await asking.close();
  await other.end("SIGKILL");
  expect(await second.exited).toBe(5);
  expect(second.screen).toContain("MQ-E-UNREACHABLE");
  await second.close();
});

test("it is off by default, and everything that is no feed is told apart", async () => {
  const plain = await MqServer.start(
    ["standalone", "start", "--store", tempFolder(), ...ports, "--http", "127.0.0.1:0"],
    {},
  );
  const off = await runMq(["monitor", plain.address("http")]);
  expect([off.exitCode, off.stdout]).toEqual([1, ""]);
  expect(off.stderr).toContain("error[MQ-E-UNSUPPORTED]");
  expect(off.stderr).toContain("RocketMQ's brokers have no such thing");
  const remoting = await runMq(["monitor", plain.address("broker"), "--timeout", "200ms"]);
  expect([remoting.exitCode, remoting.stdout]).toEqual([5, ""]);
  await plain.end("SIGKILL");
  expect((await runMq(["monitor", http, "--request", "NOTHING"])).exitCode).toBe(2);
  expect((await runMq(["monitor", "--store", tempFolder()])).exitCode).toBe(2);
  const alone = await runMq(["standalone", "start", "--store", tempFolder(), "--http-monitor"]);
  expect([alone.exitCode, alone.stderr]).toEqual([
    2,
    expect.stringContaining("--http-monitor wants --http"),
  ]);
  for (const query of ["every=0", "every=x", "code=NOTHING", "colour=red"]) {
    expect((await fetch(`http://${http}/monitor?${query}`)).status).toBe(400);
  }
  expect((await fetch(`http://${http}/monitor`, { method: "HEAD" })).status).toBe(200);
});
