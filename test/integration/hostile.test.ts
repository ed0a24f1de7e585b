/**
 * What strangers may send: each thing is answered or costs its own connection, in bounded memory, and a client that
 * behaves is served all the while.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { type RunningStandalone, startStandalone } from "../../src/app/standalone-app.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import { type Command, encodeCommand } from "../../src/protocol/remoting/command.ts";
import { pullMessage } from "../../src/protocol/remoting/requests/pull.ts";
import { sendMessageV2 } from "../../src/protocol/remoting/requests/send.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { WireClient } from "../support/wire-client.ts";

const environment = createBunEnvironment({ level: "error", format: "text" });
const mebi = 1024 * 1024;
let running: RunningStandalone;
let client: WireClient;

beforeAll(async () => {
  running = await startStandalone(environment, {
    storeFolder: tempFolder(),
    listen: { host: "127.0.0.1", port: 0 },
    nameserverListen: { host: "127.0.0.1", port: 0 },
    segmentBytes: 64 * mebi,
  });
  client = await WireClient.connect(environment, running.broker.address);
  await sendTo(client, "fine");
});

afterAll(async () => {
  client.close();
  await running.stop();
});

afterEach(async () => {
  expect((await sendTo(client, "fine")).code).toBe(0);
  expect(running.broker.stats().failures).toBe(0);
});

const goodSend = {
  producerGroup: "pg",
  topic: "fine",
  defaultTopic: "TBW102",
  defaultTopicQueueNums: 4,
  queueId: 0,
  sysFlag: 0,
  bornTimestamp: "1700000000000",
  flag: 0,
};

function sendTo(
  to: WireClient,
  topic: string,
  values: Partial<Parameters<typeof sendMessageV2.encode>[0]> = {},
  body = Buffer.from("body"),
): Promise<Command> {
  return to.call(sendMessageV2, { ...goodSend, topic, ...values }, { body });
}

function frame(headerWord: number, header: string | Buffer, length?: number): Buffer {
  const bytes = Buffer.from(header);
  const whole = Buffer.alloc(8 + bytes.length);
  whole.writeInt32BE(length ?? 4 + bytes.length, 0);
  whole.writeInt32BE(headerWord, 4);
  bytes.copy(whole, 8);
  return whole;
}

function jsonFrame(header: string): Buffer {
  return frame(Buffer.byteLength(header), header);
}

const manyFields = Array.from({ length: 65 }, (_, index) => `"k${index}":"v"`).join(",");

const undecodable: readonly (readonly [string, Buffer])[] = [
  ["a length of 0", frame(0, "", 0)],
  ["a length of 3", frame(0, "", 3)],
  ["a negative length", frame(0, "", -1)],
  ["the smallest int32 as length", frame(0, "", -0x8000_0000)],
  ["a length of 16 MiB", frame(0, "", 16 * mebi)],
  ["the largest length", frame(0, "", 0x7fff_ffff)],
  ["an HTTP request", Buffer.from("GET / HTTP/1.1\r\nHost: broker\r\n\r\n")],
  ["a TLS greeting", Buffer.from("160301020001000001fc0303", "hex")],
  ["a header longer than its frame", frame(100, "{}")],
  ["a header of 16 MiB", frame(0xff_ffff, "{}")],
  ["a header over 64 KiB", jsonFrame(`{"code":34,"remark":"${"x".repeat(65 * 1024)}"}`)],
  ["a header of unknown form", frame(0x0200_0002, "{}")],
  ["an empty JSON header", jsonFrame("")],
  ["half a JSON header", jsonFrame('{"code":10,"opaque":1')],
  ["a JSON list", jsonFrame("[]")],
  ["a code that is a word", jsonFrame('{"code":"send"}')],
  ["a code beyond int32", jsonFrame('{"code":99999999999}')],
  ["a member twice", jsonFrame('{"code":34,"code":35}')],
  ["an ext field twice", jsonFrame('{"code":34,"extFields":{"a":"1","a":"2"}}')],
  ["65 ext fields", jsonFrame(`{"code":34,"extFields":{${manyFields}}}`)],
  [
    "an ext field's name of 129 bytes",
    jsonFrame(`{"code":34,"extFields":{"${"k".repeat(129)}":"v"}}`),
  ],
  ["ext fields that are a list", jsonFrame('{"code":34,"extFields":[1]}')],
  ["a control character", jsonFrame('{"code":34,"remark":"\u0000"}')],
  ["a broken escape", jsonFrame('{"code":34,"remark":"\\x"}')],
  ["deep nesting", jsonFrame(`{"code":34,"extFields":{"a":${"[".repeat(5_000)}}}`)],
  ["half a binary header", frame(0x0100_0004, Buffer.from([0, 34, 0, 1]))],
  [
    "a binary header whose remark is longer than it",
    frame(0x0100_0015, Buffer.from(`${"00".repeat(13)}7fffffff00000000`, "hex")),
  ],
  [
    "a binary header whose fields have a negative length",
    frame(0x0100_0015, Buffer.from(`${"00".repeat(17)}ffffffff`, "hex")),
  ],
];

describe("a frame that cannot be read costs its connection and nothing else", () => {
  for (const [title, bytes] of undecodable) {
    test(title, async () => {
      const stranger = await WireClient.connect(environment, running.broker.address);
      stranger.raw(bytes);
      await stranger.closed();
      expect(stranger.strays).toEqual([]);
    });
  }

  test("the nameserver closes it as well", async () => {
    for (const [, bytes] of undecodable) {
      const stranger = await WireClient.connect(environment, running.nameserver.address);
      stranger.raw(bytes);
      await stranger.closed();
    }
  });

  test("__proto__ and constructor are names like others", async () => {
    const reply = await client.request(105, [
      ["__proto__", "x"],
      ["constructor", "y"],
    ]);
    expect(reply.code).toBe(3);
    expect(Object.hasOwn(Object.prototype, "x")).toBe(false);
  });
});

const badFields: readonly (readonly [string, Partial<Record<string, string>>, number])[] = [
  ["no topic", { b: undefined }, 1],
  ["no queue id", { e: undefined }, 1],
  ["a queue id that is a word", { e: "first" }, 1],
  ["a queue id beyond int32", { e: "4294967296" }, 1],
  ["a fraction", { e: "1.5" }, 1],
  ["hexadecimal", { e: "0x1" }, 1],
  ["a born timestamp beyond int64", { g: "99999999999999999999" }, 1],
  ["a truth value that is none", { m: "perhaps" }, 1],
  ["a queue beyond the topic's", { e: "4" }, 29],
  ["the largest queue", { e: "2147483647" }, 29],
  ["a topic of spaces", { b: "   " }, 29],
  ["a topic of 128 characters", { b: "t".repeat(128) }, 29],
  ["a topic that is a path", { b: "../../etc/passwd" }, 29],
  ["a topic with a dot", { b: "a.b" }, 29],
  ["a topic beyond ASCII", { b: "тема" }, 29],
  ["a topic with a control character", { b: "a\u0001b" }, 29],
  ["a retry topic of a path", { b: "%RETRY%../x" }, 29],
  ["a topic of the system", { b: "SCHEDULE_TOPIC_XXXX" }, 16],
  ["the broker's own topic", { b: "rmq_sys_mq_state" }, 16],
  ["an unknown template", { b: "unknown", c: "NoTemplate" }, 17],
  ["properties of 32,768 bytes", { i: `a\u0001${"v".repeat(32_765)}\u0002` }, 13],
  ["a delay level that is no number", { i: "DELAY\u00010x3\u0002" }, 13],
  ["a delay level beyond int32", { i: "DELAY\u000199999999999\u0002" }, 13],
  ["a delivery time", { i: "TIMER_DELIVER_MS\u00011\u0002" }, 13],
  ["a delay in seconds", { i: "TIMER_DELAY_SEC\u00011\u0002" }, 13],
  ["a half message", { i: "TRAN_MSG\u0001true\u0002" }, 13],
  ["a half message by its flag", { f: "4" }, 13],
  ["a batch to a retry topic", { b: "%RETRY%cg", m: "true" }, 13],
  ["an empty batch", { m: "true" }, 1],
];

describe("a send with wrong fields is answered with its reason", () => {
  for (const [title, changes, code] of badFields) {
    test(title, async () => {
      const fields = new Map(sendMessageV2.encode(goodSend));
      for (const [name, value] of Object.entries(changes)) {
        if (value === undefined) {
          fields.delete(name);
        } else {
          fields.set(name, value);
        }
      }
      for (const serializeType of [0, 1] as const) {
        const body = Buffer.from("body");
        const reply = await client.request(sendMessageV2.code, fields, { serializeType, body });
        expect([reply.code, reply.serializeType]).toEqual([code, serializeType]);
        expect(reply.remark).toBeString();
      }
    });
  }

  test("a blank topic, which the binary form cannot tell from none", async () => {
    const fields = new Map(sendMessageV2.encode({ ...goodSend, topic: "" }));
    expect((await client.request(sendMessageV2.code, fields)).code).toBe(29);
    expect((await client.request(sendMessageV2.code, fields, { serializeType: 1 })).code).toBe(1);
  });

  test("properties of strange pairs are kept as they are", async () => {
    for (const properties of ["\u0001\u0002", "a", "a\u0001", "\u0002\u0002\u0002", "a\u0001b"]) {
      expect((await sendTo(client, "fine", { properties })).code).toBe(0);
    }
  });

  test("a body over 4 MiB is refused and its connection lives", async () => {
    const reply = await sendTo(client, "fine", {}, Buffer.alloc(4 * mebi + 1));
    expect(reply.code).toBe(13);
  });

  test("a batch whose lengths lie is refused whole", async () => {
    const before = running.broker.stats().counters.messagesIn;
    const good = Buffer.alloc(24);
    good.writeInt32BE(24, 0);
    good.writeInt32BE(2, 16);
    for (const [at, value] of [
      [0, 0],
      [0, -1],
      [0, 0x7fff_ffff],
      [16, -1],
      [16, 0x7fff_ffff],
      [16, 3],
      [22, 0xff00],
    ] as const) {
      const bad = Buffer.from(good);
      if (at === 22) {
        bad.writeUInt16BE(value, at);
      } else {
        bad.writeInt32BE(value, at);
      }
      const reply = await sendTo(client, "fine", { batch: true }, Buffer.concat([good, bad]));
      expect(reply.code).toBe(1);
    }
    expect(running.broker.stats().counters.messagesIn).toBe(before);
  });
});

describe("a pull with wrong fields is answered with its reason", () => {
  const good = {
    consumerGroup: "cg",
    topic: "fine",
    queueId: 0,
    queueOffset: 0,
    maxMsgNums: 32,
    sysFlag: 4,
    commitOffset: 0,
    suspendTimeoutMillis: 0,
    subscription: "*",
    subVersion: "0",
  };
  const cases: readonly (readonly [string, Partial<typeof good> & object, number])[] = [
    ["a negative queue", { queueId: -1 }, 29],
    ["a queue beyond the topic's", { queueId: 1_000 }, 29],
    ["an unknown topic", { topic: "nowhere" }, 17],
    ["an illegal group", { consumerGroup: "a b" }, 29],
    ["a group of 121 characters", { consumerGroup: "g".repeat(121) }, 29],
    ["an offset below the queue", { queueOffset: -1 }, 21],
    ["an offset far beyond the queue", { queueOffset: 2 ** 50 }, 21],
    ["no messages wanted", { maxMsgNums: 0 }, 0],
    ["less than none wanted", { maxMsgNums: -5 }, 0],
    ["as many as there are numbers", { maxMsgNums: 2 ** 31 - 1 }, 0],
    [
      "1,025 tags",
      { subscription: Array.from({ length: 1_025 }, (_, i) => `t${i}`).join("||") },
      23,
    ],
    ["nothing but separators", { subscription: "||||" }, 23],
    ["no subscription of a group that is not here", { sysFlag: 0 }, 24],
  ];
  for (const [title, changes, code] of cases) {
    test(title, async () => {
      expect((await client.call(pullMessage, { ...good, ...changes })).code).toBe(code);
    });
  }

  test("SQL is refused", async () => {
    const reply = await client.call(pullMessage, {
      ...good,
      subscription: "a > 1",
      expressionType: "SQL92",
    });
    expect(reply.code).toBe(1);
  });
});

describe("one-way requests and replies earn no answer", () => {
  test("neither a refused send nor a stray reply", async () => {
    const stranger = await WireClient.connect(environment, running.broker.address);
    stranger.tell(sendMessageV2, { ...goodSend, topic: "a b" }, { body: Buffer.from("x") });
    stranger.raw(encodeCommand({ code: 0, opaque: 77, flag: 1, serializeType: 0 }));
    expect((await sendTo(stranger, "fine")).code).toBe(0);
    expect(stranger.strays).toEqual([]);
    stranger.close();
  });
});
