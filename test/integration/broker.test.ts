/** The path through nameserver and broker over real sockets and a real disk: route, heartbeat, send, pull. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type RunningStandalone, startStandalone } from "../../src/app/standalone-app.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import { decodeConsumerList } from "../../src/protocol/remoting/bodies/consumer-list.ts";
import { encodeHeartbeat } from "../../src/protocol/remoting/bodies/heartbeat.ts";
import { decodeTopicRoute } from "../../src/protocol/remoting/bodies/topic-route.ts";
import type { Command, SerializeType } from "../../src/protocol/remoting/command.ts";
import { getConsumerList, heartBeat } from "../../src/protocol/remoting/requests/member.ts";
import { pullMessage } from "../../src/protocol/remoting/requests/pull.ts";
import { getRouteInfo } from "../../src/protocol/remoting/requests/route.ts";
import { sendMessageV2 } from "../../src/protocol/remoting/requests/send.ts";
import { decodeRecord } from "../../src/record/decode.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { WireClient } from "../support/wire-client.ts";

const environment = createBunEnvironment({ level: "error", format: "text" });
let running: RunningStandalone;
let nameserver: WireClient;
let broker: WireClient;

beforeAll(async () => {
  running = await startStandalone(environment, {
    storeFolder: tempFolder(),
    listen: { host: "127.0.0.1", port: 0 },
    nameserverListen: { host: "127.0.0.1", port: 0 },
    segmentBytes: 16 * 1024 * 1024,
  });
  nameserver = await WireClient.connect(environment, running.nameserver.address);
  broker = await WireClient.connect(environment, running.broker.address);
});

afterAll(async () => {
  nameserver.close();
  broker.close();
  await running.stop();
});

function send(
  topic: string,
  body: string,
  options: { queueId?: number; properties?: string; serializeType?: SerializeType } = {},
): Promise<Command> {
  return broker.call(
    sendMessageV2,
    {
      producerGroup: "pg",
      topic,
      defaultTopic: "TBW102",
      defaultTopicQueueNums: 4,
      queueId: options.queueId ?? 0,
      sysFlag: 0,
      bornTimestamp: "1700000000000",
      flag: 0,
      properties: options.properties ?? "",
    },
    { body: Buffer.from(body), serializeType: options.serializeType ?? 0 },
  );
}

function pull(
  topic: string,
  queueOffset: number,
  options: { suspendMs?: number; subscription?: string; queueId?: number } = {},
): Promise<Command> {
  const holds = options.suspendMs !== undefined;
  return broker.call(pullMessage, {
    consumerGroup: "cg",
    topic,
    queueId: options.queueId ?? 0,
    queueOffset,
    maxMsgNums: 32,
    sysFlag: (holds ? 2 : 0) | 4,
    commitOffset: 0,
    suspendTimeoutMillis: options.suspendMs ?? 0,
    subscription: options.subscription ?? "*",
    subVersion: "0",
  });
}

describe("the vertical slice", () => {
  test("a send to a missing topic makes it, routable before the answer", async () => {
    expect((await nameserver.call(getRouteInfo, { topic: "orders" })).code).toBe(17);
    const sent = await send("orders", "first", {
      properties: "TAGS\u0001a\u0002UNIQ_KEY\u0001K\u0002",
    });
    expect(sent.code).toBe(0);
    const reply = sendMessageV2.decodeReply(sent.fields);
    expect(reply).toMatchObject({ queueId: 0, queueOffset: 0, transactionId: "K", traceOn: true });
    const route = await nameserver.call(getRouteInfo, { topic: "orders" });
    const { brokers, queues } = decodeTopicRoute(route.source, route.bodyStart, route.bodyEnd);
    expect(brokers[0]?.addresses.get(0)).toBe(`127.0.0.1:${running.broker.address.port}`);
    expect(queues).toEqual([
      { brokerName: "broker-a", readQueueCount: 4, writeQueueCount: 4, perm: 6, topicSysFlag: 0 },
    ]);
  });

  test("what was sent is pulled, in both header forms", async () => {
    expect((await send("both", "one", { serializeType: 1 })).serializeType).toBe(1);
    await send("both", "two");
    const found = await pull("both", 0);
    expect(found.code).toBe(0);
    expect(pullMessage.decodeReply(found.fields)).toMatchObject({
      nextBeginOffset: 2,
      minOffset: 0,
      maxOffset: 2,
    });
    const first = decodeRecord(found.source, found.bodyStart);
    expect(first.body.toString()).toBe("one");
    expect(first.properties.get("MSG_REGION")).toBe("DefaultRegion");
    expect(first.properties.get("UNIQ_KEY")).toMatch(/^[0-9A-F]{32}$/);
    const second = decodeRecord(found.source, found.bodyStart + first.bytes);
    expect(second.body.toString()).toBe("two");
  });

  test("a held pull is answered when a matching message arrives", async () => {
    await send("held", "before", { properties: "TAGS\u0001a\u0002" });
    const waiting = pull("held", 1, { suspendMs: 9_000, subscription: "b" });
    await send("held", "passed over", { properties: "TAGS\u0001a\u0002" });
    await send("held", "wanted", { properties: "TAGS\u0001b\u0002" });
    const found = await waiting;
    expect(found.code).toBe(0);
    expect(decodeRecord(found.source, found.bodyStart).body.toString()).toBe("wanted");
    expect(pullMessage.decodeReply(found.fields).nextBeginOffset).toBe(3);
  });

  test("a held pull ends without news when its time is over", async () => {
    await send("quiet", "only");
    const startedMs = performance.now();
    const nothing = await pull("quiet", 1, { suspendMs: 300 });
    expect(nothing.code).toBe(19);
    expect(pullMessage.decodeReply(nothing.fields).nextBeginOffset).toBe(1);
    expect(performance.now() - startedMs).toBeGreaterThan(150);
  });

  test("a heartbeat makes a member, and its retry topic routable", async () => {
    const beat = await broker.call(
      heartBeat,
      {},
      {
        body: encodeHeartbeat({
          clientId: "127.0.0.1@one",
          producerGroups: ["pg"],
          consumers: [
            {
              group: "cg",
              consumeType: "CONSUME_PASSIVELY",
              messageModel: "CLUSTERING",
              consumeFromWhere: "CONSUME_FROM_FIRST_OFFSET",
              unitMode: false,
              subscriptions: [],
            },
          ],
          fingerprint: 0,
          withoutSubscriptions: false,
        }),
      },
    );
    expect(beat.code).toBe(0);
    const list = await broker.call(getConsumerList, { consumerGroup: "cg" });
    expect(decodeConsumerList(list.source, list.bodyStart, list.bodyEnd)).toEqual([
      "127.0.0.1@one",
    ]);
    expect((await nameserver.call(getRouteInfo, { topic: "%RETRY%cg" })).code).toBe(0);
    expect(broker.requests.map((request) => request.code)).toEqual([40]);
  });

  test("a request that nobody knows is answered with code 3 and its name", async () => {
    const reply = await broker.request(200050, [], {});
    expect(reply.code).toBe(3);
    expect(reply.remark).toContain("POP_MESSAGE");
  });
});
