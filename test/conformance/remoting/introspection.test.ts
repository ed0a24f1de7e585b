/** Questions of operators that the broker hands on to connected clients (remoting 5, 7.7). */
import { describe, expect, test } from "bun:test";
import {
  decodeConsumerStatus,
  encodeConsumerStatus,
} from "../../../src/protocol/remoting/bodies/consumer-status.ts";
import { type Command, isResponse } from "../../../src/protocol/remoting/command.ts";
import {
  consumeMessageDirectly,
  getConsumerRunningInfo,
  getConsumerStatus,
  getStatusFromClient,
} from "../../../src/protocol/remoting/requests/introspection.ts";
import { decodeRecord } from "../../../src/record/decode.ts";
import { beat, livePair, sendOne } from "./live-pair.ts";
import { bodyOf, bodyText, type RawPeer } from "./raw-peer.ts";

const pair = livePair();

/** The broker's question to this peer. */
function question(peer: RawPeer, code: number): Promise<Command> {
  return peer.first((command) => !isResponse(command) && command.code === code);
}

async function join(clientId: string, group: string, version = 479): Promise<RawPeer> {
  const peer = await pair.toBroker();
  await beat(peer, { clientId, group, topic: "asked", version });
  return peer;
}

const { code: runningInfo } = getConsumerRunningInfo;

describe("running info", () => {
  test("question and answer are handed on with everything they hold", async () => {
    const client = await join("c1", "asked-group");
    const operator = await pair.toBroker();
    const asked = operator.send({
      code: runningInfo,
      fields: [
        ["consumerGroup", "asked-group"],
        ["clientId", "c1"],
        ["jstackEnable", "true"],
        ["unknown", "kept"],
      ],
    });
    const heard = await question(client, runningInfo);
    expect(Object.fromEntries(heard.fields)).toEqual({
      consumerGroup: "asked-group",
      clientId: "c1",
      jstackEnable: "true",
      unknown: "kept",
    });
    const body = Buffer.from(
      '{"mqTable":{{"queueId":0}:{"droped":false}},"$ref":"$.x"} as it came',
    );
    client.send(
      {
        code: 1234,
        opaque: heard.opaque,
        fields: [["own", "field"]],
        body,
      },
      1,
    );
    const reply = await operator.reply(asked);
    expect([reply.code, bodyText(reply), reply.fields.get("own")]).toEqual([
      1234,
      body.toString(),
      "field",
    ]);
  });

  test("a client that is not there, or too old, is answered for with 1", async () => {
    const client = await join("old", "old-group", 61);
    const ask = (consumerGroup: string, clientId: string) =>
      client.call(getConsumerRunningInfo, { consumerGroup, clientId });
    expect((await ask("old-group", "old")).code).toBe(1);
    expect((await ask("old-group", "absent")).code).toBe(1);
    expect((await ask("absent", "old")).code).toBe(1);
  });

  test("a client that goes away before it answers is answered for with 1", async () => {
    const client = await join("gone", "gone-group");
    const operator = await pair.toBroker();
    const asked = operator.call(getConsumerRunningInfo, {
      consumerGroup: "gone-group",
      clientId: "gone",
    });
    await question(client, runningInfo);
    client.close();
    expect((await asked).code).toBe(1);
  });

  test("a silent client has 16 open questions at most, and nobody else notices", async () => {
    await join("silent", "silent-group");
    const other = await join("other", "silent-group");
    const operator = await pair.toBroker();
    const fields = getConsumerRunningInfo.encode({
      consumerGroup: "silent-group",
      clientId: "silent",
    });
    for (let count = 0; count < 16; count++) {
      operator.send({ code: runningInfo, fields });
    }
    const busy = await operator.ask({ code: runningInfo, fields });
    expect([busy.code, busy.remark]).toEqual([2, expect.stringMatching(/^\[REJECTREQUEST\]/)]);
    const asked = operator.call(getConsumerRunningInfo, {
      consumerGroup: "silent-group",
      clientId: "other",
    });
    const heard = await question(other, runningInfo);
    other.send({ code: 0, opaque: heard.opaque }, 1);
    expect((await asked).code).toBe(0);
  });

  test("an answer that nobody asked for is passed over", async () => {
    const client = await join("talks", "talking");
    client.send({ code: 0, opaque: 77 }, 1);
    client.send({ code: 0, opaque: 77, fields: [["x", "1"]], body: Buffer.from("x") }, 1);
    expect((await sendOne(client, { topic: "asked" })).code).toBe(0);
  });
});

describe("a message for one consumer", () => {
  test("the record goes along with what the broker knows of topic and group", async () => {
    const client = await join("direct", "direct-group");
    const operator = await pair.toBroker();
    const sent = await sendOne(operator, { topic: "asked" }, "for you");
    const messageId = sent.fields.get("msgId") ?? "";
    const asked = operator.call(consumeMessageDirectly, {
      consumerGroup: "direct-group",
      clientId: "direct",
      messageId,
      topic: "asked",
    });
    const heard = await question(client, consumeMessageDirectly.code);
    expect(Object.fromEntries(heard.fields)).toEqual({
      consumerGroup: "direct-group",
      clientId: "direct",
      msgId: messageId,
      topic: "asked",
      brokerName: "broker-a",
      topicSysFlag: "0",
      groupSysFlag: "0",
    });
    const record = decodeRecord(heard.source, heard.bodyStart);
    expect([record.topic, record.body.toString()]).toEqual(["asked", "for you"]);
    const body = Buffer.from('{"consumeResult":"CR_SUCCESS"}');
    client.send({ code: 0, opaque: heard.opaque, body }, 1);
    expect(bodyText(await asked)).toBe('{"consumeResult":"CR_SUCCESS"}');
  });

  test("where no message begins, and for an id that is none, the answer is 1", async () => {
    const client = await join("direct-2", "direct-group");
    const sent = await sendOne(client, { topic: "asked" });
    const id = sent.fields.get("msgId") ?? "";
    const wrong = `${id.slice(0, -2)}${id.endsWith("01") ? "02" : "01"}`;
    for (const messageId of [wrong, "7F", `${id.slice(0, 16)}7FFFFFFFFFFFFFFF`]) {
      const reply = await client.call(consumeMessageDirectly, {
        consumerGroup: "direct-group",
        clientId: "direct-2",
        messageId,
        topic: "asked",
      });
      expect([messageId, reply.code]).toEqual([messageId, 1]);
    }
  });
});

describe("where consumers stand", () => {
  test("each member is asked, and those that answer are told", async () => {
    const first = await join("s1", "standing");
    const second = await join("s2", "standing");
    const operator = await pair.toBroker();
    const asked = operator.call(getConsumerStatus, { topic: "asked", group: "standing" });
    const queue = { brokerName: "broker-a", queueId: 0, topic: "asked" };
    const body = encodeConsumerStatus({ queues: [[queue, 7]], clients: new Map() });
    const heardByFirst = await question(first, getStatusFromClient.code);
    expect(heardByFirst.fields.get("group")).toBe("standing");
    first.send({ code: 0, opaque: heardByFirst.opaque, body }, 1);
    const heardBySecond = await question(second, getStatusFromClient.code);
    second.send({ code: 1, opaque: heardBySecond.opaque }, 1);
    expect(bodyOf(await asked, decodeConsumerStatus).clients).toEqual(
      new Map([["s1", [[queue, 7] as const]]]),
    );
  });

  test("a group without members is answered with 1", async () => {
    const operator = await pair.toBroker();
    const reply = await operator.call(getConsumerStatus, { topic: "asked", group: "empty" });
    expect(reply.code).toBe(1);
  });
});
