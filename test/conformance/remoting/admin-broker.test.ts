/** A broker's settings, statistics and raw queues (remoting 7.8). */
import { describe, expect, test } from "bun:test";
import { startStandalone } from "../../../src/app/standalone-app.ts";
import { createBunEnvironment } from "../../../src/io/bun/environment.ts";
import { decodeBrokerStats } from "../../../src/protocol/remoting/bodies/broker-stats.ts";
import { encodeClientConfig } from "../../../src/protocol/remoting/bodies/client-config.ts";
import { decodeHaStatus } from "../../../src/protocol/remoting/bodies/ha-status.ts";
import { decodeQueueEntries } from "../../../src/protocol/remoting/bodies/queue-entries.ts";
import { decodeTextTable } from "../../../src/protocol/remoting/bodies/text-table.ts";
import { decodePropertiesText } from "../../../src/protocol/remoting/properties-text.ts";
import { getBrokerRuntimeInfo } from "../../../src/protocol/remoting/requests/broker.ts";
import {
  checkClientConfig,
  cleanExpiredConsumeQueues,
  deleteExpiredCommitLog,
  getBrokerConfig,
  getHaStatus,
  queryConsumeQueue,
  updateBrokerConfig,
  viewBrokerStats,
} from "../../../src/protocol/remoting/requests/broker-admin.ts";
import { getMinOffset } from "../../../src/protocol/remoting/requests/offset.ts";
import { getRouteInfo } from "../../../src/protocol/remoting/requests/route.ts";
import { sendMessageBack } from "../../../src/protocol/remoting/requests/send-back.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import { beat, livePair, pullOnce, sendOne } from "./live-pair.ts";
import { bodyOf, bodyText, RawPeer } from "./raw-peer.ts";

const pair = livePair();

async function settingsOf(peer: RawPeer): Promise<ReadonlyMap<string, string>> {
  return bodyOf(await peer.call(getBrokerConfig, {}), decodePropertiesText);
}

function set(peer: RawPeer, text: string) {
  return peer.call(updateBrokerConfig, {}, { body: Buffer.from(text) });
}

describe("settings", () => {
  test("they are told under RocketMQ's names, with a version of their own", async () => {
    const peer = await pair.toBroker();
    const reply = await peer.call(getBrokerConfig, {});
    const settings = bodyOf(reply, decodePropertiesText);
    expect(Object.fromEntries(settings)).toMatchObject({
      brokerName: "broker-a",
      brokerClusterName: "c",
      brokerId: "0",
      autoCreateTopicEnable: "true",
      brokerPermission: "6",
      flushDiskType: "SYNC_FLUSH",
      maxMessageSize: String(4 << 20),
      mappedFileSizeCommitLog: String(8 << 20),
    });
    expect(JSON.parse(reply.fields.get("version") ?? "")).toHaveProperty("counter");
  });

  test("sends make no topics, and nobody is told a template, once that is switched off", async () => {
    const peer = await pair.toBroker();
    const nameserver = await pair.toNameserver();
    const template = async () => (await nameserver.call(getRouteInfo, { topic: "TBW102" })).code;
    expect((await sendOne(peer, { topic: "made-by-send" })).code).toBe(0);
    expect((await set(peer, "autoCreateTopicEnable=false\n")).code).toBe(0);
    expect((await sendOne(peer, { topic: "not-made" })).code).toBe(17);
    while ((await template()) !== 17) {
      // The registration that says so is under way.
    }
    expect((await set(peer, "autoCreateTopicEnable=true\ndefaultTopicQueueNums=2")).code).toBe(0);
    expect((await settingsOf(peer)).get("defaultTopicQueueNums")).toBe("2");
    const made = await sendOne(peer, { topic: "made-again", defaultTopicQueueNums: 8 });
    expect(made.code).toBe(0);
    const route = await nameserver.call(getRouteInfo, { topic: "made-again" });
    expect(bodyText(route)).toContain('"writeQueueNums":2');
  });

  test("a broker without write permission says so in all its routes", async () => {
    const peer = await pair.toBroker();
    const nameserver = await pair.toNameserver();
    await sendOne(peer, { topic: "guarded" });
    const perm = async () => {
      const route = await nameserver.call(getRouteInfo, { topic: "guarded" });
      return /"perm":(\d+)/.exec(bodyText(route))?.[1];
    };
    expect(await perm()).toBe("6");
    expect((await set(peer, "brokerPermission=4")).code).toBe(0);
    while ((await perm()) !== "4") {
      // The registration that says so is under way.
    }
    expect((await pullOnce(peer, { topic: "guarded" })).code).toBe(0);
    await set(peer, "brokerPermission=2");
    expect((await pullOnce(peer, { topic: "guarded" })).code).toBe(16);
    expect((await set(peer, "brokerPermission=6")).code).toBe(0);
  });

  const refused: readonly (readonly [code: number, text: string, name: string])[] = [
    [1, "flushDiskType=ASYNC_FLUSH", "flushDiskType"],
    [1, "noSuchSetting=1", "noSuchSetting"],
    [1, "autoCreateTopicEnable=perhaps", "autoCreateTopicEnable"],
    [1, "defaultTopicQueueNums=0", "defaultTopicQueueNums"],
    [1, "brokerPermission=8", "brokerPermission"],
    [16, "rocketmqHome=/tmp", "rocketmqHome"],
    [16, "configBlackList=", "configBlackList"],
  ];
  for (const [code, text, name] of refused) {
    test(`'${text}' is refused with ${code}, and nothing named beside it changes`, async () => {
      const peer = await pair.toBroker();
      const before = await settingsOf(peer);
      const reply = await set(peer, `autoCreateSubscriptionGroup=false\n${text}\n`);
      expect([reply.code, reply.remark]).toEqual([code, expect.stringContaining(name)]);
      expect(await settingsOf(peer)).toEqual(before);
    });
  }

  test("all that is told may be told back", async () => {
    const peer = await pair.toBroker();
    const reply = await peer.call(getBrokerConfig, {});
    expect((await set(peer, bodyText(reply))).code).toBe(0);
  });

  test("a change outlives a restart with the same options, and gives way to another option", async () => {
    const storeFolder = tempFolder();
    const whileRunning = async (
      options: { readonly autoCreateTopics?: boolean },
      run: (peer: RawPeer) => Promise<void>,
    ) => {
      const running = await startStandalone(
        createBunEnvironment({ level: "error", format: "text" }),
        {
          ...options,
          storeFolder,
          listen: { host: "127.0.0.1", port: 0 },
          nameserverListen: { host: "127.0.0.1", port: 0 },
          segmentBytes: 8 << 20,
        },
      );
      const peer = await RawPeer.connect(running.broker.address);
      await run(peer);
      peer.close();
      await running.stop();
    };
    const value = async (peer: RawPeer) => (await settingsOf(peer)).get("autoCreateTopicEnable");
    await whileRunning({}, async (peer) => {
      expect(await value(peer)).toBe("true");
      await set(peer, "autoCreateTopicEnable=false");
    });
    await whileRunning({}, async (peer) => {
      expect(await value(peer)).toBe("false");
      expect((await sendOne(peer, { topic: "none" })).code).toBe(17);
    });
    await whileRunning({ autoCreateTopics: false }, async (peer) => {
      expect(await value(peer)).toBe("false");
    });
    await whileRunning({}, async (peer) => {
      expect(await value(peer)).toBe("true");
    });
  });
});

describe("statistics", () => {
  test("messages and bytes are counted by topic, group and broker", async () => {
    const peer = await pair.toBroker();
    const topic = "counted";
    for (let count = 0; count < 5; count++) {
      await sendOne(peer, { topic, queueId: 0 });
    }
    const pulled = await pullOnce(peer, { consumerGroup: "counting", topic });
    const recordBytes = pulled.bodyEnd - pulled.bodyStart;
    const view = async (statsName: string, statsKey: string) =>
      bodyOf(await peer.call(viewBrokerStats, { statsName, statsKey }), decodeBrokerStats).minute;
    expect(await view("TOPIC_PUT_NUMS", topic)).toMatchObject({ sum: 5, perCall: 1 });
    expect(await view("TOPIC_PUT_SIZE", topic)).toMatchObject({ sum: recordBytes });
    expect(await view("GROUP_GET_NUMS", `${topic}@counting`)).toMatchObject({ sum: 5, perCall: 5 });
    expect(await view("GROUP_GET_SIZE", `${topic}@counting`)).toMatchObject({ sum: recordBytes });
    expect((await view("BROKER_PUT_NUMS", "c")).sum).toBeGreaterThanOrEqual(5);
    expect((await view("BROKER_GET_NUMS", "c")).perSecond).toBeGreaterThan(0);
    for (const [statsName, statsKey] of [
      ["TOPIC_PUT_NUMS", "never"],
      ["GROUP_GET_NUMS", `${topic}@never`],
      ["SNDBCK_PUT_NUMS", `${topic}@counting`],
      ["NO_SUCH_NAME", topic],
      ["GROUP_GET_NUMS", ""],
    ] as const) {
      const reply = await peer.call(viewBrokerStats, { statsName, statsKey });
      expect([statsName, reply.code]).toEqual([statsName, 1]);
    }
  });

  test("messages that consumers send back, and those that are given up, are counted by their first topic", async () => {
    const peer = await pair.toBroker();
    const topic = "sent-back";
    const sent = await sendOne(peer, { topic, queueId: 0 });
    const offset = Number.parseInt((sent.fields.get("msgId") ?? "").slice(16), 16);
    const request = { offset, group: "returning", originTopic: topic };
    expect((await peer.call(sendMessageBack, { ...request, delayLevel: 0 })).code).toBe(0);
    expect((await peer.call(sendMessageBack, { ...request, delayLevel: -1 })).code).toBe(0);
    for (const [statsName, sum] of [
      ["SNDBCK_PUT_NUMS", 2],
      ["DLQ_PUT_NUMS", 1],
    ] as const) {
      const reply = await peer.call(viewBrokerStats, { statsName, statsKey: `${topic}@returning` });
      expect([statsName, bodyOf(reply, decodeBrokerStats).day.sum]).toEqual([statsName, sum]);
    }
  });

  test("runtime information has what RocketMQ's tools parse, with true values", async () => {
    const peer = await pair.toBroker();
    await sendOne(peer, { topic: "counted" });
    const info = bodyOf(await peer.call(getBrokerRuntimeInfo, {}), decodeTextTable);
    for (const name of ["putTps", "getTransferredTps", "getTotalTps"]) {
      expect([name, info.get(name)?.split(" ").length]).toEqual([name, 3]);
    }
    expect(Number(info.get("msgPutTotalTodayNow"))).toBeGreaterThan(0);
    expect(Number(info.get("putLatency99"))).toBeGreaterThan(0);
    expect(Number(info.get("putMessageEntireTimeMax"))).toBeGreaterThan(0);
    expect(info.get("putMessageDistributeTime")).toContain("[0~10ms]:");
    for (const name of ["Today", "Yesterday"]) {
      expect(info.get(`msgPutTotal${name}Morning`)).toBe("0");
    }
  });
});

describe("queues and filters", () => {
  test("entries of a queue are told, with what a connected group's filter takes", async () => {
    const peer = await pair.toBroker();
    const topic = "entries";
    const sent = await sendOne(peer, { topic, properties: "TAGS\u0001a\u0002" });
    await sendOne(peer, { topic });
    await beat(peer, { clientId: "e", group: "entry-group", topic });
    const ask = async (change: object) => {
      const request = { topic, queueId: 0, index: 0, count: 10, ...change };
      return bodyOf(await peer.call(queryConsumeQueue, request), decodeQueueEntries);
    };
    const plain = await ask({});
    expect(plain).toMatchObject({ minOffset: 0, maxOffset: 2, subscription: undefined });
    expect(plain.entries.map((entry) => entry.tagsCode)).toEqual([97, 0]);
    const id = sent.fields.get("msgId") ?? "";
    expect(plain.entries[0]?.physicalOffset).toBe(Number.parseInt(id.slice(16), 16));
    expect((await ask({ index: 1, count: 1 })).entries).toEqual(plain.entries.slice(1));
    expect((await ask({ index: 2 })).entries).toEqual([]);
    const filtered = await ask({ consumerGroup: "entry-group" });
    expect(filtered.entries.map((entry) => entry.isTaken)).toEqual([true, true]);
    expect(filtered.subscription?.expression).toBe("*");
    expect((await ask({ consumerGroup: "absent" })).filterRemark).toContain("not online");
    const missing = { topic: "no-such", queueId: 0, index: 0, count: 1 };
    expect((await peer.call(queryConsumeQueue, missing)).code).toBe(1);
  });

  test("tags are accepted before a consumer starts, other expressions are not", async () => {
    const peer = await pair.toBroker();
    const check = async (expressionType: string) => {
      const subscription = {
        topic: "t",
        expression: "a",
        expressionType,
        classFilterMode: false,
        tags: [],
        tagHashes: [],
        subVersion: "1",
      };
      const config = { clientId: "c", group: "g", namespace: undefined, subscription };
      return (await peer.call(checkClientConfig, {}, { body: encodeClientConfig(config) })).code;
    };
    expect([await check("TAG"), await check("SQL92")]).toEqual([0, 1]);
  });

  for (const definition of [cleanExpiredConsumeQueues, deleteExpiredCommitLog]) {
    test(`${definition.name} removes what retention lets go before it is answered`, async () => {
      const running = await startStandalone(
        createBunEnvironment({ level: "error", format: "text" }),
        {
          storeFolder: tempFolder(),
          listen: { host: "127.0.0.1", port: 0 },
          nameserverListen: { host: "127.0.0.1", port: 0 },
          segmentBytes: 1 << 20,
          logBytesMax: 1 << 20,
        },
      );
      const peer = await RawPeer.connect(running.broker.address);
      const minOffset = async () =>
        Number((await peer.call(getMinOffset, { topic: "old", queueId: 0 })).fields.get("offset"));
      for (let count = 0; count < 8; count++) {
        expect((await sendOne(peer, { topic: "old" }, "x".repeat(400_000))).code).toBe(0);
      }
      expect(await minOffset()).toBe(0);
      expect((await peer.call(definition, {})).code).toBe(0);
      expect(await minOffset()).toBeGreaterThan(0);
      peer.close();
      await running.stop();
    });
  }

  test("a leader without replicas says so", async () => {
    const peer = await pair.toBroker();
    const status = bodyOf(await peer.call(getHaStatus, {}), decodeHaStatus);
    expect(status).toMatchObject({ isLeader: true, inSyncReplicaCount: 0, replicaCount: 0 });
    expect(status.logMaxOffset).toBeGreaterThan(0);
  });
});
