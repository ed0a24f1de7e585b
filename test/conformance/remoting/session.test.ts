/** What a connection may count on, whatever it asks (remoting 1.6). */
import { describe, expect, test } from "bun:test";
import { encodeCommand, type SerializeType } from "../../../src/protocol/remoting/command.ts";
import { getMaxOffset } from "../../../src/protocol/remoting/requests/offset.ts";
import { pullMessage } from "../../../src/protocol/remoting/requests/pull.ts";
import { beat, livePair, pullDefaults, sendOne } from "./live-pair.ts";

const pair = livePair();

describe("a connection to the broker", () => {
  for (const serializeType of [0, 1] satisfies SerializeType[]) {
    test(`an unknown request is answered in its form ${serializeType}, with 3 and its name`, async () => {
      const peer = await pair.toBroker();
      const reply = await peer.ask({ code: 37, serializeType });
      expect(reply).toMatchObject({
        code: 3,
        flag: 1,
        version: 479,
        serializeType,
        remark: " request type 37 not supported (END_TRANSACTION)",
      });
    });

    test(`a missing field is answered in form ${serializeType} with 1 and its name`, async () => {
      const peer = await pair.toBroker();
      const fields = new Map([["topic", "orders"]]);
      const reply = await peer.ask({ code: getMaxOffset.code, fields, serializeType });
      expect(reply).toMatchObject({ code: 1, remark: "field 'queueId' is missing", serializeType });
    });
  }

  test("pop asked with a binary header is refused by its own name", async () => {
    const peer = await pair.toBroker();
    const reply = await peer.ask({ code: 200050, serializeType: 1 });
    expect(reply).toMatchObject({
      code: 3,
      remark: " request type 200050 not supported (POP_MESSAGE)",
    });
  });

  for (const opaque of [0, -1, -(2 ** 31), 2 ** 31 - 1]) {
    test(`opaque ${opaque} comes back as it went`, async () => {
      const peer = await pair.toBroker();
      expect((await peer.ask({ code: 47, opaque })).opaque).toBe(opaque);
    });
  }

  test("one-way requests are never answered, whether they succeed, fail or are unknown", async () => {
    const peer = await pair.toBroker();
    peer.send({ code: 37 }, 2);
    peer.send({ code: getMaxOffset.code }, 2);
    peer.send({ code: 34, body: Buffer.from("no heartbeat") }, 2);
    peer.send({ code: 310 }, 2);
    peer.send({ code: 11 }, 2);
    const asked = peer.send({ code: 47 });
    await peer.reply(asked);
    expect(peer.received.map((command) => command.opaque)).toEqual([asked]);
  });

  test("a held pull holds up nothing else", async () => {
    const peer = await pair.toBroker();
    await sendOne(peer, { topic: "held" });
    await beat(peer, { clientId: "holder", group: "holders", topic: "held" });
    const held = peer.send({
      code: pullMessage.code,
      fields: pullMessage.encode({
        ...pullDefaults,
        consumerGroup: "holders",
        topic: "held",
        queueOffset: 1,
        sysFlag: 6,
        suspendTimeoutMillis: 20_000,
      }),
    });
    const reply = await peer.call(getMaxOffset, { topic: "held", queueId: 0 });
    expect(getMaxOffset.decodeReply(reply.fields)).toEqual({ offset: 1 });
    expect(peer.received.some((command) => command.opaque === held)).toBe(false);
  });

  test("a reply is no request: it is taken and not answered", async () => {
    const peer = await pair.toBroker();
    peer.send({ code: 0 }, 1);
    const asked = peer.send({ code: 47 });
    await peer.reply(asked);
    expect(peer.received.map((command) => command.opaque)).toEqual([asked]);
  });

  const good = encodeCommand({ code: 47, opaque: 1, flag: 0, serializeType: 0 });
  const badFrames: readonly (readonly [string, Buffer])[] = [
    ["a negative length", Buffer.from("ffffffff", "hex")],
    ["a length of 0", Buffer.from("00000000", "hex")],
    ["a length of 16 MiB", Buffer.from("01000000", "hex")],
    ["a TLS greeting", Buffer.from("160301020001fc03", "hex")],
    ["an HTTP request", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
    ["a header longer than its frame", withBytes(good, 4, "00000100")],
    ["a header of unknown form", withBytes(good, 4, "02")],
    ["a header that is no JSON", withBytes(good, 8, "5b")],
    ["a header without its end", withBytes(good, good.length - 1, "20")],
  ];
  for (const [name, bytes] of badFrames) {
    test(`${name} closes the connection without an answer, and no other`, async () => {
      const bystander = await pair.toBroker();
      const peer = await pair.toBroker();
      peer.write(bytes);
      await peer.closed();
      expect(peer.received).toEqual([]);
      expect((await bystander.ask({ code: 47 })).code).toBe(3);
    });
  }
});

function withBytes(frame: Buffer, at: number, hex: string): Buffer {
  const changed = Buffer.from(frame);
  changed.write(hex, at, "hex");
  return changed;
}
