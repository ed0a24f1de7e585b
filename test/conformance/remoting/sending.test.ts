/** What a producer may count on (remoting 4.1, 8.1, 8.2). */
import { describe, expect, test } from "bun:test";
import type { Command, SerializeType } from "../../../src/protocol/remoting/command.ts";
import {
  sendBatchMessage,
  sendMessage,
  sendMessageV2,
} from "../../../src/protocol/remoting/requests/send.ts";
import { updateTopic } from "../../../src/protocol/remoting/requests/topic.ts";
import { encodeBatch } from "../../../src/record/batch.ts";
import { decodeRecord, type MessageRecord } from "../../../src/record/decode.ts";
import { parseOffsetMessageId } from "../../../src/record/message-id.ts";
import { livePair, pullOnce, sendDefaults, sendOne } from "./live-pair.ts";

const pair = livePair();

function recordsOf(reply: Command): MessageRecord[] {
  const records: MessageRecord[] = [];
  for (let at = reply.bodyStart; at < reply.bodyEnd; ) {
    const record = decodeRecord(reply.source, at);
    records.push(record);
    at += record.bytes;
  }
  return records;
}

describe("sends", () => {
  test("the handle of a popped message and a checksum are not the sender's: they are taken away, also from batches", async () => {
    const peer = await pair.toBroker();
    const topic = "foreign";
    const properties =
      "POP_CK\u00010 1 2\u0002a\u00011\u0002__CRC32#\u00011\u0002POP_CK\u00013\u0002POP_CKX\u00012";
    await sendOne(peer, { topic, properties });
    const message = { flag: 0, body: Buffer.from("in a batch"), properties };
    const body = encodeBatch([message, { ...message, properties: "b\u00012\u0002" }]);
    const values = { ...sendDefaults, topic, batch: true };
    expect((await peer.call(sendBatchMessage, values, { body })).code).toBe(0);
    const records = recordsOf(await pullOnce(peer, { topic }));
    const namesOf = (record: MessageRecord | undefined) =>
      [...(record?.properties.keys() ?? [])].filter((name) => /^(POP|a|b)/.test(name));
    expect(records.map(namesOf)).toEqual([["a", "POP_CKX"], ["a", "POP_CKX"], ["b"]]);
  });

  test("a refused send names region and trace, as a stored one does; one that cannot be read does not", async () => {
    const peer = await pair.toBroker();
    const refused = await sendOne(peer, { topic: "SCHEDULE_TOPIC_XXXX" });
    expect([refused.code, Object.fromEntries(refused.fields)]).toEqual([
      16,
      { MSG_REGION: "DefaultRegion", TRACE_ON: "true" },
    ]);
    const unread = await peer.ask({ code: sendMessageV2.code, fields: [["b", "t"]] });
    expect([unread.code, unread.fields.size]).toEqual([1, 0]);
  });

  test("a producer group without a name is taken, in either form of the header", async () => {
    const peer = await pair.toBroker();
    for (const serializeType of [0, 1] satisfies SerializeType[]) {
      const reply = await sendOne(peer, { producerGroup: "" }, "x", serializeType);
      expect([serializeType, reply.code]).toEqual([serializeType, 0]);
    }
  });

  for (const serializeType of [0, 1] satisfies SerializeType[]) {
    for (const definition of [sendMessage, sendMessageV2]) {
      test(`code ${definition.code}, form ${serializeType}: stored as sent, answered with its place`, async () => {
        const peer = await pair.toBroker();
        const topic = `kept-${definition.code}-${serializeType}`;
        const values = {
          ...sendDefaults,
          topic,
          queueId: 2,
          flag: 7,
          bornTimestamp: "1795382583056123456",
          properties: 'KEYS\u0001k"1\\\u0002UNIQ_KEY\u0001my-key\u0002a\u0001ä\u0002',
        };
        const body = Buffer.from([0, 255, 34, 92]);
        const reply = await peer.call(definition, values, { body, serializeType });
        expect(reply).toMatchObject({ code: 0, serializeType });
        const sent = definition.decodeReply(reply.fields);
        expect(sent).toMatchObject({
          queueId: 2,
          queueOffset: 0,
          transactionId: "my-key",
          traceOn: true,
          regionId: "DefaultRegion",
        });
        const [record] = recordsOf(await pullOnce(peer, { topic, queueId: 2 }, serializeType));
        expect(record).toMatchObject({
          topic,
          queueId: 2,
          queueOffset: 0,
          flag: 7,
          physicalOffset: parseOffsetMessageId(sent.msgId).physicalOffset,
          storeHost: parseOffsetMessageId(sent.msgId).storeHost,
        });
        expect(record?.body.equals(body)).toBe(true);
        expect(Object.fromEntries(record?.properties ?? [])).toMatchObject({
          KEYS: 'k"1\\',
          UNIQ_KEY: "my-key",
          a: "ä",
          CLUSTER: "c",
        });
      });
    }
  }

  for (const definition of [sendBatchMessage, sendMessageV2]) {
    test(`a batch by code ${definition.code} has an id for each message, and each is one record`, async () => {
      const peer = await pair.toBroker();
      const topic = `batch-${definition.code}`;
      const body = encodeBatch(
        ["a", "b", "c"].map((text) => ({
          flag: 1,
          body: Buffer.from(text),
          properties: `TAGS\u0001${text}\u0002`,
        })),
      );
      const values = { ...sendDefaults, topic, batch: true };
      const reply = await peer.call(definition, values, { body });
      const sent = definition.decodeReply(reply.fields);
      const records = recordsOf(await pullOnce(peer, { topic }));
      expect(records.map((record) => record.body.toString())).toEqual(["a", "b", "c"]);
      expect(records.map((record) => record.queueOffset)).toEqual([0, 1, 2]);
      expect(sent.msgId.split(",").map((id) => parseOffsetMessageId(id).physicalOffset)).toEqual(
        records.map((record) => record.physicalOffset),
      );
      expect(sent.queueOffset).toBe(0);
    });
  }

  test("a message without a unique key is given one", async () => {
    const peer = await pair.toBroker();
    const reply = await sendOne(peer, { topic: "keyless" });
    const [record] = recordsOf(await pullOnce(peer, { topic: "keyless" }));
    expect(record?.properties.get("UNIQ_KEY")).toBe(reply.fields.get("transactionId") ?? "");
  });

  test("a one-way send is stored", async () => {
    const peer = await pair.toBroker();
    const fields = sendMessageV2.encode({ ...sendDefaults, topic: "oneway" });
    peer.send({ code: 310, fields, body: Buffer.from("quiet") }, 2);
    await sendOne(peer, { topic: "oneway" }, "loud");
    const records = recordsOf(await pullOnce(peer, { topic: "oneway" }));
    expect(records.map((record) => record.body.toString())).toEqual(["quiet", "loud"]);
  });

  test("a negative queue id is any queue of the topic", async () => {
    const peer = await pair.toBroker();
    const reply = await sendOne(peer, { topic: "any", queueId: -1 });
    expect(Number(reply.fields.get("queueId"))).toBeLessThan(4);
  });

  const refused: readonly (readonly [string, number, Partial<typeof sendDefaults>])[] = [
    ["a delay level that is no number", 13, { properties: "DELAY\u0001soon\u0002" }],
    ["a delivery time", 13, { properties: "TIMER_DELIVER_MS\u00011795382497000\u0002" }],
    ["a delay in seconds", 13, { properties: "TIMER_DELAY_SEC\u00015\u0002" }],
    ["a delay in milliseconds", 13, { properties: "TIMER_DELAY_MS\u00015\u0002" }],
    ["a half message", 13, { properties: "TRAN_MSG\u0001true\u0002" }],
    ["a half message by its sysFlag", 13, { sysFlag: 4 }],
    ["properties above 32,767 bytes", 13, { properties: `a\u0001${"x".repeat(32_767)}\u0002` }],
    ["a queue the topic lacks", 29, { queueId: 1_000 }],
    ["a name with a space", 29, { topic: "or ders" }],
    ["a blank name", 29, { topic: " " }],
    ["a name of 128 characters", 29, { topic: "x".repeat(128) }],
    ["a topic of the broker's own", 16, { topic: "SCHEDULE_TOPIC_XXXX" }],
    ["a new topic after an unknown template", 17, { topic: "fresh", defaultTopic: "nothing" }],
  ];
  for (const [name, code, change] of refused) {
    test(`${name} is refused with ${code}, and nothing is stored`, async () => {
      const peer = await pair.toBroker();
      const topic = change.topic ?? "refusals";
      await sendOne(peer, { topic: "refusals" });
      const before = await pullOnce(peer, { topic: "refusals", queueOffset: 1 });
      const reply = await sendOne(peer, { topic, ...change });
      expect(reply.code).toBe(code);
      expect(reply.remark).toBeTruthy();
      const after = await pullOnce(peer, { topic: "refusals", queueOffset: 1 });
      expect(after.fields.get("maxOffset")).toBe(String(Number(before.fields.get("maxOffset"))));
    });
  }

  test("an empty body is stored, and WAIT stays in the properties", async () => {
    const peer = await pair.toBroker();
    const properties = "WAIT\u0001false\u0002";
    expect((await sendOne(peer, { topic: "empty", properties }, "")).code).toBe(0);
    const [record] = recordsOf(await pullOnce(peer, { topic: "empty" }));
    expect([record?.body.length, record?.properties.get("WAIT")]).toEqual([0, "false"]);
  });

  test("a body above 4 MiB is refused with 13, single or batch", async () => {
    const peer = await pair.toBroker();
    const body = "x".repeat((4 << 20) + 1);
    expect((await sendOne(peer, { topic: "large" }, body)).code).toBe(13);
    const values = { ...sendDefaults, topic: "large", batch: true };
    const batch = encodeBatch([{ flag: 0, body: Buffer.from(body), properties: "" }]);
    expect((await peer.call(sendBatchMessage, values, { body: batch })).code).toBe(13);
  });

  test("one illegal message in a batch refuses all of it with 13", async () => {
    const peer = await pair.toBroker();
    await sendOne(peer, { topic: "half-batch" });
    const body = encodeBatch([
      { flag: 0, body: Buffer.from("a"), properties: "" },
      { flag: 0, body: Buffer.from("b"), properties: "DELAY\u00013\u0002" },
    ]);
    const values = { ...sendDefaults, topic: "half-batch", batch: true };
    expect((await peer.call(sendBatchMessage, values, { body })).code).toBe(13);
    const pulled = await pullOnce(peer, { topic: "half-batch", queueOffset: 1 });
    expect(pulled.fields.get("maxOffset")).toBe("1");
  });

  test("a batch whose lengths do not fit is refused", async () => {
    const peer = await pair.toBroker();
    const body = encodeBatch([{ flag: 0, body: Buffer.from("a"), properties: "" }]);
    for (let cut = 1; cut < body.length; cut++) {
      const values = { ...sendDefaults, topic: "cut-batch", batch: true };
      const reply = await peer.call(sendBatchMessage, values, { body: body.subarray(0, cut) });
      expect([1, 13]).toContain(reply.code);
    }
  });

  test("a topic that a send made copies its template: at most as many queues as asked", async () => {
    const peer = await pair.toBroker();
    await sendOne(peer, { topic: "made", defaultTopicQueueNums: 3 });
    expect((await sendOne(peer, { topic: "made", queueId: 2 })).code).toBe(0);
    expect((await sendOne(peer, { topic: "made", queueId: 3 })).code).toBe(29);
  });

  test("a topic's permission does not stop a send, as with RocketMQ, but stops a pull", async () => {
    const peer = await pair.toBroker();
    const values = { topic: "shut", readQueueCount: 1, writeQueueCount: 1, perm: 0 };
    expect((await peer.call(updateTopic, values)).code).toBe(0);
    expect((await sendOne(peer, { topic: "shut" })).code).toBe(0);
    expect((await pullOnce(peer, { topic: "shut" })).code).toBe(16);
  });
});
