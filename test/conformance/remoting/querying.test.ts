/** What somebody may count on who looks for messages (remoting 4.7). */
import { describe, expect, test } from "bun:test";
import type { Command, SerializeType } from "../../../src/protocol/remoting/command.ts";
import { pullMessage } from "../../../src/protocol/remoting/requests/pull.ts";
import {
  getEarliestStoreTime,
  queryMessage,
  viewMessageById,
} from "../../../src/protocol/remoting/requests/query.ts";
import { sendMessageV2 } from "../../../src/protocol/remoting/requests/send.ts";
import { decodeRecord, type MessageRecord } from "../../../src/record/decode.ts";
import { parseOffsetMessageId } from "../../../src/record/message-id.ts";
import { livePair, pullDefaults, sendOne } from "./live-pair.ts";
import type { RawPeer } from "./raw-peer.ts";

const pair = livePair();

const queryDefaults = {
  topic: "found",
  key: "k",
  maxNum: 64,
  beginTimestamp: 0,
  endTimestamp: 2 ** 63,
};

type QueryValues = typeof queryDefaults & {
  readonly isUniqueKey?: boolean;
  readonly indexType?: string;
};

function query(
  peer: RawPeer,
  change: Partial<QueryValues> = {},
  serializeType: SerializeType = 0,
): Promise<Command> {
  return peer.call(queryMessage, { ...queryDefaults, ...change }, { serializeType });
}

function recordsOf(reply: Command): readonly MessageRecord[] {
  const records: MessageRecord[] = [];
  const body = reply.source.subarray(reply.bodyStart, reply.bodyEnd);
  for (let at = 0; at < body.length; at += records.at(-1)?.bytes ?? body.length) {
    records.push(decodeRecord(body, at));
  }
  return records;
}

const bodiesOf = (reply: Command): readonly string[] =>
  recordsOf(reply).map(({ body }) => body.toString());

const withKeys = (keys: string, uniqueKey = ""): string =>
  `KEYS\u0001${keys}\u0002${uniqueKey === "" ? "" : `UNIQ_KEY\u0001${uniqueKey}\u0002`}`;

/** Physical offset that the reply to a send names. */
function offsetOf(reply: Command): number {
  const { msgId } = sendMessageV2.decodeReply(reply.fields);
  return parseOffsetMessageId(msgId ?? "").physicalOffset;
}

describe("by key", () => {
  for (const serializeType of [0, 1] satisfies SerializeType[]) {
    test(`form ${serializeType}: what is acknowledged is found by each of its keys, newest first`, async () => {
      const peer = await pair.toBroker();
      const topic = `keys-${serializeType}`;
      await sendOne(peer, { topic, properties: withKeys("a b", "ID-1") }, "one");
      const last = await sendOne(peer, { topic, properties: withKeys("b"), queueId: 1 }, "two");
      const found = await query(peer, { topic, key: "b" }, serializeType);
      expect([found.code, bodiesOf(found)]).toEqual([0, ["two", "one"]]);
      const { indexLastUpdatePhyoffset, indexLastUpdateTimestamp } = queryMessage.decodeReply(
        found.fields,
      );
      expect(indexLastUpdatePhyoffset).toBe(offsetOf(last));
      expect(indexLastUpdateTimestamp).toBe(recordsOf(found)[0]?.storeTimestampMs ?? -1);
      expect(bodiesOf(await query(peer, { topic, key: "a" }, serializeType))).toEqual(["one"]);
      expect(bodiesOf(await query(peer, { topic, key: "ID-1" }, serializeType))).toEqual(["one"]);
    });
  }

  test("a unique key is looked for among unique keys alone", async () => {
    const peer = await pair.toBroker();
    await sendOne(peer, { properties: withKeys("u1", "u2"), topic: "unique" }, "one");
    await sendOne(peer, { properties: withKeys("u2", "u1"), topic: "unique" }, "two");
    const found = await query(peer, { topic: "unique", key: "u1", isUniqueKey: true });
    expect(bodiesOf(found)).toEqual(["two"]);
  });

  test("nothing is answered with 22: an unknown key, topic or time, a key with the same hash", async () => {
    const peer = await pair.toBroker();
    await sendOne(peer, { properties: withKeys("AaAa"), topic: "nothing" });
    const questions: readonly Partial<QueryValues>[] = [
      { key: "other" },
      { key: "BBBB" },
      { key: "" },
      { topic: "nowhere" },
      { key: "AaAa", endTimestamp: 1_000 },
      { key: "AaAa", beginTimestamp: 2 ** 63 },
    ];
    for (const change of questions) {
      expect((await query(peer, { topic: "nothing", ...change })).code).toBe(22);
    }
    expect((await query(peer, { topic: "nothing", key: "AaAa" })).code).toBe(0);
  });

  test("at most as many come as were asked for, 64 and 32 at most, and at least one", async () => {
    const peer = await pair.toBroker();
    const properties = withKeys("many", "same");
    for (let index = 0; index < 70; index++) {
      await sendOne(peer, { topic: "many", properties }, `m${index}`);
    }
    const count = async (change: Partial<QueryValues>): Promise<number> =>
      recordsOf(await query(peer, { topic: "many", key: "many", ...change })).length;
    expect(await count({ maxNum: 5 })).toBe(5);
    expect(await count({ maxNum: 1_000 })).toBe(64);
    expect(await count({ maxNum: 0 })).toBe(1);
    expect(await count({ key: "same", isUniqueKey: true, maxNum: 64 })).toBe(32);
  });

  test("an answer fits a frame, however large the messages are", async () => {
    const peer = await pair.toBroker();
    const body = "x".repeat(4_000_000);
    for (let index = 0; index < 6; index++) {
      const sent = await sendOne(peer, { topic: "large", properties: withKeys("large") }, body);
      expect(sent.code).toBe(0);
    }
    const found = await query(peer, { topic: "large", key: "large" });
    expect([found.code, recordsOf(found).length]).toEqual([0, 3]);
  });

  test("an index of tags is refused by name", async () => {
    const peer = await pair.toBroker();
    const refused = await query(peer, { indexType: "T" });
    expect([refused.code, refused.remark]).toEqual([1, expect.stringContaining("indexType")]);
  });

  test("who does not take its answers is refused; others are answered", async () => {
    const lazy = await pair.toBroker();
    const body = "x".repeat(4_000_000);
    for (let index = 0; index < 3; index++) {
      await sendOne(lazy, { topic: "lazy", properties: withKeys("lazy") }, body);
    }
    const fields = queryMessage.encode({ ...queryDefaults, topic: "lazy", key: "lazy" });
    lazy.pause();
    const opaques = Array.from({ length: 200 }, () => lazy.send({ code: 12, fields }));
    const other = await pair.toBroker();
    expect((await query(other, { topic: "lazy", key: "lazy" })).code).toBe(0);
    lazy.resume();
    const codes = new Map<number, number>();
    for (const opaque of opaques) {
      const { code } = await lazy.reply(opaque);
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    expect([...codes.keys()].sort()).toEqual([0, 2]);
    expect(codes.get(2)).toBeGreaterThan(100);
  });
});

describe("by place", () => {
  test("33 answers the record that begins there, whole", async () => {
    const peer = await pair.toBroker();
    const sent = await sendOne(peer, { topic: "placed", properties: withKeys("k") }, "whole");
    const offset = offsetOf(sent);
    const found = await peer.call(viewMessageById, { topic: "placed", offset });
    expect(found.code).toBe(0);
    const [record, ...others] = recordsOf(found);
    expect(others).toEqual([]);
    expect([record?.physicalOffset, record?.topic, record?.body.toString()]).toEqual([
      offset,
      "placed",
      "whole",
    ]);
    expect(recordsOf(await peer.call(viewMessageById, { offset }))).toHaveLength(1);
  });

  test("an offset where no record begins is answered with 1, and says so", async () => {
    const peer = await pair.toBroker();
    const sent = await sendOne(peer, { topic: "placed" });
    for (const offset of [offsetOf(sent) + 1, -1, 4_294_967_295, 2 ** 63]) {
      const refused = await peer.call(viewMessageById, { offset });
      expect(refused.code).toBe(1);
      expect(refused.remark).toStartWith("can not find message by the offset, ");
    }
  });
});

describe("the oldest message", () => {
  test("32 answers its store time, and -1 where there is none", async () => {
    const peer = await pair.toBroker();
    await sendOne(peer, { topic: "oldest" });
    await sendOne(peer, { topic: "oldest" });
    const pulled = await peer.call(pullMessage, { ...pullDefaults, topic: "oldest" });
    const { storeTimestampMs } = decodeRecord(pulled.source, pulled.bodyStart);
    const ask = async (topic: string, queueId: number) => {
      const reply = await peer.call(getEarliestStoreTime, { topic, queueId });
      expect(reply.code).toBe(0);
      return getEarliestStoreTime.decodeReply(reply.fields).timestamp;
    };
    expect(await ask("oldest", 0)).toBe(storeTimestampMs);
    expect(await ask("oldest", 1)).toBe(-1);
    expect(await ask("oldest", 99)).toBe(-1);
    expect(await ask("nowhere", 0)).toBe(-1);
  });
});
