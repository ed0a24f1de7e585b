/** Requests of operators and members with nonsense in them: answered, and nothing else happens. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { type RunningStandalone, startStandalone } from "../../src/app/standalone-app.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import type { Command } from "../../src/protocol/remoting/command.ts";
import { heartBeat } from "../../src/protocol/remoting/requests/member.ts";
import { updateConsumerOffset } from "../../src/protocol/remoting/requests/offset.ts";
import { pullMessage } from "../../src/protocol/remoting/requests/pull.ts";
import { lockBatchQueues } from "../../src/protocol/remoting/requests/queue-lock.ts";
import { sendMessageV2 } from "../../src/protocol/remoting/requests/send.ts";
import { updateTopic } from "../../src/protocol/remoting/requests/topic.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { WireClient } from "../support/wire-client.ts";

const environment = createBunEnvironment({ level: "error", format: "text" });
const mebi = 1024 * 1024;
let running: RunningStandalone;
let client: WireClient;

beforeAll(async () => {
  running = await startStandalone(environment, {
    storeFolder: tempFolder(),
    listen: { host: "127.0.0.1", port: 0 },
    nameserverListen: { host: "127.0.0.1", port: 0 },
    segmentBytes: 64 * mebi,
  });
  client = await WireClient.connect(environment, running.broker.address);
  await sendTo(client, "fine");
});

afterAll(async () => {
  client.close();
  await running.stop();
});

afterEach(async () => {
  expect((await sendTo(client, "fine")).code).toBe(0);
  expect(running.broker.stats().failures).toBe(0);
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

function sendTo(
  to: WireClient,
  topic: string,
  values: Partial<Parameters<typeof sendMessageV2.encode>[0]> = {},
  body = Buffer.from("body"),
): Promise<Command> {
  return to.call(sendMessageV2, { ...goodSend, topic, ...values }, { body });
}

describe("requests of operators and members with nonsense in them are answered", () => {
  test("topics that cannot be", async () => {
    const good = { topic: "t", readQueueCount: 4, writeQueueCount: 4, perm: 6 };
    for (const changes of [
      { readQueueCount: 0 },
      { writeQueueCount: -1 },
      { readQueueCount: 2 ** 31 - 1 },
      { perm: -1 },
      { perm: 99 },
      { topic: "a/b" },
      { topic: "TBW102" },
      { topic: "rmq_sys_x" },
    ]) {
      expect((await client.call(updateTopic, { ...good, ...changes })).code).toBe(29);
    }
    const reply = await client.call(updateTopic, { ...good, attributes: "no change" });
    expect(reply.code).toBe(1);
  });

  test("offsets that cannot be", async () => {
    const good = { consumerGroup: "cg", topic: "fine", queueId: 0, commitOffset: 0 };
    await client.call(pullMessage, {
      consumerGroup: "cg",
      topic: "fine",
      queueId: 0,
      queueOffset: 0,
      maxMsgNums: 1,
      sysFlag: 4,
      commitOffset: 0,
      suspendTimeoutMillis: 0,
      subVersion: "0",
    });
    for (const [changes, code] of [
      [{ consumerGroup: "unknown" }, 26],
      [{ topic: "unknown" }, 17],
      [{ queueId: -1 }, 29],
      [{ queueId: 4_096 }, 29],
      [{ queueId: undefined }, 29],
      [{ commitOffset: -1 }, 29],
      [{ commitOffset: undefined }, 29],
    ] as const) {
      expect((await client.call(updateConsumerOffset, { ...good, ...changes })).code).toBe(code);
    }
  });

  const consumer =
    '{"groupName":"g","consumeType":"CONSUME_PASSIVELY","messageModel":"CLUSTERING","consumeFromWhere":"CONSUME_FROM_FIRST_OFFSET"';
  const heartbeats: readonly (readonly [string, string, number])[] = [
    ["nothing", "", 1],
    ["no JSON", "hello", 1],
    ["a list", "[]", 1],
    ["no client id", "{}", 1],
    ["an empty client id", '{"clientID":""}', 29],
    ["a client id of 2 KiB", `{"clientID":"${"c".repeat(2_048)}"}`, 29],
    ["a member twice", '{"clientID":"a","clientID":"b"}', 1],
    ["__proto__ twice", '{"__proto__":{},"__proto__":{}}', 1],
    ["depth", `{"clientID":${"[".repeat(10_000)}`, 1],
    ["a consumer that is a number", '{"clientID":"a","consumerDataSet":[1]}', 1],
    [
      "an unknown consume type",
      '{"clientID":"a","consumerDataSet":[{"groupName":"g","consumeType":"X"}]}',
      1,
    ],
    [
      "an illegal group",
      `{"clientID":"a","consumerDataSet":[${consumer.replace('"g"', '"a b"')}}]}`,
      29,
    ],
    [
      "SQL",
      `{"clientID":"a","consumerDataSet":[${consumer},"subscriptionDataSet":[{"topic":"t","subString":"a>1","expressionType":"SQL92","subVersion":1}]}]}`,
      23,
    ],
    [
      "a version beyond int64",
      `{"clientID":"a","consumerDataSet":[${consumer},"subscriptionDataSet":[{"topic":"t","subVersion":99999999999999999999}]}]}`,
      1,
    ],
  ];
  for (const [title, body, code] of heartbeats) {
    test(`a heartbeat with ${title}`, async () => {
      const reply = await client.call(heartBeat, {}, { body: Buffer.from(body) });
      expect(reply.code).toBe(code);
    });
  }

  test("a heartbeat with __proto__ is refused and changes nothing", async () => {
    const body = Buffer.from('{"__proto__":{"polluted":true},"clientID":"proto"}');
    expect((await client.call(heartBeat, {}, { body })).code).toBe(1);
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });

  test("more locks than there are queues", async () => {
    const queue = '{"topic":"t","brokerName":"b","queueId":1}';
    const queues = Array.from({ length: 4_097 }, () => queue).join(",");
    const body = Buffer.from(`{"consumerGroup":"g","clientId":"c","mqSet":[${queues}]}`);
    expect((await client.call(lockBatchQueues, {}, { body })).code).toBe(1);
  });

  test("every code of RocketMQ's is answered, whatever is in it", async () => {
    for (let code = 0; code < 1_600; code++) {
      const reply = await client.request(code, [["topic", "fine"]], { body: Buffer.from("{}") });
      expect(reply.opaque).toBeNumber();
    }
  }, 60_000);
});
