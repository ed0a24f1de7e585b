/** What a consumer may count on: pulls and offsets (remoting 4.5, 4.6, 8.3 to 8.5). */
import { describe, expect, test } from "bun:test";
import type { Command, SerializeType } from "../../../src/protocol/remoting/command.ts";
import { invokeResetOffset } from "../../../src/protocol/remoting/requests/group.ts";
import {
  getMaxOffset,
  getMinOffset,
  queryConsumerOffset,
  searchOffsetByTimestamp,
  updateConsumerOffset,
} from "../../../src/protocol/remoting/requests/offset.ts";
import { litePullMessage, pullMessage } from "../../../src/protocol/remoting/requests/pull.ts";
import { beat, livePair, pullDefaults, pullOnce, sendOne } from "./live-pair.ts";

const pair = livePair();

/** Code and offsets of a pull's reply; throws when one of the four is missing. */
function outcome(reply: Command) {
  const { nextBeginOffset, minOffset, maxOffset, suggestWhichBrokerId } = pullMessage.decodeReply(
    reply.fields,
  );
  expect(suggestWhichBrokerId).toBe(0);
  return [reply.code, nextBeginOffset, minOffset, maxOffset];
}

describe("pulls", () => {
  for (const serializeType of [0, 1] satisfies SerializeType[]) {
    test(`form ${serializeType}: each outcome has its code and its four offsets`, async () => {
      const peer = await pair.toBroker();
      const topic = `outcomes-${serializeType}`;
      for (const tag of ["a", "b"]) {
        await sendOne(peer, { topic, properties: `TAGS\u0001${tag}\u0002` });
      }
      const pull = (queueOffset: number, subscription = "*") =>
        pullOnce(peer, { topic, queueOffset, subscription }, serializeType);
      expect(outcome(await pull(0))).toEqual([0, 2, 0, 2]);
      expect(outcome(await pull(1))).toEqual([0, 2, 0, 2]);
      expect(outcome(await pull(2))).toEqual([19, 2, 0, 2]);
      expect(outcome(await pull(3))).toEqual([21, 2, 0, 2]);
      expect(outcome(await pull(-1))).toEqual([21, 0, 0, 2]);
      expect(outcome(await pull(0, "c"))).toEqual([20, 2, 0, 2]);
      expect(outcome(await pull(0, "b || c"))).toEqual([0, 2, 0, 2]);
    });
  }

  test("an empty queue has nothing new at 0, and has moved anywhere else", async () => {
    const peer = await pair.toBroker();
    await sendOne(peer, { topic: "one-queue", queueId: 1 });
    expect(outcome(await pullOnce(peer, { topic: "one-queue" }))).toEqual([19, 0, 0, 0]);
    const moved = await pullOnce(peer, { topic: "one-queue", queueOffset: 5 });
    expect(outcome(moved)).toEqual([21, 0, 0, 0]);
  });

  test("lite pull is answered like pull", async () => {
    const peer = await pair.toBroker();
    await sendOne(peer, { topic: "lite" });
    const reply = await peer.call(litePullMessage, { ...pullDefaults, topic: "lite", sysFlag: 20 });
    expect(outcome(reply)).toEqual([0, 1, 0, 1]);
  });

  test("at most the asked number of messages comes", async () => {
    const peer = await pair.toBroker();
    for (let index = 0; index < 5; index++) {
      await sendOne(peer, { topic: "few" });
    }
    expect(outcome(await pullOnce(peer, { topic: "few", maxMsgNums: 2 }))).toEqual([0, 2, 0, 5]);
  });

  const refused: readonly (readonly [string, number, Partial<typeof pullDefaults>])[] = [
    ["a topic that is not there", 17, { topic: "nowhere" }],
    ["a queue the topic lacks", 29, { queueId: 99 }],
    ["a negative queue", 29, { queueId: -1 }],
    ["no subscription at all", 24, { sysFlag: 0, consumerGroup: "strangers" }],
    ["an expression in SQL", 1, { expressionType: "SQL92", subscription: "a > 1" }],
    ["a group's name that cannot be", 29, { consumerGroup: "a b" }],
  ];
  for (const [name, code, change] of refused) {
    test(`${name} is refused with ${code}`, async () => {
      const peer = await pair.toBroker();
      await sendOne(peer, { topic: "refusing" });
      const reply = await pullOnce(peer, { topic: "refusing", ...change });
      expect(reply.code).toBe(code);
      expect(reply.remark).toBeTruthy();
    });
  }

  test("a subscription newer than the group's heartbeat is refused with 25", async () => {
    const peer = await pair.toBroker();
    await sendOne(peer, { topic: "stale" });
    await beat(peer, { clientId: "c1", group: "stale-group", topic: "stale" });
    const values = { topic: "stale", consumerGroup: "stale-group", sysFlag: 0 };
    expect((await pullOnce(peer, { ...values, subVersion: "1" })).code).toBe(0);
    expect((await pullOnce(peer, { ...values, subVersion: "2" })).code).toBe(25);
  });

  test("a held pull is answered by the message it waited for", async () => {
    const peer = await pair.toBroker();
    const producer = await pair.toBroker();
    await sendOne(producer, { topic: "waited" });
    const held = pullOnce(peer, {
      topic: "waited",
      queueOffset: 1,
      sysFlag: 6,
      suspendTimeoutMillis: 20_000,
    });
    await sendOne(producer, { topic: "waited" });
    expect(outcome(await held)).toEqual([0, 2, 0, 2]);
  });

  test("a held pull whose time ends is answered with 19", async () => {
    const peer = await pair.toBroker();
    await sendOne(peer, { topic: "unheard" });
    const reply = await pullOnce(peer, {
      topic: "unheard",
      queueOffset: 1,
      sysFlag: 6,
      suspendTimeoutMillis: 30,
    });
    expect(outcome(reply)).toEqual([19, 1, 0, 1]);
  });
});

describe("offsets", () => {
  test("a group on a young queue starts at 0, unless it says that it wants to know", async () => {
    const peer = await pair.toBroker();
    await sendOne(peer, { topic: "young" });
    const values = { consumerGroup: "new-group", topic: "young", queueId: 0 };
    const reply = await peer.call(queryConsumerOffset, values);
    expect([reply.code, reply.fields.get("offset")]).toEqual([0, "0"]);
    const strict = await peer.call(queryConsumerOffset, { ...values, setZeroIfNotFound: false });
    expect(strict.code).toBe(22);
  });

  test("what was committed is found again, also when it went one-way or back", async () => {
    const peer = await pair.toBroker();
    await sendOne(peer, { topic: "commits" });
    await beat(peer, { clientId: "c2", group: "committers", topic: "commits" });
    const values = { consumerGroup: "committers", topic: "commits", queueId: 0 };
    const committed = async () =>
      (await peer.call(queryConsumerOffset, values)).fields.get("offset");
    expect((await peer.call(updateConsumerOffset, { ...values, commitOffset: 7 })).code).toBe(0);
    expect(await committed()).toBe("7");
    const fields = updateConsumerOffset.encode({ ...values, commitOffset: 3 });
    peer.send({ code: updateConsumerOffset.code, fields }, 2);
    expect(await committed()).toBe("3");
  });

  test("a pull commits the offset it carries", async () => {
    const peer = await pair.toBroker();
    await sendOne(peer, { topic: "carried" });
    await beat(peer, { clientId: "c3", group: "carriers", topic: "carried" });
    await pullOnce(peer, {
      topic: "carried",
      consumerGroup: "carriers",
      sysFlag: 5,
      commitOffset: 1,
    });
    const values = { consumerGroup: "carriers", topic: "carried", queueId: 0 };
    expect((await peer.call(queryConsumerOffset, values)).fields.get("offset")).toBe("1");
  });

  test("commits that cannot be are refused: 26 unknown group, 17 unknown topic, 29 a missing number", async () => {
    const peer = await pair.toBroker();
    await sendOne(peer, { topic: "commit-checks" });
    await beat(peer, { clientId: "c4", group: "checkers", topic: "commit-checks" });
    const values = {
      consumerGroup: "checkers",
      topic: "commit-checks",
      queueId: 0,
      commitOffset: 1,
    };
    const codeOf = async (change: object) =>
      (await peer.call(updateConsumerOffset, { ...values, ...change })).code;
    expect(await codeOf({ consumerGroup: "unknown-group" })).toBe(26);
    expect(await codeOf({ topic: "unknown-topic" })).toBe(17);
    expect(await codeOf({ queueId: undefined })).toBe(29);
    expect(await codeOf({ commitOffset: undefined })).toBe(29);
    expect(await codeOf({})).toBe(0);
  });

  test("a queue's ends and the message at a time are found", async () => {
    const peer = await pair.toBroker();
    await sendOne(peer, { topic: "ends" });
    await sendOne(peer, { topic: "ends" });
    const queue = { topic: "ends", queueId: 0 };
    const offsetOf = (reply: Command) => [reply.code, reply.fields.get("offset")];
    expect(offsetOf(await peer.call(getMinOffset, queue))).toEqual([0, "0"]);
    expect(offsetOf(await peer.call(getMaxOffset, queue))).toEqual([0, "2"]);
    const at = (timestamp: number) => peer.call(searchOffsetByTimestamp, { ...queue, timestamp });
    expect(offsetOf(await at(0))).toEqual([0, "0"]);
    expect(offsetOf(await at(2 ** 63))).toEqual([0, "2"]);
  });

  test("a reset is told to the next pull with 21, and commits until then are void", async () => {
    const peer = await pair.toBroker();
    for (let index = 0; index < 4; index++) {
      await sendOne(peer, { topic: "resets" });
    }
    await beat(peer, { clientId: "c5", group: "resetters", topic: "resets" });
    const group = { consumerGroup: "resetters", topic: "resets", queueId: 0 };
    await peer.call(updateConsumerOffset, { ...group, commitOffset: 4 });
    const reset = await peer.call(invokeResetOffset, {
      topic: "resets",
      group: "resetters",
      queueId: 0,
      offset: 1,
      timestamp: -1,
      isForce: true,
    });
    expect(reset.code).toBe(0);
    const void_ = await peer.call(updateConsumerOffset, { ...group, commitOffset: 4 });
    expect([void_.code, void_.remark]).toEqual([0, "Offset has been previously reset"]);
    expect((await peer.call(queryConsumerOffset, group)).fields.get("offset")).toBe("1");
    const pulled = await pullOnce(peer, { ...group, queueOffset: 4 });
    expect(outcome(pulled)).toEqual([21, 1, 0, 4]);
  });
});
