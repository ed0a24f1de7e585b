/** Tests of `-F`: every verb, details in braces, escapes. */
import { expect, test } from "bun:test";
import type { ReceivedMessage } from "../../../src/client/index.ts";
import { formatMessage } from "./message-format.ts";
import { messageItem } from "./message-item.ts";

const message: ReceivedMessage = {
  topic: "orders",
  brokerName: "broker-a",
  queueId: 3,
  queueOffset: 88_120,
  physicalOffset: 2_147_499_012,
  offsetMessageId: "7F00000100002A9F0000000080003D44",
  uniqueKey: "AC11",
  tag: "PAID",
  keys: ["ord-1", "ord-2"],
  bornTimestampMs: Date.UTC(2026, 10, 22, 3, 17, 40, 1),
  bornHost: "127.0.0.1:9",
  storeTimestampMs: Date.UTC(2026, 10, 22, 3, 17, 40, 7),
  storeHost: "127.0.0.1:10911",
  reconsumeTimes: 2,
  flag: 0,
  sysFlag: 0,
  properties: new Map([["region", "eu"]]),
  body: Buffer.from("héllo"),
  isCompressed: false,
  storedBytes: 200,
};

function formatted(format: string): string {
  const item = messageItem(message, { bodyBytesMax: 1_000, isUtc: true });
  return formatMessage(format, { message, item, counter: 7 }, true);
}

test("every verb is filled", () => {
  expect(formatted("%t %g %k %v %V %q %b %o %c %i %I %r %p{region}%p{none} %%")).toBe(
    "orders PAID ord-1 ord-2 héllo 6 3 broker-a 88120 2147499012 AC11 7F00000100002A9F0000000080003D44 2 eu %",
  );
  expect(formatted("%d %D")).toBe("2026-11-22T03:17:40.007Z 2026-11-22T03:17:40.001Z");
});

test("details in braces choose the form", () => {
  expect(formatted("%v{hex} %v{base64}")).toBe("68c3a96c6c6f aMOpbGxv");
  expect(formatted("%d{strftime[%H:%M:%S]} %D{%T.%L}")).toBe("03:17:40 03:17:40.001");
});

test("any verb can be hexadecimal, base64 or a JSON text; properties have a form of their own", () => {
  expect(formatted("%g{hex} %k{base64} %k{json} %v{json} %n")).toBe(
    '50414944 b3JkLTEgb3JkLTI= "ord-1 ord-2" "héllo" 7',
  );
  expect(formatted("%h|%h{%k:%v;\\t}|%g{loud}")).toBe("region=eu |region:eu;\t|%g{loud}");
});

test("escapes are filled, unknown verbs stay", () => {
  expect(formatted("%q\\t%o\\n\\\\%x")).toBe("3\t88120\n\\%x");
});

test("a body that is still compressed is marked, whole or not", () => {
  const options = { bodyBytesMax: 1_000, isUtc: true };
  expect(messageItem(message, options).compressed).toBe(false);
  expect(messageItem({ ...message, isCompressed: true }, options).compressed).toBe(true);
});
