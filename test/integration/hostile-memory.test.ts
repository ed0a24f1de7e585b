/**
 * What strangers may cost: the memory of a nameserver and broker in a process of their own, seen from outside while
 * strangers connect, declare, send and do not read. Each bound is a number, and a client that behaves is served
 * during all of it.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { limits } from "../../src/core/limits.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import { type Command, encodeCommand } from "../../src/protocol/remoting/command.ts";
import { pullMessage } from "../../src/protocol/remoting/requests/pull.ts";
import { sendMessageV2 } from "../../src/protocol/remoting/requests/send.ts";
import { type StandaloneProcess, startStandaloneProcess } from "../support/standalone-process.ts";
import { WireClient } from "../support/wire-client.ts";

const environment = createBunEnvironment({ level: "error", format: "text" });
const mebi = 1024 * 1024;
let server: StandaloneProcess;
let client: WireClient;

beforeAll(async () => {
  server = await startStandaloneProcess("async");
  client = await WireClient.connect(environment, server.broker);
  for (let index = 0; index < 100; index++) {
    expect((await send(client)).code).toBe(0);
  }
});

afterAll(async () => {
  client.close();
  await server.stop();
});

const goodSend = {
  producerGroup: "pg",
  topic: "fine",
  defaultTopic: "TBW102",
  defaultTopicQueueNums: 4,
  queueId: 0,
  sysFlag: 0,
  bornTimestamp: "1700000000000",
  flag: 0,
};

function send(from: WireClient, body = Buffer.from("body"), queueId = 0): Promise<Command> {
  return from.call(sendMessageV2, { ...goodSend, queueId }, { body });
}

async function connectMany(count: number): Promise<WireClient[]> {
  const clients: WireClient[] = [];
  while (clients.length < count) {
    const some = Array.from({ length: Math.min(50, count - clients.length) }, () =>
      WireClient.connect(environment, server.broker),
    );
    clients.push(...(await Promise.all(some)));
  }
  return clients;
}

async function closeAll(clients: readonly WireClient[]): Promise<void> {
  for (const one of clients) {
    one.close();
  }
  // The server has noticed once a client that came later is answered.
  expect((await send(client)).code).toBe(0);
}

test("1,000 idle connections cost at most 64 MiB", async () => {
  const before = server.anonymousBytes();
  const idle = await connectMany(1_000);
  expect((await send(client)).code).toBe(0);
  expect((await send(idle[999] as WireClient)).code).toBe(0);
  const costBytes = server.anonymousBytes() - before;
  expect(costBytes).toBeLessThan(64 * mebi);
  expect(idle.filter((one) => one.isClosed)).toEqual([]);
  await closeAll(idle);
}, 30_000);

test("200 strangers that declare 16 MiB and send a byte at a time cost at most 16 MiB", async () => {
  const before = server.anonymousBytes();
  const strangers = await connectMany(200);
  const declared = Buffer.alloc(4);
  declared.writeInt32BE(limits.frameBytesMax, 0);
  const byte = Buffer.from([0]);
  for (const stranger of strangers) {
    stranger.raw(declared);
  }
  for (let round = 0; round < 50; round++) {
    for (const stranger of strangers) {
      stranger.raw(byte);
    }
    expect((await send(client)).code).toBe(0);
  }
  expect(server.anonymousBytes() - before).toBeLessThan(16 * mebi);
  await closeAll(strangers);
}, 30_000);

test("32 bodies of 4 MiB at once cost at most 512 MiB, the collector's leftovers included, and all are answered", async () => {
  const before = server.anonymousBytes();
  const senders = await connectMany(32);
  const whole = encodeCommand({
    code: sendMessageV2.code,
    opaque: 1,
    flag: 0,
    fields: sendMessageV2.encode(goodSend),
    serializeType: 0,
    body: Buffer.alloc(4 * mebi),
  });
  const cut = whole.length - 1;
  let peakBytes = 0;
  for (const sender of senders) {
    sender.raw(whole.subarray(0, cut));
  }
  for (const sender of senders) {
    // Everything but the last byte is on its way; the server holds it once the client's kernel has none left.
    while (sender.unsentBytes > 0) {
      expect((await send(client)).code).toBe(0);
      peakBytes = Math.max(peakBytes, server.anonymousBytes());
    }
  }
  for (const sender of senders) {
    sender.raw(whole.subarray(cut));
  }
  for (const sender of senders) {
    const reply = await sender.until(() => sender.strays[0], "an answer");
    expect([0, 2]).toContain(reply.code);
    peakBytes = Math.max(peakBytes, server.anonymousBytes());
  }
  expect(peakBytes - before).toBeLessThan(512 * mebi);
  await closeAll(senders);
}, 60_000);

test("a client that pulls 128 MiB and reads nothing costs at most 64 MiB, and gets all in the end", async () => {
  for (let index = 0; index < 8; index++) {
    expect((await send(client, Buffer.alloc(256 * 1024), 1)).code).toBe(0);
  }
  const before = server.anonymousBytes();
  const lazy = await WireClient.connect(environment, server.broker);
  lazy.connection.pause();
  const pulls = 512;
  for (let index = 0; index < pulls; index++) {
    lazy.frame(
      pullMessage.code,
      pullMessage.encode({
        consumerGroup: "cg",
        topic: "fine",
        queueId: 1,
        queueOffset: index % 8,
        maxMsgNums: 1,
        sysFlag: 4,
        commitOffset: 0,
        suspendTimeoutMillis: 0,
        subVersion: "0",
      }),
    );
  }
  for (let index = 0; index < 200; index++) {
    expect((await send(client)).code).toBe(0);
  }
  expect(server.anonymousBytes() - before).toBeLessThan(64 * mebi);
  lazy.connection.resume();
  await lazy.until(() => (lazy.strays.length === pulls ? true : undefined), "all answers");
  expect(lazy.strays.filter((reply) => reply.code !== 0)).toEqual([]);
  expect(lazy.receivedBytes).toBeGreaterThan(pulls * 256 * 1024);
  lazy.close();
}, 60_000);
