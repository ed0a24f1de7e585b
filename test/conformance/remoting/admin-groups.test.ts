/** Groups that operators make, change, restrict and delete (remoting 7.6). */
import { describe, expect, test } from "bun:test";
import { decodeConsumerList } from "../../../src/protocol/remoting/bodies/consumer-list.ts";
import {
  decodeGroupConfig,
  decodeGroupForbidden,
  decodeGroupTable,
  encodeGroupConfig,
  encodeGroupConfigList,
  type GroupConfig,
} from "../../../src/protocol/remoting/bodies/group-table.ts";
import {
  deleteGroup,
  getAllGroups,
  getGroupConfig,
  updateGroup,
  updateGroupForbidden,
  updateGroupList,
} from "../../../src/protocol/remoting/requests/group.ts";
import { getConsumerList } from "../../../src/protocol/remoting/requests/member.ts";
import {
  queryConsumerOffset,
  updateConsumerOffset,
} from "../../../src/protocol/remoting/requests/offset.ts";
import { getRouteInfo } from "../../../src/protocol/remoting/requests/route.ts";
import { beat, livePair, pullOnce, sendOne } from "./live-pair.ts";
import { bodyOf, type RawPeer } from "./raw-peer.ts";

const pair = livePair();

function settingsOf(group: string, change: Partial<GroupConfig> = {}): GroupConfig {
  return {
    group,
    consumeEnable: true,
    consumeFromMinEnable: true,
    consumeBroadcastEnable: true,
    consumeMessageOrderly: false,
    consumeTimeoutMinute: 15,
    retryQueueCount: 1,
    retryTimesMax: 16,
    retryPolicy: { type: "CUSTOMIZED", delaysMs: undefined, exponential: undefined },
    brokerId: 0,
    whichBrokerWhenConsumeSlowly: 1,
    notifyConsumerIdsChangedEnable: true,
    groupSysFlag: 0,
    subscriptions: undefined,
    attributes: new Map(),
    ...change,
  };
}

async function put(peer: RawPeer, config: GroupConfig): Promise<void> {
  const reply = await peer.call(updateGroup, {}, { body: encodeGroupConfig(config) });
  expect([reply.code, reply.remark]).toEqual([0, undefined]);
}

async function get(peer: RawPeer, group: string): Promise<GroupConfig> {
  return bodyOf(await peer.call(getGroupConfig, { group }), decodeGroupConfig);
}

describe("settings", () => {
  test("every setting is kept and told again", async () => {
    const peer = await pair.toBroker();
    const config = settingsOf("set", {
      consumeFromMinEnable: false,
      consumeMessageOrderly: true,
      consumeTimeoutMinute: 3,
      retryQueueCount: 2,
      retryTimesMax: 5,
      retryPolicy: {
        type: "EXPONENTIAL",
        delaysMs: [1_000, 5_000],
        exponential: { initialMs: 1_000, maxMs: 60_000, multiplier: 3 },
      },
      whichBrokerWhenConsumeSlowly: 2,
      notifyConsumerIdsChangedEnable: false,
      groupSysFlag: 1,
      subscriptions: [{ topic: "t", expressionType: "TAG", expression: "a", version: 7 }],
    });
    await put(peer, config);
    expect(await get(peer, "set")).toEqual(config);
  });

  test("what an older tool leaves out has RocketMQ's defaults", async () => {
    const peer = await pair.toBroker();
    const body = Buffer.from('{"groupName":"old-tool","retryMaxTimes":3}');
    expect((await peer.call(updateGroup, {}, { body })).code).toBe(0);
    expect(await get(peer, "old-tool")).toEqual(settingsOf("old-tool", { retryTimesMax: 3 }));
  });

  test("attributes are changed one by one", async () => {
    const peer = await pair.toBroker();
    await put(
      peer,
      settingsOf("attributes", {
        attributes: new Map([
          ["+a", "1"],
          ["+b", "2"],
        ]),
      }),
    );
    await put(
      peer,
      settingsOf("attributes", {
        attributes: new Map([
          ["-a", ""],
          ["+c", "3"],
        ]),
      }),
    );
    expect((await get(peer, "attributes")).attributes).toEqual(
      new Map([
        ["b", "2"],
        ["c", "3"],
      ]),
    );
    const body = encodeGroupConfig(settingsOf("attributes", { attributes: new Map([["d", "4"]]) }));
    expect((await peer.call(updateGroup, {}, { body })).code).toBe(1);
  });

  test("a list is taken whole, or not at all when a name cannot be", async () => {
    const peer = await pair.toBroker();
    const bad = encodeGroupConfigList([settingsOf("one-of-two"), settingsOf("x".repeat(121))]);
    expect((await peer.call(updateGroupList, {}, { body: bad })).code).toBe(29);
    expect((await peer.call(getGroupConfig, { group: "one-of-two" })).code).toBe(26);
    const good = encodeGroupConfigList([settingsOf("one-of-two"), settingsOf("two-of-two")]);
    expect((await peer.call(updateGroupList, {}, { body: good })).code).toBe(0);
    expect((await get(peer, "two-of-two")).group).toBe("two-of-two");
  });

  test("an empty body changes nothing and is answered with 0", async () => {
    const peer = await pair.toBroker();
    expect((await peer.call(updateGroup, {})).code).toBe(0);
  });

  test("all groups are told at once or in pages, with how many there are", async () => {
    const peer = await pair.toBroker();
    const whole = await peer.call(getAllGroups, {});
    const { groups } = bodyOf(whole, decodeGroupTable);
    expect(whole.fields.get("totalGroupNum")).toBe(String(groups.length));
    const page = await peer.call(getAllGroups, { groupSeq: 2, maxGroupNum: 1 });
    expect(bodyOf(page, decodeGroupTable).groups).toEqual(groups.slice(2, 3));
  });
});

describe("what is followed", () => {
  test("a group that may not consume is answered with 16", async () => {
    const peer = await pair.toBroker();
    await sendOne(peer, { topic: "stopped" });
    await put(peer, settingsOf("stopped-group", { consumeEnable: false }));
    const pull = { consumerGroup: "stopped-group", topic: "stopped" };
    expect((await pullOnce(peer, pull)).code).toBe(16);
    await put(peer, settingsOf("stopped-group"));
    expect((await pullOnce(peer, pull)).code).toBe(0);
  });

  test("a broadcasting group that may not broadcast is answered with 16", async () => {
    const peer = await pair.toBroker();
    await sendOne(peer, { topic: "loud" });
    await put(peer, settingsOf("loud-group", { consumeBroadcastEnable: false }));
    const wanted = { clientId: "loud-1", group: "loud-group", topic: "loud" };
    await beat(peer, { ...wanted, messageModel: "BROADCASTING" });
    const pull = { consumerGroup: "loud-group", topic: "loud", sysFlag: 0, subVersion: "1" };
    expect((await pullOnce(peer, pull)).code).toBe(16);
    await beat(peer, wanted);
    expect((await pullOnce(peer, pull)).code).toBe(0);
  });

  test("a group that is kept from a topic reads others, and this one when it is let again", async () => {
    const peer = await pair.toBroker();
    await sendOne(peer, { topic: "secret" });
    await sendOne(peer, { topic: "open" });
    const ask = async (readable?: boolean) => {
      const reply = await peer.call(updateGroupForbidden, {
        group: "curious",
        topic: "secret",
        readable,
      });
      return bodyOf(reply, decodeGroupForbidden).readable;
    };
    expect([await ask(), await ask(false), await ask()]).toEqual([true, false, false]);
    const pull = (topic: string) => pullOnce(peer, { consumerGroup: "curious", topic });
    expect([(await pull("secret")).code, (await pull("open")).code]).toEqual([16, 0]);
    const { forbidden } = bodyOf(await peer.call(getAllGroups, {}), decodeGroupTable);
    expect(forbidden.get("curious")).toEqual(new Map([["secret", 4]]));
    expect(await ask(true)).toBe(true);
    expect((await pull("secret")).code).toBe(0);
  });

  test("the retry topic of a new group has as many queues as its settings say", async () => {
    const peer = await pair.toBroker();
    await put(peer, settingsOf("wide", { retryQueueCount: 3 }));
    const nameserver = await pair.toNameserver();
    const route = () => nameserver.call(getRouteInfo, { topic: "%RETRY%wide" });
    expect((await route()).code).toBe(17);
    await beat(peer, { clientId: "w", group: "wide", topic: "t" });
    const reply = await route();
    expect(reply.source.toString("utf8", reply.bodyStart, reply.bodyEnd)).toContain(
      '"readQueueNums":3',
    );
  });
});

describe("deleting", () => {
  test("the group goes, its offsets only when asked; its members stay", async () => {
    const peer = await pair.toBroker();
    await sendOne(peer, { topic: "left" });
    await beat(peer, { clientId: "stays", group: "leaving", topic: "left" });
    const position = { consumerGroup: "leaving", topic: "left", queueId: 0 };
    await peer.call(updateConsumerOffset, { ...position, commitOffset: 1 });
    const committed = async () =>
      (await peer.call(queryConsumerOffset, { ...position, setZeroIfNotFound: false })).code;

    expect((await peer.call(deleteGroup, { group: "leaving" })).code).toBe(0);
    expect((await peer.call(getGroupConfig, { group: "leaving" })).code).toBe(26);
    expect(await committed()).toBe(0);
    const members = await peer.call(getConsumerList, { consumerGroup: "leaving" });
    expect(bodyOf(members, decodeConsumerList)).toEqual(["stays"]);
    const nameserver = await pair.toNameserver();
    expect((await nameserver.call(getRouteInfo, { topic: "%RETRY%leaving" })).code).toBe(0);

    await peer.call(deleteGroup, { group: "leaving", cleanOffset: true });
    expect(await committed()).toBe(22);
    // As clients and tools of 4.x say it.
    await peer.call(updateConsumerOffset, { ...position, commitOffset: 1 });
    await peer.call(deleteGroup, { group: "leaving", removeOffset: true });
    expect(await committed()).toBe(22);
    expect((await peer.call(deleteGroup, { group: "never-there" })).code).toBe(0);
  });
});
