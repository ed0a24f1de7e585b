/**
 * Many of everything on one broker: 5,000 connections, 1,000 topics of 8 queues, 1,000 groups. Each bound is a number:
 * what a connection and a member cost in memory, and answers that fit a frame.
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { limits } from "../../src/core/limits.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import { encodeHeartbeat } from "../../src/protocol/remoting/bodies/heartbeat.ts";
import { decodeTopicList } from "../../src/protocol/remoting/bodies/name-list.ts";
import { decodeTopicRoute } from "../../src/protocol/remoting/bodies/topic-route.ts";
import type { Command } from "../../src/protocol/remoting/command.ts";
import { getConsumerList, heartBeat } from "../../src/protocol/remoting/requests/member.ts";
import { pullMessage } from "../../src/protocol/remoting/requests/pull.ts";
import { getAllTopics, getRouteInfo } from "../../src/protocol/remoting/requests/route.ts";
import { sendMessageV2 } from "../../src/protocol/remoting/requests/send.ts";
import { updateTopic } from "../../src/protocol/remoting/requests/topic.ts";
import { type StandaloneProcess, startStandaloneProcess } from "../support/standalone-process.ts";
import { WireClient } from "../support/wire-client.ts";

setDefaultTimeout(180_000);

const connectionCount = 5_000;
const topicCount = 1_000;
const groupCount = 1_000;
const queueCount = 8;
const kibi = 1_024;
const connectionBytesMax = 16 * kibi;
/** With its subscription, its session and what a notification of its group takes. */
const memberBytesMax = 16 * kibi;
/** Of a pair of topic and broker, everywhere: its queues, its configuration, its route, its state. */
const topicBytesMax = 48 * kibi;

const environment = createBunEnvironment({ level: "error", format: "text" });
let server: StandaloneProcess;
let clients: WireClient[] = [];
let nameserver: WireClient;

beforeAll(async () => {
  server = await startStandaloneProcess("async");
  nameserver = await WireClient.connect(environment, server.nameserver);
  // What a first request loads is no cost of the thousands behind it.
  clients = await connectMany(1);
  await beatAll();
  await makeTopic("warm");
});

afterAll(async () => {
  nameserver.close();
  for (const client of clients) {
    client.close();
  }
  await server.stop();
});

async function connectMany(count: number): Promise<WireClient[]> {
  return await inSteps(count, () => WireClient.connect(environment, server.broker));
}

/** At most 100 at a time: a machine's queue of connections is not what is tested. */
async function inSteps<V>(count: number, work: (at: number) => Promise<V>): Promise<V[]> {
  const done: V[] = [];
  while (done.length < count) {
    const from = done.length;
    const some = Array.from({ length: Math.min(100, count - from) }, (_, at) => work(from + at));
    done.push(...(await Promise.all(some)));
  }
  return done;
}

function makeTopic(topic: string): Promise<Command> {
  return first().call(updateTopic, {
    topic,
    readQueueCount: queueCount,
    writeQueueCount: queueCount,
    perm: 6,
  });
}

function first(): WireClient {
  const [client] = clients;
  if (client === undefined) {
    throw new Error("nobody is connected");
  }
  return client;
}

const groupOf = (at: number): string => `group-${at % groupCount}`;
const topicOf = (at: number): string => `topic-${at % topicCount}`;

async function beatAll(): Promise<void> {
  const replies = await inSteps(clients.length, (at) => {
    const body = encodeHeartbeat({
      clientId: `127.0.0.1@${at}`,
      producerGroups: [`producers-${at % groupCount}`],
      fingerprint: 0,
      withoutSubscriptions: false,
      consumers: [
        {
          group: groupOf(at),
          consumeType: "CONSUME_PASSIVELY",
          messageModel: "CLUSTERING",
          consumeFromWhere: "CONSUME_FROM_FIRST_OFFSET",
          unitMode: false,
          subscriptions: [
            {
              topic: topicOf(at),
              expression: "*",
              expressionType: "TAG",
              classFilterMode: false,
              tags: [],
              tagHashes: [],
              subVersion: "1",
            },
          ],
        },
      ],
    });
    return (clients[at] ?? first()).call(heartBeat, {}, { body });
  });
  expect(replies.filter((reply) => reply.code !== 0)).toEqual([]);
}

test("5,000 idle connections cost at most 16 KiB each", async () => {
  const before = server.anonymousBytes();
  clients.push(...(await connectMany(connectionCount - clients.length)));
  expect((await makeTopic("warm")).code).toBe(0);
  expect(server.anonymousBytes() - before).toBeLessThan(connectionCount * connectionBytesMax);
  expect(clients.filter((client) => client.isClosed)).toEqual([]);
});

test("1,000 topics of 8 queues are made and routable, at most 48 KiB each", async () => {
  const before = server.anonymousBytes();
  const made = await inSteps(topicCount, (at) => makeTopic(topicOf(at)));
  expect(made.filter((reply) => reply.code !== 0)).toEqual([]);
  const routes = await inSteps(topicCount, (at) =>
    nameserver.call(getRouteInfo, { topic: topicOf(at) }),
  );
  for (const { source, bodyStart, bodyEnd } of routes) {
    expect(decodeTopicRoute(source, bodyStart, bodyEnd).queues[0]?.readQueueCount).toBe(queueCount);
    expect(bodyEnd - bodyStart).toBeLessThan(1 * kibi);
  }
  const { source, bodyStart, bodyEnd } = await nameserver.call(getAllTopics, {});
  expect(decodeTopicList(source, bodyStart, bodyEnd).length).toBeGreaterThan(topicCount);
  expect(bodyEnd - bodyStart).toBeLessThan(limits.frameBytesMax / 100);
  expect(server.anonymousBytes() - before).toBeLessThan(topicCount * topicBytesMax);
});

test("5,000 members of 1,000 groups cost at most 16 KiB each, with six heartbeats of each at most 32", async () => {
  const before = server.anonymousBytes();
  await beatAll();
  expect(server.anonymousBytes() - before).toBeLessThan(connectionCount * memberBytesMax);
  // What a heartbeat was read into is garbage; it comes and goes, and does not add up.
  for (let round = 0; round < 5; round++) {
    await beatAll();
    expect(server.anonymousBytes() - before).toBeLessThan(connectionCount * memberBytesMax * 2);
  }
  const lists = await inSteps(groupCount, (at) =>
    first().call(getConsumerList, { consumerGroup: groupOf(at) }),
  );
  for (const list of lists) {
    const text = list.source.toString("utf8", list.bodyStart, list.bodyEnd);
    expect(text.match(/@/g)?.length).toBe(connectionCount / groupCount);
  }
});

test("among all of them a message is sent and read as ever", async () => {
  const values = {
    producerGroup: "producers-1",
    topic: topicOf(7),
    defaultTopic: "TBW102",
    defaultTopicQueueNums: 4,
    queueId: 3,
    sysFlag: 0,
    bornTimestamp: "1700000000000",
    flag: 0,
  };
  const body = Buffer.from("one of many");
  const sender = clients.at(-1) ?? first();
  expect((await sender.call(sendMessageV2, values, { body })).code).toBe(0);
  const pulled = await (clients[7] ?? first()).call(pullMessage, {
    consumerGroup: groupOf(7),
    topic: topicOf(7),
    queueId: 3,
    queueOffset: 0,
    maxMsgNums: 32,
    sysFlag: 4,
    commitOffset: 0,
    suspendTimeoutMillis: 0,
    subscription: "*",
    subVersion: "0",
  });
  expect(pulled.code).toBe(0);
  expect(pulled.source.includes(body, pulled.bodyStart)).toBe(true);
  expect(clients.filter((client) => client.isClosed)).toEqual([]);
});
