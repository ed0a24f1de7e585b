/** Topics, their routes, and brokers at the nameserver (remoting 6, 7.1, 7.4, 8.2). */
import { describe, expect, test } from "bun:test";
import { crc32 } from "../../../src/core/crc32.ts";
import { decodeCluster } from "../../../src/protocol/remoting/bodies/cluster.ts";
import {
  decodeDataVersion,
  encodeDataVersion,
} from "../../../src/protocol/remoting/bodies/data-version.ts";
import { decodeTopicList } from "../../../src/protocol/remoting/bodies/name-list.ts";
import { encodeRegistration } from "../../../src/protocol/remoting/bodies/registration.ts";
import { decodeTextTable } from "../../../src/protocol/remoting/bodies/text-table.ts";
import { decodeTopicRoute } from "../../../src/protocol/remoting/bodies/topic-route.ts";
import { decodeTopicStats } from "../../../src/protocol/remoting/bodies/topic-stats.ts";
import {
  decodeTopicConfig,
  type TopicConfig,
} from "../../../src/protocol/remoting/bodies/topic-table.ts";
import type { Command } from "../../../src/protocol/remoting/command.ts";
import {
  getBrokerRuntimeInfo,
  queryDataVersion,
  registerBroker,
  unregisterBroker,
} from "../../../src/protocol/remoting/requests/broker.ts";
import {
  getAllTopics,
  getClusterInfo,
  getRouteInfo,
} from "../../../src/protocol/remoting/requests/route.ts";
import {
  getTopicConfig,
  getTopicStats,
  updateTopic,
} from "../../../src/protocol/remoting/requests/topic.ts";
import { livePair, sendOne } from "./live-pair.ts";
import { bodyText, type RawPeer } from "./raw-peer.ts";

const pair = livePair();

function body<V>(reply: Command, decode: (source: Buffer, start: number, end: number) => V): V {
  expect(reply.code).toBe(0);
  return decode(reply.source, reply.bodyStart, reply.bodyEnd);
}

describe("routes", () => {
  test("a topic without a name has no route, in either form of the header", async () => {
    const peer = await pair.toNameserver();
    for (const serializeType of [0, 1] as const) {
      const reply = await peer.call(getRouteInfo, { topic: "" }, { serializeType });
      expect([serializeType, reply.code]).toEqual([serializeType, 17]);
    }
  });

  test("a topic that a send made is routable when the send returns", async () => {
    const broker = await pair.toBroker();
    const nameserver = await pair.toNameserver();
    expect((await nameserver.call(getRouteInfo, { topic: "at-once" })).code).toBe(17);
    await sendOne(broker, { topic: "at-once" });
    const route = body(await nameserver.call(getRouteInfo, { topic: "at-once" }), decodeTopicRoute);
    expect(route.queues).toEqual([
      { brokerName: "broker-a", readQueueCount: 4, writeQueueCount: 4, perm: 6, topicSysFlag: 0 },
    ]);
    expect([...(route.brokers[0]?.addresses ?? [])]).toEqual([
      [0, expect.stringMatching(/^127\.0\.0\.1:\d+$/)],
    ]);
  });

  test("the template of new topics is routable, so that producers can ask for it", async () => {
    const nameserver = await pair.toNameserver();
    const route = body(await nameserver.call(getRouteInfo, { topic: "TBW102" }), decodeTopicRoute);
    expect(route.queues[0]?.perm).toBe(7);
  });

  test("broker ids are quoted for 4.9.4 and later and for who asks, bare for others", async () => {
    const nameserver = await pair.toNameserver();
    const ask = async (version: number, acceptStandardJsonOnly?: boolean) =>
      bodyText(
        await nameserver.call(
          getRouteInfo,
          { topic: "TBW102", acceptStandardJsonOnly },
          { version },
        ),
      );
    expect(await ask(401)).toContain('{"0":"127.0.0.1:');
    expect(await ask(317, true)).toContain('{"0":"127.0.0.1:');
    expect(await ask(400)).toContain('{0:"127.0.0.1:');
    expect(await ask(317)).toContain('{0:"127.0.0.1:');
  });

  test("brokers, clusters and topics are listed", async () => {
    const nameserver = await pair.toNameserver();
    const cluster = body(await nameserver.call(getClusterInfo, {}), decodeCluster);
    expect([...cluster.clusters]).toEqual([["c", ["broker-a"]]]);
    expect(cluster.brokers.map((broker) => broker.brokerName)).toEqual(["broker-a"]);
    expect(body(await nameserver.call(getAllTopics, {}), decodeTopicList)).toContain("TBW102");
  });

  test("requests of a broker are refused by the nameserver, and the other way round", async () => {
    expect((await (await pair.toNameserver()).ask({ code: 310 })).code).toBe(3);
    expect((await (await pair.toBroker()).ask({ code: 105 })).code).toBe(3);
  });
});

describe("topics", () => {
  test("a topic that an operator made is there, routable, and has empty queues", async () => {
    const broker = await pair.toBroker();
    const nameserver = await pair.toNameserver();
    const made = await broker.call(updateTopic, {
      topic: "made-by-hand",
      readQueueCount: 2,
      writeQueueCount: 3,
      perm: 6,
      order: true,
      attributes: "+message.type=NORMAL",
    });
    expect(made.code).toBe(0);
    const config = await broker.call(getTopicConfig, { topic: "made-by-hand" });
    expect(body(config, decodeTopicConfig)).toEqual({
      topic: "made-by-hand",
      readQueueCount: 2,
      writeQueueCount: 3,
      perm: 6,
      filterType: "SINGLE_TAG",
      topicSysFlag: 0,
      order: true,
      attributes: new Map([["message.type", "NORMAL"]]),
    });
    const route = await nameserver.call(getRouteInfo, { topic: "made-by-hand" });
    expect(body(route, decodeTopicRoute).queues[0]?.writeQueueCount).toBe(3);
    const stats = await broker.call(getTopicStats, { topic: "made-by-hand" });
    expect(
      body(stats, decodeTopicStats).map(([queue, row]) => [
        queue.queueId,
        row.minOffset,
        row.maxOffset,
      ]),
    ).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [2, 0, 0],
    ]);
  });

  test("a topic that is not there is answered with 17", async () => {
    const broker = await pair.toBroker();
    expect((await broker.call(getTopicConfig, { topic: "missing" })).code).toBe(17);
    expect((await broker.call(getTopicStats, { topic: "missing" })).code).toBe(17);
  });

  for (const topic of ["a b", "", "TBW102", "x".repeat(128)]) {
    test(`no topic '${topic.slice(0, 8)}' of ${topic.length} characters is made: 29`, async () => {
      const broker = await pair.toBroker();
      const values = { topic, readQueueCount: 1, writeQueueCount: 1, perm: 6 };
      expect((await broker.call(updateTopic, values)).code).toBe(29);
    });
  }
});

describe("a broker's counters", () => {
  test("have the members that the official tools require", async () => {
    const broker = await pair.toBroker();
    const info = body(await broker.call(getBrokerRuntimeInfo, {}), decodeTextTable);
    expect(info.get("brokerVersionDesc")).toBe("V5_3_3");
    for (const key of ["putTps", "getTransferredTps"]) {
      expect(info.get(key)).toMatch(/^\S+ \S+ \S+$/);
    }
  });
});

describe("another broker at the nameserver", () => {
  const broker = {
    brokerName: "elsewhere",
    brokerAddress: "127.0.0.1:20911",
    clusterName: "c2",
    brokerId: 0,
  };
  const dataVersion = { counter: 1, stateVersion: 0, timestamp: 5 };

  function register(
    peer: RawPeer,
    change: { readonly bodyCrc32?: number; readonly topicCount?: number } = {},
  ): Promise<Command> {
    const topics = ["elsewhere-topic", "another"].slice(0, change.topicCount).map(plain);
    const registration = encodeRegistration({ dataVersion, topics, filterServers: [] });
    const bodyCrc32 = change.bodyCrc32 ?? crc32(registration, 0, registration.length);
    const values = { ...broker, haServerAddress: "127.0.0.1:20912", compressed: false, bodyCrc32 };
    return peer.call(registerBroker, values, { body: registration });
  }

  test("its topics are routable once it registered, and no longer once it signed off", async () => {
    const peer = await pair.toNameserver();
    expect((await register(peer)).code).toBe(0);
    expect((await peer.call(getRouteInfo, { topic: "elsewhere-topic" })).code).toBe(0);
    const asked = await peer.call(queryDataVersion, broker, {
      body: encodeDataVersion(dataVersion),
    });
    expect(queryDataVersion.decodeReply(asked.fields)).toEqual({ changed: false });
    expect(body(asked, decodeDataVersion)).toEqual(dataVersion);
    const other = encodeDataVersion({ ...dataVersion, counter: 2 });
    const changed = await peer.call(queryDataVersion, broker, { body: other });
    expect(queryDataVersion.decodeReply(changed.fields)).toEqual({ changed: true });
    expect((await peer.call(unregisterBroker, broker)).code).toBe(0);
    expect((await peer.call(getRouteInfo, { topic: "elsewhere-topic" })).code).toBe(17);
  });

  test("its routes go with its connection", async () => {
    const asking = await pair.toNameserver();
    const peer = await pair.toNameserver();
    await register(peer);
    peer.close();
    let code = 0;
    while (code !== 17) {
      code = (await asking.call(getRouteInfo, { topic: "elsewhere-topic" })).code;
    }
    expect(code).toBe(17);
  });

  test("a first registration with exactly one topic is refused with 1", async () => {
    const peer = await pair.toNameserver();
    expect((await register(peer, { topicCount: 1 })).code).toBe(1);
    expect((await peer.call(getRouteInfo, { topic: "elsewhere-topic" })).code).toBe(17);
  });

  test("a compressed registration that is no stream is refused with 1", async () => {
    const peer = await pair.toNameserver();
    const values = { ...broker, compressed: true };
    expect((await peer.call(registerBroker, values, { body: Buffer.from("x") })).code).toBe(1);
  });

  test("a registration that was damaged on its way is refused with 1", async () => {
    const peer = await pair.toNameserver();
    expect((await register(peer, { bodyCrc32: 12345 })).code).toBe(1);
  });
});

function plain(topic: string): TopicConfig {
  return {
    topic,
    readQueueCount: 4,
    writeQueueCount: 4,
    perm: 6,
    filterType: "SINGLE_TAG",
    topicSysFlag: 0,
    order: false,
    attributes: new Map(),
  };
}
