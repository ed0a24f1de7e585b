/** Members of groups, and queues that are locked for one of them (remoting 4.8, 4.9, 7, 8.6, 8.11). */
import { describe, expect, test } from "bun:test";
import { decodeConsumeStats } from "../../../src/protocol/remoting/bodies/consume-stats.ts";
import { decodeConsumerConnection } from "../../../src/protocol/remoting/bodies/consumer-connection.ts";
import { decodeConsumerList } from "../../../src/protocol/remoting/bodies/consumer-list.ts";
import { decodeGroupTable } from "../../../src/protocol/remoting/bodies/group-table.ts";
import { decodeGroupList } from "../../../src/protocol/remoting/bodies/name-list.ts";
import {
  decodeLockedQueues,
  encodeQueueLockRequest,
} from "../../../src/protocol/remoting/bodies/queue-lock.ts";
import type { Command } from "../../../src/protocol/remoting/command.ts";
import {
  getAllGroups,
  getConsumerConnections,
  getConsumeStats,
} from "../../../src/protocol/remoting/requests/group.ts";
import {
  getConsumerList,
  notifyConsumerIdsChanged,
  unregisterClient,
} from "../../../src/protocol/remoting/requests/member.ts";
import { updateConsumerOffset } from "../../../src/protocol/remoting/requests/offset.ts";
import {
  lockBatchQueues,
  unlockBatchQueues,
} from "../../../src/protocol/remoting/requests/queue-lock.ts";
import { getRouteInfo } from "../../../src/protocol/remoting/requests/route.ts";
import { getTopicGroups } from "../../../src/protocol/remoting/requests/topic.ts";
import { beat, livePair, sendOne } from "./live-pair.ts";
import { bodyOf, type RawPeer } from "./raw-peer.ts";

const pair = livePair();

async function membersOf(peer: RawPeer, consumerGroup: string): Promise<readonly string[]> {
  const reply = await peer.call(getConsumerList, { consumerGroup });
  return [...bodyOf(reply, decodeConsumerList)].sort();
}

const isNotice = (command: Command) => command.code === notifyConsumerIdsChanged.code;

describe("members", () => {
  test("a heartbeat makes its sender a member before it is answered, and its retry topic routable", async () => {
    const peer = await pair.toBroker();
    const reply = await beat(peer, { clientId: "first", group: "joining", topic: "t" });
    expect([reply.code, reply.fields.get("IS_SUPPORT_HEART_BEAT_V2")]).toEqual([0, "false"]);
    expect(await membersOf(peer, "joining")).toEqual(["first"]);
    const nameserver = await pair.toNameserver();
    const route = await nameserver.call(getRouteInfo, { topic: "%RETRY%joining" });
    expect(route.code).toBe(0);
  });

  test("a group without members is answered with 1, never with an empty list", async () => {
    const peer = await pair.toBroker();
    const reply = await peer.call(getConsumerList, { consumerGroup: "nobody" });
    expect([reply.code, reply.bodyEnd - reply.bodyStart]).toEqual([1, 0]);
  });

  test("every member hears of one that joins, that leaves, and that is cut off", async () => {
    const stays = await pair.toBroker();
    const wanted = { group: "sharing", topic: "t" };
    await beat(stays, { clientId: "stays", ...wanted });
    await stays.first(isNotice);
    const heard = async (count: number) => {
      await stays.first(() => stays.received.filter(isNotice).length >= count);
      const notice = stays.received.filter(isNotice).at(-1);
      expect(notice).toMatchObject({ flag: 2, fields: new Map([["consumerGroup", "sharing"]]) });
    };
    const leaves = await pair.toBroker();
    await beat(leaves, { clientId: "leaves", ...wanted });
    await heard(2);
    expect(await membersOf(stays, "sharing")).toEqual(["leaves", "stays"]);
    await leaves.call(unregisterClient, { clientId: "leaves", consumerGroup: "sharing" });
    await heard(3);
    const vanishes = await pair.toBroker();
    await beat(vanishes, { clientId: "vanishes", ...wanted });
    await heard(4);
    vanishes.close();
    await heard(5);
    expect(await membersOf(stays, "sharing")).toEqual(["stays"]);
  });

  test("a heartbeat that changes nothing disturbs nobody", async () => {
    const peer = await pair.toBroker();
    const wanted = { clientId: "same", group: "calm", topic: "t" };
    await beat(peer, wanted);
    await beat(peer, wanted);
    await beat(peer, wanted);
    expect(peer.received.filter(isNotice).length).toBeLessThanOrEqual(1);
  });

  test("a client that comes back on another connection is still one member", async () => {
    const before = await pair.toBroker();
    const after = await pair.toBroker();
    const wanted = { clientId: "moving", group: "movers", topic: "t" };
    await beat(before, wanted);
    await beat(after, wanted);
    expect(await membersOf(after, "movers")).toEqual(["moving"]);
    before.close();
    await before.closed();
    expect(await membersOf(after, "movers")).toEqual(["moving"]);
  });

  test("a heartbeat that wants more than tags is refused with 23", async () => {
    const peer = await pair.toBroker();
    const text =
      '{"clientID":"sql","consumerDataSet":[{"groupName":"sql-group","consumeType":1,"messageModel":1,"consumeFromWhere":4,' +
      '"subscriptionDataSet":[{"topic":"t","subString":"a > 1","expressionType":"SQL92","subVersion":1}]}]}';
    expect((await peer.ask({ code: 34, body: Buffer.from(text) })).code).toBe(23);
  });

  test("a heartbeat that cannot be read is answered with 1 and changes nothing", async () => {
    const peer = await pair.toBroker();
    const reply = await peer.ask({
      code: 34,
      body: Buffer.from('{"clientID":"x","clientID":"y"}'),
    });
    expect(reply.code).toBe(1);
  });
});

describe("queue locks", () => {
  const queues = [0, 1].map((queueId) => ({ brokerName: "broker-a", topic: "locked", queueId }));

  async function lock(
    peer: RawPeer,
    clientId: string,
    wanted = queues,
  ): Promise<readonly number[]> {
    const request = { group: "ordered", clientId, onlyThisBroker: false, queues: wanted };
    const reply = await peer.call(lockBatchQueues, {}, { body: encodeQueueLockRequest(request) });
    return bodyOf(reply, decodeLockedQueues).map((queue) => queue.queueId);
  }

  test("a queue belongs to one client until it gives it back", async () => {
    const peer = await pair.toBroker();
    expect(await lock(peer, "one", queues.slice(0, 1))).toEqual([0]);
    expect(await lock(peer, "two")).toEqual([1]);
    expect(await lock(peer, "one")).toEqual([0]);
    const request = { group: "ordered", onlyThisBroker: false, queues };
    const giveBack = (clientId: string) =>
      peer.call(unlockBatchQueues, {}, { body: encodeQueueLockRequest({ ...request, clientId }) });
    expect((await giveBack("one")).code).toBe(0);
    expect(await lock(peer, "two")).toEqual([0, 1]);
  });
});

describe("what operators see of groups", () => {
  test("members, subscriptions, progress and settings of a group are shown", async () => {
    const peer = await pair.toBroker();
    await sendOne(peer, { topic: "shown" });
    await sendOne(peer, { topic: "shown" });
    await beat(peer, { clientId: "visible", group: "watched", topic: "shown" });
    const offset = { consumerGroup: "watched", topic: "shown", queueId: 0, commitOffset: 1 };
    await peer.call(updateConsumerOffset, offset);

    const connections = await peer.call(getConsumerConnections, { consumerGroup: "watched" });
    expect(bodyOf(connections, decodeConsumerConnection)).toMatchObject({
      connections: [{ clientId: "visible", language: 0, version: 479 }],
      consumeType: "CONSUME_PASSIVELY",
      messageModel: "CLUSTERING",
    });
    const stats = bodyOf(
      await peer.call(getConsumeStats, { consumerGroup: "watched" }),
      decodeConsumeStats,
    );
    const row = stats.queues.find(([queue]) => queue.topic === "shown" && queue.queueId === 0);
    expect(row?.[1]).toMatchObject({ brokerOffset: 2, consumerOffset: 1 });
    const groups = bodyOf(await peer.call(getAllGroups, {}), decodeGroupTable);
    expect(groups.groups.map((group) => group.group)).toContain("watched");
    const ofTopic = await peer.call(getTopicGroups, { topic: "shown" });
    expect(bodyOf(ofTopic, decodeGroupList)).toEqual(["watched"]);
  });

  test("a group that nobody is connected to is answered with 206", async () => {
    const peer = await pair.toBroker();
    const reply = await peer.call(getConsumerConnections, { consumerGroup: "absent" });
    expect(reply.code).toBe(206);
  });
});
