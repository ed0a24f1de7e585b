/** Who is connected, how far groups are, and moving them (remoting 7.3, 7.6). */
import { describe, expect, test } from "bun:test";
import { decodeBrokerConsumeStats } from "../../../src/protocol/remoting/bodies/broker-consume-stats.ts";
import { decodeConsumeTimeSpans } from "../../../src/protocol/remoting/bodies/consume-time-span.ts";
import { decodeCorrectionOffsets } from "../../../src/protocol/remoting/bodies/correction-offset.ts";
import { decodeGroupSubscription } from "../../../src/protocol/remoting/bodies/group-subscription.ts";
import { decodeTopicList } from "../../../src/protocol/remoting/bodies/name-list.ts";
import {
  decodeConsumerOffsets,
  decodeDelayOffsets,
} from "../../../src/protocol/remoting/bodies/offset-table.ts";
import {
  decodeProducerConnection,
  decodeProducerTable,
} from "../../../src/protocol/remoting/bodies/producer-table.ts";
import { int64Max } from "../../../src/protocol/remoting/define.ts";
import { updateBrokerConfig } from "../../../src/protocol/remoting/requests/broker-admin.ts";
import {
  invokeResetOffset,
  resetClientOffset,
} from "../../../src/protocol/remoting/requests/group.ts";
import {
  queryConsumerOffset,
  updateConsumerOffset,
} from "../../../src/protocol/remoting/requests/offset.ts";
import {
  cloneGroupOffset,
  getAllConsumerOffsets,
  getAllDelayOffsets,
  getAllProducers,
  getBrokerConsumeStats,
  getConsumeTimeSpan,
  getProducerConnections,
  getSubscriptionOfGroup,
  getTopicsOfGroup,
  queryCorrectionOffset,
} from "../../../src/protocol/remoting/requests/progress.ts";
import { updateTopic } from "../../../src/protocol/remoting/requests/topic.ts";
import { beat, livePair, pullOnce, sendOne } from "./live-pair.ts";
import { bodyOf, type RawPeer } from "./raw-peer.ts";

const pair = livePair();

/** A topic of one queue with that many messages. */
async function filled(peer: RawPeer, topic: string, messageCount: number): Promise<void> {
  await peer.call(updateTopic, { topic, readQueueCount: 1, writeQueueCount: 1, perm: 6 });
  for (let count = 0; count < messageCount; count++) {
    await sendOne(peer, { topic });
  }
}

async function commit(peer: RawPeer, group: string, topic: string, offset: number): Promise<void> {
  await beat(peer, { clientId: "committer", group, topic });
  const position = { consumerGroup: group, topic, queueId: 0, commitOffset: offset };
  expect((await peer.call(updateConsumerOffset, position)).code).toBe(0);
}

async function committed(peer: RawPeer, group: string, topic: string): Promise<number> {
  const position = { consumerGroup: group, topic, queueId: 0, setZeroIfNotFound: false };
  const reply = await peer.call(queryConsumerOffset, position);
  return reply.code === 0 ? Number(reply.fields.get("offset")) : -1;
}

describe("producers", () => {
  test("they are told by group, and all of them", async () => {
    const peer = await pair.toBroker();
    const before = Date.now();
    const wanted = { clientId: "p1", group: "any", topic: "t", producerGroups: ["makers"] };
    await beat(peer, { ...wanted, version: 401 });
    const ofGroup = await peer.call(getProducerConnections, { producerGroup: "makers" });
    const [connection] = bodyOf(ofGroup, decodeProducerConnection);
    expect(connection).toEqual({
      clientId: "p1",
      clientAddress: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      language: 0,
      version: 401,
    });
    const all = bodyOf(await peer.call(getAllProducers, {}), decodeProducerTable);
    const [row] = all.get("makers") ?? [];
    expect(row).toMatchObject({ clientId: "p1", clientAddress: connection?.clientAddress });
    expect(Math.abs((row?.lastUpdateTimestamp ?? 0) - before)).toBeLessThan(5_000);
    const none = await peer.call(getProducerConnections, { producerGroup: "nobody" });
    expect(none.code).toBe(1);
  });
});

describe("progress", () => {
  test("all offsets of a broker are told, by topic and group", async () => {
    const peer = await pair.toBroker();
    await filled(peer, "all-offsets", 3);
    await commit(peer, "all-group", "all-offsets", 2);
    const { offsets } = bodyOf(await peer.call(getAllConsumerOffsets, {}), decodeConsumerOffsets);
    expect(offsets.get("all-offsets@all-group")).toEqual(new Map([[0, 2]]));
    const topics = await peer.call(getTopicsOfGroup, { group: "all-group" });
    expect(bodyOf(topics, decodeTopicList)).toEqual(["all-offsets"]);
    expect(bodyOf(await peer.call(getAllDelayOffsets, {}), decodeDelayOffsets).offsets.size).toBe(
      0,
    );
  });

  test("all groups' progress is told, with how much is left", async () => {
    const peer = await pair.toBroker();
    await filled(peer, "left-over", 5);
    await commit(peer, "left-group", "left-over", 2);
    await pullOnce(peer, {
      consumerGroup: "left-group",
      topic: "left-over",
      queueOffset: 2,
      maxMsgNums: 2,
    });
    const stats = bodyOf(
      await peer.call(getBrokerConsumeStats, { isOrder: false }),
      decodeBrokerConsumeStats,
    );
    const [ofTopic] = stats.groups.get("left-group") ?? [];
    expect(ofTopic?.queues.map(([queue, row]) => [queue.topic, row])).toEqual([
      [
        "left-over",
        {
          brokerOffset: 5,
          consumerOffset: 2,
          pullOffset: 4,
          lastTimestamp: expect.any(Number) as number,
        },
      ],
    ]);
    expect(stats.totalDiff).toBeGreaterThanOrEqual(3);
    const ordered = bodyOf(
      await peer.call(getBrokerConsumeStats, { isOrder: true }),
      decodeBrokerConsumeStats,
    );
    expect(ordered.groups.get("left-group")).toEqual([]);
  });

  test("a subscription is told while somebody of the group is connected", async () => {
    const peer = await pair.toBroker();
    await beat(peer, { clientId: "sub", group: "subscribed", topic: "wanted-topic" });
    const ask = async (group: string) => {
      const reply = await peer.call(getSubscriptionOfGroup, { group, topic: "wanted-topic" });
      return bodyOf(reply, decodeGroupSubscription).subscription?.expression;
    };
    expect([await ask("subscribed"), await ask("absent")]).toEqual(["*", undefined]);
  });

  test("time spans say how old what is left is", async () => {
    const peer = await pair.toBroker();
    await filled(peer, "spans", 2);
    await commit(peer, "span-group", "spans", 1);
    const ask = async () => {
      const reply = await peer.call(getConsumeTimeSpan, { topic: "spans", group: "span-group" });
      return bodyOf(reply, decodeConsumeTimeSpans)[0];
    };
    const span = await ask();
    expect(span?.minTimestamp).toBeGreaterThan(0);
    expect(span?.maxTimestamp).toBeGreaterThanOrEqual(span?.minTimestamp ?? 0);
    expect(span?.consumeTimestamp).toBe(span?.minTimestamp);
    await commit(peer, "span-group", "spans", 2);
    expect(await ask()).toMatchObject({ delayMs: 0, consumeTimestamp: span?.maxTimestamp });
    const missing = await peer.call(getConsumeTimeSpan, { topic: "no-such", group: "g" });
    expect(missing.code).toBe(17);
  });

  test("the slowest of the other groups says how far one may go", async () => {
    const peer = await pair.toBroker();
    await filled(peer, "compared", 5);
    await commit(peer, "slow", "compared", 1);
    await commit(peer, "quick", "compared", 4);
    const ask = async (compareGroup: string, filterGroups?: string) => {
      const request = { topic: "compared", compareGroup, filterGroups };
      return bodyOf(await peer.call(queryCorrectionOffset, request), decodeCorrectionOffsets).get(
        0,
      );
    };
    expect(await ask("quick")).toBe(1);
    expect(await ask("slow", "slow")).toBe(int64Max);
    expect(await committed(peer, "slow", "compared")).toBe(1);
  });
});

describe("moving a group", () => {
  const reset = { timestamp: 0, isForce: true };

  test("a consumer learns of it by its next pull, and is not told besides", async () => {
    const peer = await pair.toBroker();
    await filled(peer, "moved", 4);
    await commit(peer, "moving", "moved", 4);
    const reply = await peer.call(invokeResetOffset, { ...reset, topic: "moved", group: "moving" });
    expect(reply.code).toBe(0);
    const pulled = await pullOnce(peer, {
      consumerGroup: "moving",
      topic: "moved",
      queueOffset: 4,
    });
    expect([pulled.code, pulled.fields.get("nextBeginOffset")]).toEqual([21, "0"]);
    expect(peer.received.some((command) => command.code === resetClientOffset.code)).toBe(false);
  });

  test("another group's offsets are taken over; one that is connected moves there", async () => {
    const peer = await pair.toBroker();
    await filled(peer, "cloned", 4);
    await commit(peer, "origin", "cloned", 3);
    await commit(peer, "copy", "cloned", 1);
    const clone = { fromGroup: "origin", toGroup: "copy", topic: "cloned" };
    expect((await peer.call(cloneGroupOffset, clone)).code).toBe(0);
    expect(await committed(peer, "copy", "cloned")).toBe(3);
    const pulled = await pullOnce(peer, { consumerGroup: "copy", topic: "cloned", queueOffset: 1 });
    expect([pulled.code, pulled.fields.get("nextBeginOffset")]).toEqual([21, "3"]);
    const missing = { fromGroup: "no-such", toGroup: "copy", topic: "cloned" };
    expect((await peer.call(cloneGroupOffset, missing)).code).toBe(26);
  });

  test("with useServerSideResetOffset=false consumers are told, and nothing is set", async () => {
    const peer = await pair.toBroker();
    await filled(peer, "told", 4);
    await commit(peer, "telling", "told", 4);
    const set = (value: boolean) => {
      const body = Buffer.from(`useServerSideResetOffset=${value}\n`);
      return peer.call(updateBrokerConfig, {}, { body });
    };
    expect((await set(false)).code).toBe(0);
    const wanted = { ...reset, topic: "told" };
    expect((await peer.call(invokeResetOffset, { ...wanted, group: "telling" })).code).toBe(0);
    const heard = await peer.first((command) => command.code === resetClientOffset.code);
    expect([heard.flag, heard.fields.get("group")]).toEqual([2, "telling"]);
    expect(await committed(peer, "telling", "told")).toBe(4);
    const pulled = await pullOnce(peer, {
      consumerGroup: "telling",
      topic: "told",
      queueOffset: 4,
    });
    expect(pulled.code).toBe(19);
    await beat(peer, { clientId: "x", group: "made-only", topic: "told" });
    const offline = await peer.call(invokeResetOffset, { ...wanted, group: "TOOLS_CONSUMER" });
    expect(offline.code).toBe(206);
    expect((await set(true)).code).toBe(0);
  });

  test("a reset that nobody has heard of is no reason to refuse commits once consumers' own offsets count", async () => {
    const peer = await pair.toBroker();
    await filled(peer, "stale", 4);
    await commit(peer, "forgetful", "stale", 4);
    const wanted = { ...reset, topic: "stale", group: "forgetful" };
    expect((await peer.call(invokeResetOffset, wanted)).code).toBe(0);
    await commit(peer, "forgetful", "stale", 3);
    expect(await committed(peer, "forgetful", "stale")).toBe(0);
    const set = (value: boolean) => {
      const body = Buffer.from(`useServerSideResetOffset=${value}\n`);
      return peer.call(updateBrokerConfig, {}, { body });
    };
    expect((await set(false)).code).toBe(0);
    await commit(peer, "forgetful", "stale", 3);
    expect(await committed(peer, "forgetful", "stale")).toBe(3);
    expect((await set(true)).code).toBe(0);
  });
});
