/** Tests of groups of messages that lie in one record. */
import { expect, test } from "bun:test";
import { encodeBatch } from "../record/batch.ts";
import { formatProperties } from "../record/properties.ts";
import { unwrapMessages } from "./inner-batch.ts";
import type { ReceivedMessage } from "./message.ts";

const inner = [
  { flag: 1, body: Buffer.from("first"), properties: formatProperties([["TAGS", "A"]]) },
  {
    flag: 0,
    body: Buffer.alloc(0),
    properties: formatProperties([
      ["KEYS", "k1 k2"],
      ["UNIQ_KEY", "U2"],
    ]),
  },
];

function outer(sysFlag: number, body: Buffer): ReceivedMessage {
  return {
    topic: "orders",
    brokerName: "broker-a",
    queueId: 3,
    queueOffset: 40,
    physicalOffset: 4_711,
    offsetMessageId: "ID",
    uniqueKey: "OUTER",
    tag: undefined,
    keys: [],
    bornTimestampMs: 1,
    bornHost: "127.0.0.1:1",
    storeTimestampMs: 2,
    storeHost: "127.0.0.1:2",
    reconsumeTimes: 0,
    flag: 0,
    sysFlag,
    properties: new Map([["INNER_NUM", "2"]]),
    body,
    isCompressed: false,
    storedBytes: 300,
  };
}

test("a record that holds a group becomes its messages, each at an offset of its own", () => {
  const messages = unwrapMessages(outer(0xc0, encodeBatch(inner)));
  expect(
    messages.map(({ queueOffset, flag, tag, keys, uniqueKey, body }) => ({
      queueOffset,
      flag,
      tag,
      keys,
      uniqueKey,
      body: body.toString(),
    })),
  ).toEqual([
    { queueOffset: 40, flag: 1, tag: "A", keys: [], uniqueKey: undefined, body: "first" },
    { queueOffset: 41, flag: 0, tag: undefined, keys: ["k1", "k2"], uniqueKey: "U2", body: "" },
  ]);
  expect(messages.every(({ physicalOffset }) => physicalOffset === 4_711)).toBe(true);
});

test("any other record stays as it is, as does a group that cannot be read", () => {
  const batch = encodeBatch(inner);
  for (const message of [
    outer(0, batch),
    outer(0x80, batch),
    outer(0x40, batch),
    outer(0xc0, batch.subarray(0, batch.length - 1)),
    { ...outer(0xc0, batch), isCompressed: true },
  ]) {
    expect(unwrapMessages(message)).toEqual([message]);
  }
});
