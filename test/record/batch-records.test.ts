/** The pass over a whole batch writes what one message after the other would, and leaves what it does not take. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type BatchMessage, encodeBatch, forEachBatchMessage } from "../../src/record/batch.ts";
import { BatchRecords } from "../../src/record/batch-records.ts";
import { encodeRecord, type RecordParts, recordBytes } from "../../src/record/encode.ts";
import { encodeHost } from "../../src/record/host.ts";
import { formatOffsetMessageId } from "../../src/record/message-id.ts";
import { createPropertyScan, scanProperties, tagHashOf } from "../../src/record/properties.ts";

const records = new BatchRecords();
const scan = createPropertyScan();

interface Surroundings {
  readonly bornHost: string;
  readonly storeHost: string;
  readonly topic: string;
  readonly queueOffset: number;
  readonly physicalOffset: number;
  /** Where the batch lies in the buffer that it came in. */
  readonly at: number;
}

const plain: Surroundings = {
  bornHost: "10.1.2.3",
  storeHost: "127.0.0.1",
  topic: "orders",
  queueOffset: 41,
  physicalOffset: 0x1_2345_6789,
  at: 0,
};

function partsOf(around: Surroundings): RecordParts {
  const none = Buffer.alloc(0);
  return {
    flag: 0,
    sysFlag: 0x300,
    reconsumeTimes: 2,
    preparedTransactionOffset: 77,
    bornTimestampHigh: 0x19a,
    bornTimestampLow: 0xfedc_ba98,
    bornHost: encodeHost(around.bornHost, 40_000),
    body: none,
    bodyStart: 0,
    bodyEnd: 0,
    properties: none,
    propertiesStart: 0,
    propertiesEnd: 0,
  };
}

function placeOf(around: Surroundings) {
  return {
    topicBytes: Buffer.from(around.topic),
    queueId: 5,
    queueOffset: around.queueOffset,
    physicalOffset: around.physicalOffset,
    storeTimestampMs: 1_790_000_000_123,
    storeHost: encodeHost(around.storeHost, 10_911),
  };
}

/** One message after the other, as single sends are stored. */
function oneByOne(source: Buffer, start: number, around: Surroundings) {
  const parts = partsOf(around);
  const place = placeOf(around);
  const pieces: Buffer[] = [];
  const tagHashes: number[] = [];
  const ids: string[] = [];
  forEachBatchMessage(source, start, source.length, (flag, ...ranges) => {
    const [bodyStart, bodyEnd, propertiesStart, propertiesEnd] = ranges;
    const properties = source;
    const each = { ...parts, flag, body: source, bodyStart, bodyEnd };
    const whole = { ...each, properties, propertiesStart, propertiesEnd };
    const bytes = recordBytes(whole, place.topicBytes, place.storeHost);
    const target = Buffer.alloc(bytes);
    ids.push(formatOffsetMessageId({ host: around.storeHost, port: 10_911 }, place.physicalOffset));
    encodeRecord(target, 0, whole, place, bytes);
    pieces.push(target);
    scanProperties(source, propertiesStart, propertiesEnd, scan);
    tagHashes.push(tagHashOf(source, scan));
    place.queueOffset++;
    place.physicalOffset += bytes;
  });
  return {
    bytes: Buffer.concat(pieces),
    sizes: pieces.map(({ length }) => length),
    tagHashes,
    ids: ids.join(),
  };
}

function inOnePass(source: Buffer, start: number, around: Surroundings) {
  const count = records.read(source, start, source.length);
  const parts = partsOf(around);
  const place = placeOf(around);
  const bytes = records.bytes(parts.bornHost, place.storeHost, place.topicBytes);
  const target = Buffer.alloc(bytes + 10, 0xee);
  records.encode(target, 4, parts, place, bytes);
  const indexes = Array.from({ length: count }, (_, index) => index);
  expect(target.subarray(0, 4).toString("hex") + target.subarray(bytes + 4).toString("hex")).toBe(
    "ee".repeat(10),
  );
  return {
    bytes: target.subarray(4, bytes + 4),
    sizes: indexes.map((index) => records.recordBytes(index)),
    tagHashes: indexes.map((index) => records.tagHash(index)),
    ids: records.messageIds.toString("latin1"),
  };
}

function expectSame(messages: readonly BatchMessage[], around: Surroundings): void {
  const source = Buffer.concat([Buffer.alloc(around.at, 0x01), encodeBatch(messages)]);
  const expected = oneByOne(source, around.at, around);
  const found = inOnePass(source, around.at, around);
  expect(found.sizes).toEqual(expected.sizes);
  expect(found.tagHashes).toEqual(expected.tagHashes);
  expect(found.ids).toBe(expected.ids);
  expect(found.bytes.equals(expected.bytes)).toBe(true);
}

const name = fc.constantFrom("TAGS", "KEYS", "UNIQ_KEY", "TAG", "TAGSX", "A", "", "region", "WAIT");
const value = fc.string({ unit: fc.constantFrom("a", "Z", "7", " ", "~"), maxLength: 40 });
const properties = fc
  .tuple(fc.array(fc.tuple(name, value), { maxLength: 6 }), fc.boolean(), fc.boolean())
  .map(([pairs, isEnded, isOdd]) => {
    const text = pairs.map(([key, text]) => `${key}\u0001${text}`).join("\u0002");
    return `${isOdd ? "loose\u0002" : ""}${text}${isEnded ? "\u0002" : ""}`;
  });
const bodyBytes = fc.oneof(fc.constantFrom(0, 47, 48, 100, 100, 100, 333), fc.nat(600));
const message = fc
  .record({ flag: fc.integer(), bytes: bodyBytes, fill: fc.nat(255), properties })
  .map(({ flag, bytes, fill, properties }) => ({
    flag,
    body: Buffer.alloc(bytes, fill),
    properties,
  }));
const around = fc.record({
  bornHost: fc.constantFrom("10.1.2.3", "2001:db8::9"),
  storeHost: fc.constantFrom("127.0.0.1", "fe80::1:2"),
  topic: fc.constantFrom("t", "orders", "x".repeat(127)),
  queueOffset: fc.constantFrom(0, 0xffff_fffe, 2 ** 52),
  physicalOffset: fc.constantFrom(0, 0xffff_ff00, 2 ** 52),
  at: fc.nat(20),
});

describe("a batch in one pass", () => {
  test("is stored as its messages one by one would be", () => {
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 20 }), around, (messages, each) => {
        const bytes = encodeBatch(messages).length;
        fc.pre(bytes <= messages.length * 600);
        expectSame(messages, each);
      }),
      { numRuns: 1_000 },
    );
  });

  test("is the same when each message differs from the last in what seldom differs", () => {
    const messages = Array.from({ length: 3_000 }, (_, index) => ({
      flag: index >> 3,
      body: Buffer.alloc(index % 3 === 0 ? 30 : 60, index),
      properties: "",
    }));
    expectSame(messages, { ...plain, physicalOffset: 0xffff_ffff, queueOffset: 0xffff_fff0 });
  });

  test("has at most 4,096 messages", () => {
    const empty = { flag: 0, body: Buffer.alloc(0), properties: "" };
    const most = encodeBatch(Array.from({ length: 4_096 }, () => empty));
    expect(records.read(most, 0, most.length)).toBe(4_096);
    const more = Buffer.concat([most, encodeBatch([empty])]);
    expect(records.read(more, 0, more.length)).toBe(0);
  });

  for (const [what, text] of Object.entries({
    "a delay": "DELAY\u00013",
    "a timer": "TIMER_DELAY_MS\u00015",
    "a transaction": "TRAN_MSG\u0001true",
    "a checksum of the client's": "__CRC32#\u00011234567890\u0002",
    "a pop's handle": "a\u0001b\u0002POP_CK\u00011\u0002",
    "a tag that is not ASCII": "TAGS\u0001ä",
  })) {
    test(`is left to those who look closer: ${what}`, () => {
      const harmless = { flag: 0, body: Buffer.from("a"), properties: "TAGS\u0001x\u0002" };
      expect(records.read(encodeBatch([harmless]), 0, encodeBatch([harmless]).length)).toBe(1);
      const source = encodeBatch([harmless, { ...harmless, properties: text }, harmless]);
      expect(records.read(source, 0, source.length)).toBe(0);
    });
  }

  test("is left when it is large, when its messages are, and when it has none", () => {
    const large = encodeBatch([{ flag: 0, body: Buffer.alloc(2_000), properties: "" }]);
    expect(records.read(large, 0, large.length)).toBe(0);
    const long = encodeBatch(
      Array.from({ length: 600 }, () => ({ flag: 0, body: Buffer.alloc(500), properties: "" })),
    );
    expect(records.read(long, 0, long.length)).toBe(0);
    expect(records.read(large, 0, 0)).toBe(0);
  });

  test("whose lengths are wrong is left, whichever byte was changed", () => {
    const messages = [0, 1, 2].map((index) => ({
      flag: index,
      body: Buffer.alloc(5 + index, 65),
      properties: "TAGS\u0001x\u0002k\u0001v",
    }));
    const whole = encodeBatch(messages);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, end) => {
        const source = Buffer.from(whole);
        source[at] = byte;
        const count = records.read(source, 0, end);
        let expected = 0;
        try {
          expected = forEachBatchMessage(source, 0, end, () => undefined);
        } catch {
          expected = 0;
        }
        // It may leave more than is wrong, and never takes what is.
        expect([0, expected]).toContain(count);
      }),
      { numRuns: 2_000 },
    );
  });
});
