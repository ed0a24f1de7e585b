/** Tests of `--where`: what it compares, in which order, and how it says what is wrong. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import type { ReceivedMessage } from "../../../src/client/index.ts";
import { CommandError } from "../../command-error.ts";
import { parseWhere } from "./where.ts";

const storeTimestampMs = Date.UTC(2026, 10, 22, 3, 17, 40, 7);

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
  bornTimestampMs: storeTimestampMs - 6,
  bornHost: "127.0.0.1:9",
  storeTimestampMs,
  storeHost: "127.0.0.1:10911",
  reconsumeTimes: 2,
  flag: 0,
  sysFlag: 0,
  properties: new Map([
    ["region", "eu"],
    ["price", "10.5"],
    ["a.b", "dotted"],
  ]),
  body: Buffer.from('{"amount":120,"paid":true,"items":[{"id":"x"}],"note":null,"a b":1}'),
  isCompressed: false,
  storedBytes: 200,
};

const nowMs = storeTimestampMs + 60_000;

const holds: readonly string[] = [
  "body.amount > 100",
  "body.amount >= 120 and body.amount <= 120 and not body.amount < 120",
  "region = 'eu'",
  'region == "eu" && price > 9',
  "price = 10.50",
  "prop.region <> 'us'",
  "a.b = 'dotted'",
  "prop.a.b = 'dotted'",
  "tag in ('NEW', 'PAID')",
  "tag not in ('NEW')",
  "key = 'ord-2'",
  "key = 'AC11'",
  "keys =~ '^ord-1$'",
  "key !~ 'nothing'",
  "body =~ 'amount'",
  "body.items[0].id = 'x'",
  "body.items.length = 1",
  'body["a b"] = 1',
  "body.paid",
  "body.paid = true",
  "not body.missing",
  "body.missing is null",
  "body.note is null",
  "body.amount is not null",
  "queue = 3 and offset > 88119 and topic = 'orders' and broker = 'broker-a'",
  "size > 20 and reconsumeTimes = 2 and uniqueKey = 'AC11'",
  "messageId = '7F00000100002A9F0000000080003D44'",
  "storeTime > '-2m' and storeTime < 'now'",
  "storeTime >= '2026-11-22T03:17:40Z'",
  "'2026-11-22T03:17:41Z' > bornTime",
  "region = 'us' or region = 'eu' and tag = 'PAID'",
  "(region = 'us' or region = 'eu') and tag = 'PAID'",
  "NOT (region = 'us') AND 120 = body.amount",
  "tag != 'it''s'",
];

const fails: readonly string[] = [
  "body.amount > 120",
  "body.amount = '12'",
  "missing = 'x'",
  "missing > 0",
  "missing < 0",
  "body.note = 'x'",
  "region > 5",
  "body.__proto__.x is not null",
  "region = 'eu' and tag = 'NEW'",
  "not (region = 'us' or tag = 'PAID')",
  "body.paid = 'yes'",
  "storeTime < '-2m'",
];

test("expressions that hold, and that do not", () => {
  const outcomes = (all: readonly string[]) =>
    all.map((each) => [each, parseWhere(each, nowMs)(message)]);
  expect(outcomes(holds)).toEqual(holds.map((each) => [each, true]));
  expect(outcomes(fails)).toEqual(fails.map((each) => [each, false]));
});

test("a body that is no JSON is a text", () => {
  const plain = { ...message, body: Buffer.from("hello") };
  expect(parseWhere("body = 'hello'", nowMs)(plain)).toBe(true);
  expect(parseWhere("body.x = 1", nowMs)(plain)).toBe(false);
});

for (const [source, says] of Object.entries({
  "": "it ends",
  "a =": "it ends where a name",
  "a b": "'b' stands where and",
  "a = 'x": "is not closed",
  "a = 1 and": "it ends",
  "(a = 1": "where ) is wanted",
  "a =~ 5": "a regular expression",
  "a =~ '('": "--where:",
  "a not 5": "where in is wanted",
  "a in 5": "where ( is wanted",
  "a ; b": "is no part",
  "storeTime > 'soon'": "is no time",
  "a is 5": "where null is wanted",
})) {
  test(`says what is wrong with: ${source}`, () => {
    expect(() => parseWhere(source, nowMs)).toThrow(says);
  });
}

test("any text is an expression or a usage error", () => {
  const part = fc.constantFrom(
    "a",
    "body.x",
    "=",
    "and",
    "or",
    "not",
    "(",
    ")",
    "'t'",
    "5",
    "in",
    "~",
    "is",
  );
  fc.assert(
    fc.property(
      fc.array(fc.oneof(part, fc.string({ maxLength: 3 })), { maxLength: 12 }),
      (parts) => {
        try {
          expect(typeof parseWhere(parts.join(" "), nowMs)(message)).toBe("boolean");
        } catch (error) {
          expect(error).toBeInstanceOf(CommandError);
        }
      },
    ),
    { numRuns: 1_000 },
  );
  expect(() => parseWhere("(".repeat(2_000), nowMs)).toThrow("levels");
  expect(() => parseWhere("a".repeat(5_000), nowMs)).toThrow("characters");
});
