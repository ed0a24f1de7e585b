/** The hot codecs say what the definitions say, of the same bytes (remoting 4.1, 4.5). */
import { describe, expect, test } from "bun:test";
import {
  type Command,
  CommandHead,
  decodeCommand,
  encodeCommand,
  peekCommand,
  type SerializeType,
} from "../../../src/protocol/remoting/command.ts";
import { litePullMessage, pullMessage } from "../../../src/protocol/remoting/requests/pull.ts";
import {
  encodePullReply,
  isPullCode,
  PullHeader,
  PullReply,
  pullReplyHeadBytesMax,
  readPullHeader,
} from "../../../src/protocol/remoting/requests/pull-fast.ts";
import {
  sendBatchMessage,
  sendMessage,
  sendMessageV2,
} from "../../../src/protocol/remoting/requests/send.ts";
import {
  isSendCode,
  readSendHeader,
  SendHeader,
  sendHeaderOf,
} from "../../../src/protocol/remoting/requests/send-fast.ts";
import {
  encodeSendReply,
  SendReply,
  sendReplyBytesMax,
} from "../../../src/protocol/remoting/requests/send-reply-fast.ts";
import { formatOffsetMessageId } from "../../../src/record/message-id.ts";
import { capturedFrames } from "./captured-frame.ts";

const forms: readonly SerializeType[] = [0, 1];
const head = new CommandHead();

/** What a send header says, with its ranges as texts. */
function sendFacts(header: SendHeader) {
  const { bytes, scratch, ...numbers } = header;
  const text = (start: number, end: number) => bytes.toString("utf8", start, end);
  return {
    producerGroup: text(header.producerGroupStart, header.producerGroupEnd),
    topic: text(header.topicStart, header.topicEnd),
    defaultTopic: text(header.defaultTopicStart, header.defaultTopicEnd),
    properties: text(header.propertiesStart, header.propertiesEnd),
    numbers: Object.entries(numbers).filter(([name]) => !/(Start|End)$/.test(name)),
  };
}

function expectSameSend(frame: Buffer): boolean {
  const fast = new SendHeader();
  const slow = new SendHeader();
  peekCommand(frame, 4, frame.length, head);
  const isUsual = readSendHeader(frame, head, fast);
  sendHeaderOf(decodeCommand(frame, 4, frame.length), slow);
  if (isUsual) {
    expect(sendFacts(fast)).toEqual(sendFacts(slow));
  }
  return isUsual;
}

describe("send headers", () => {
  test("every captured send is a usual one and read alike both ways", () => {
    const frames = capturedFrames.filter(
      (frame) => frame.kind !== "response" && isSendCode(frame.code),
    );
    expect(frames.length).toBeGreaterThan(10);
    for (const captured of frames) {
      expect(expectSameSend(Buffer.from(captured.frame, "hex"))).toBe(true);
    }
  });

  const values = {
    producerGroup: "group",
    topic: "orders",
    defaultTopic: "TBW102",
    defaultTopicQueueNums: 4,
    queueId: -1,
    sysFlag: 4,
    bornTimestamp: "1795382497000",
    flag: -7,
    properties: 'KEYS\u0001ä "1"\\\u0002TAGS\u0001😀\u0002',
    reconsumeTimes: 3,
    unitMode: false,
    maxReconsumeTimes: 16,
    batch: true,
    brokerName: "b",
  } as const;

  for (const definition of [sendMessage, sendMessageV2, sendBatchMessage]) {
    for (const serializeType of forms) {
      test(`code ${definition.code}, form ${serializeType}: all fields arrive`, () => {
        const fields = definition.encode(values);
        const frame = encodeCommand({ ...request(definition.code), serializeType, fields });
        expect(expectSameSend(frame)).toBe(true);
      });

      test(`code ${definition.code}, form ${serializeType}: optional fields may be missing`, () => {
        const { properties, reconsumeTimes, maxReconsumeTimes, batch, ...required } = values;
        const fields = definition.encode(required);
        const frame = encodeCommand({ ...request(definition.code), serializeType, fields });
        expect(expectSameSend(frame)).toBe(true);
      });
    }
  }

  test("numbers and booleans without quotes are read, as Node's and C++'s clients send them", () => {
    const header =
      '{"code":310,"extFields":{"a":"g","b":"t","c":"TBW102","d":4,"e":0,"f":0,"g":1795382497000,' +
      '"h":0,"i":"k\\u0001v","j":0,"k":false,"m":true},"flag":0,"language":"CPP","opaque":5,"version":333}';
    const frame = rawFrame(header);
    expect(expectSameSend(frame)).toBe(true);
  });

  test("booleans may be digits in quotes, as C++'s client sends them", () => {
    for (const m of ["1", "0"]) {
      const extFields = { ...Object.fromEntries(sendMessageV2.encode(values)), k: "0", m };
      const header = { code: 310, flag: 0, opaque: 1, extFields };
      expect(expectSameSend(rawFrame(JSON.stringify(header)))).toBe(true);
    }
  });

  const unusual: readonly (readonly [name: string, change: Record<string, unknown>])[] = [
    ["a missing topic", { b: undefined }],
    ["a queue id that is no int32", { e: "4294967296" }],
    ["a queue id that is no number", { e: "x" }],
    ["an empty flag", { h: "" }],
    ["a batch that is neither true nor false", { m: "maybe" }],
    ["a topic with an escape", { b: 'to"pic' }],
    ["a born time of 19 digits", { g: "1795382497000000000" }],
    ["a born time before 1970", { g: "-5" }],
    ["a batch in capitals", { m: "TRUE" }],
  ];
  for (const [name, change] of unusual) {
    test(`${name} is left to the definition, which reads it or says what is wrong`, () => {
      const fields = Object.fromEntries(sendMessageV2.encode(values));
      const header = { code: 310, flag: 0, opaque: 1, extFields: { ...fields, ...change } };
      const frame = rawFrame(JSON.stringify(header));
      peekCommand(frame, 4, frame.length, head);
      expect(readSendHeader(frame, head, new SendHeader())).toBe(false);
    });
  }

  test("a negative born time comes through as its 64 bits", () => {
    const fields = sendMessageV2.encode({ ...values, bornTimestamp: "-5" });
    const header = new SendHeader();
    sendHeaderOf(command(310, fields), header);
    expect([header.bornTimestampHigh, header.bornTimestampLow]).toEqual([0xffffffff, 0xfffffffb]);
  });

  test("a header says nothing that the one before it said", () => {
    const header = new SendHeader();
    const full = encodeCommand({
      ...request(310),
      flag: 2,
      serializeType: 0,
      fields: sendMessageV2.encode(values),
    });
    peekCommand(full, 4, full.length, head);
    expect(readSendHeader(full, head, header)).toBe(true);
    const { properties, reconsumeTimes, maxReconsumeTimes, batch, ...required } = values;
    const bare = encodeCommand({
      ...request(310),
      serializeType: 0,
      fields: sendMessageV2.encode(required),
    });
    peekCommand(bare, 4, bare.length, head);
    expect(readSendHeader(bare, head, header)).toBe(true);
    const fresh = new SendHeader();
    expect(readSendHeader(bare, head, fresh)).toBe(true);
    expect(sendFacts(header)).toEqual(sendFacts(fresh));
  });
});

describe("send replies", () => {
  const storeHost = Buffer.from("7f00000100002a9f", "hex");

  function reply(change: Partial<SendReply>): Buffer {
    const values = Object.assign(new SendReply(), { storeHost, ...change });
    const target = Buffer.alloc(sendReplyBytesMax(values) + 10, 0xaa);
    const end = encodeSendReply(target, 5, values);
    expect(end - 5).toBeLessThanOrEqual(sendReplyBytesMax(values));
    expect([...target.subarray(0, 5)]).toEqual(Array(5).fill(0xaa));
    expect([...target.subarray(end)]).toEqual(Array(target.length - end).fill(0xaa));
    return target.subarray(5, end);
  }

  for (const serializeType of forms) {
    test(`form ${serializeType}: a client reads all fields`, () => {
      const uniqKey = Buffer.from('xx7F0000013FAD4E"\\\u0003äxx');
      const frame = reply({
        serializeType,
        opaque: -3,
        code: 10,
        queueId: 7,
        queueOffset: 2 ** 53 - 1,
        physicalOffset: 0x1b_cdef_0123_4567,
        uniqKey,
        uniqKeyStart: 2,
        uniqKeyEnd: uniqKey.length - 2,
      });
      expect(frame.readUInt32BE(0)).toBe(frame.length - 4);
      const read = decodeCommand(frame, 4, frame.length);
      expect(read).toMatchObject({
        code: 10,
        opaque: -3,
        flag: 1,
        language: 0,
        version: 479,
        remark: undefined,
        serializeType,
      });
      expect(read.bodyEnd).toBe(read.bodyStart);
      expect(sendMessageV2.decodeReply(read.fields)).toEqual({
        msgId: formatOffsetMessageId({ host: "127.0.0.1", port: 10911 }, 0x1b_cdef_0123_4567),
        queueId: 7,
        queueOffset: 2 ** 53 - 1,
        transactionId: '7F0000013FAD4E"\\\u0003ä',
        regionId: "DefaultRegion",
        traceOn: true,
      });
    });

    test(`form ${serializeType}: a batch has one id for each message`, () => {
      const offsets = Array.from({ length: 300 }, (_, index) => index * 1000);
      const read = decode(
        reply({ serializeType, messageCount: 300, physicalOffsets: Float64Array.from(offsets) }),
      );
      const ids = offsets.map((offset) =>
        formatOffsetMessageId({ host: "127.0.0.1", port: 10911 }, offset),
      );
      expect(read.fields.get("msgId")).toBe(ids.join(","));
      expect(read.fields.has("transactionId")).toBe(false);
    });

    test(`form ${serializeType}: a store address of 16 bytes gives ids of 56 digits`, () => {
      const host = Buffer.from("000000000000000000000000000000010000ffff", "hex");
      const read = decode(reply({ serializeType, storeHost: host, physicalOffset: 4096 }));
      expect(read.fields.get("msgId")).toBe(
        `${host.toString("hex").toUpperCase()}0000000000001000`,
      );
    });

    test(`form ${serializeType}: a unique key that is not UTF-8 does not spoil the reply`, () => {
      const uniqKey = Buffer.from([0x41, 0xff, 0x42]);
      const read = decode(reply({ serializeType, uniqKey, uniqKeyEnd: 3 }));
      expect(read.fields.get("transactionId")).toBe(serializeType === 0 ? "A\ufffdB" : undefined);
    });
  }
});

describe("pulls", () => {
  const values = {
    consumerGroup: "group",
    topic: "orders",
    queueId: 3,
    queueOffset: 123456789012,
    maxMsgNums: 32,
    sysFlag: 7,
    commitOffset: -1,
    suspendTimeoutMillis: 15000,
    subscription: "a || b",
    subVersion: "1795382583056123456",
    expressionType: "TAG",
    maxMsgBytes: 65536,
  } as const;

  function pullFacts(header: PullHeader) {
    const text = (start: number, end: number) =>
      start < 0 ? undefined : header.bytes.toString("utf8", start, end);
    return {
      consumerGroup: text(header.consumerGroupStart, header.consumerGroupEnd),
      topic: text(header.topicStart, header.topicEnd),
      queueId: header.queueId,
      queueOffset: header.queueOffset,
      maxMsgNums: header.maxMessageCount,
      sysFlag: header.sysFlag,
      commitOffset: header.commitOffset,
      suspendTimeoutMillis: header.suspendTimeoutMs,
      subscription: text(header.subscriptionStart, header.subscriptionEnd),
      subVersion: text(header.subVersionStart, header.subVersionEnd),
      expressionType: text(header.expressionTypeStart, header.expressionTypeEnd),
      maxMsgBytes: header.maxMessageBytes < 0 ? undefined : header.maxMessageBytes,
    };
  }

  function expectSamePull(frame: Buffer): void {
    const header = new PullHeader();
    peekCommand(frame, 4, frame.length, head);
    expect(readPullHeader(frame, head, header)).toBe(true);
    const { brokerName, ...request } = pullMessage.decode(
      decodeCommand(frame, 4, frame.length).fields,
    );
    expect(pullFacts(header)).toEqual({
      subscription: undefined,
      expressionType: undefined,
      maxMsgBytes: undefined,
      ...request,
    });
    expect([header.code, header.opaque]).toEqual([head.code, head.opaque]);
  }

  test("every captured pull is a usual one and read alike both ways", () => {
    const frames = capturedFrames.filter(
      (frame) => frame.kind !== "response" && isPullCode(frame.code),
    );
    expect(frames.length).toBeGreaterThan(5);
    for (const captured of frames) {
      expectSamePull(Buffer.from(captured.frame, "hex"));
    }
  });

  for (const definition of [pullMessage, litePullMessage]) {
    for (const serializeType of forms) {
      test(`code ${definition.code}, form ${serializeType}: all fields arrive`, () => {
        const fields = definition.encode(values);
        expectSamePull(encodeCommand({ ...request(definition.code), serializeType, fields }));
      });
    }
  }

  const unusual: readonly (readonly [name: string, change: Record<string, unknown>])[] = [
    ["a missing offset", { queueOffset: undefined }],
    ["an offset of 2^63-1", { queueOffset: "9223372036854775807" }],
    ["an escaped subscription", { subscription: 'a"' }],
    ["a version of subscriptions that is no number", { subVersion: "x" }],
    ["an empty version of subscriptions", { subVersion: "" }],
  ];
  for (const [name, change] of unusual) {
    test(`${name} is left to the definition`, () => {
      const fields = Object.fromEntries(pullMessage.encode(values));
      const header = { code: 11, flag: 0, opaque: 1, extFields: { ...fields, ...change } };
      const frame = rawFrame(JSON.stringify(header));
      peekCommand(frame, 4, frame.length, head);
      expect(readPullHeader(frame, head, new PullHeader())).toBe(false);
    });
  }

  for (const serializeType of forms) {
    for (const code of [0, 19, 20, 21]) {
      test(`form ${serializeType}: a reply with code ${code} carries its four offsets`, () => {
        const values = Object.assign(new PullReply(), {
          serializeType,
          opaque: 2 ** 31 - 1,
          code,
          nextBeginOffset: 2 ** 53 - 1,
          minOffset: 2 ** 53 - 2,
          maxOffset: 2 ** 53 - 3,
          bodyBytes: 3,
        });
        const target = Buffer.alloc(pullReplyHeadBytesMax + 3);
        const bodyAt = encodePullReply(target, 0, values);
        expect(bodyAt).toBeLessThanOrEqual(pullReplyHeadBytesMax);
        target.write("abc", bodyAt);
        const frame = target.subarray(0, bodyAt + 3);
        expect(frame.readUInt32BE(0)).toBe(frame.length - 4);
        const read = decode(frame);
        expect(read).toMatchObject({ code, flag: 1, opaque: 2 ** 31 - 1, serializeType });
        expect(frame.toString("utf8", read.bodyStart, read.bodyEnd)).toBe("abc");
        expect(pullMessage.decodeReply(read.fields)).toEqual({
          suggestWhichBrokerId: 0,
          nextBeginOffset: 2 ** 53 - 1,
          minOffset: 2 ** 53 - 2,
          maxOffset: 2 ** 53 - 3,
          topicSysFlag: 0,
          groupSysFlag: 0,
        });
      });
    }
  }
});

function request(code: number) {
  return { code, opaque: 17, flag: 0 };
}

function command(code: number, fields: ReadonlyMap<string, string>): Command {
  const frame = encodeCommand({ ...request(code), serializeType: 0, fields });
  return decode(frame);
}

function decode(frame: Buffer): Command {
  return decodeCommand(frame, 4, frame.length);
}

/** A frame whose JSON header is the text. */
function rawFrame(header: string): Buffer {
  const bytes = Buffer.from(header);
  const frame = Buffer.alloc(8 + bytes.length);
  frame.writeUInt32BE(4 + bytes.length, 0);
  frame.writeUInt32BE(bytes.length, 4);
  bytes.copy(frame, 8);
  return frame;
}
