/** The pass that checks records many at a time finds good what is found good one by one, and ends where it is not sure. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { DecodeError } from "../../src/core/error.ts";
import { readInt64 } from "../../src/core/int64.ts";
import { checkRecord, createRecordShape, hasRecordChecksum } from "../../src/record/decode.ts";
import { checksumBytes, recordAt, sysFlag } from "../../src/record/layout.ts";
import { createPropertyScan, scanProperties, tagHashOf } from "../../src/record/properties.ts";
import { RecordCheck } from "../../src/record/record-check.ts";
import { type RecordSpec, recordLog } from "../support/record-log.ts";

const check = new RecordCheck();
const shape = createRecordShape();
const scan = createPropertyScan();

interface Found {
  readonly at: number;
  readonly bytes: number;
  readonly queueId: number;
  readonly queueOffset: number;
  readonly topic: string;
  readonly tagHash: number;
  readonly hasChecksum: boolean;
  readonly isDispatched: boolean;
}

/** Record by record, as far as the pass came; undefined where there is no good record. */
function oneByOne(source: Buffer, end: number, offset: number): Found[] | undefined {
  const found: Found[] = [];
  let at = 0;
  while (at < end) {
    try {
      checkRecord(source, at, source.length, shape);
    } catch (error) {
      expect(error).toBeInstanceOf(DecodeError);
      return undefined;
    }
    if (readInt64(source, at + recordAt.physicalOffset) !== offset + at) {
      return undefined;
    }
    scanProperties(source, shape.propertiesStart, shape.propertiesEnd, scan);
    const transaction = source.readInt32BE(at + recordAt.sysFlag) & sysFlag.transactionMask;
    found.push({
      at,
      bytes: shape.bytes,
      queueId: source.readInt32BE(at + recordAt.queueId),
      queueOffset: readInt64(source, at + recordAt.queueOffset),
      topic: source.toString("utf8", shape.topicStart, shape.topicEnd),
      tagHash: tagHashOf(source, scan),
      hasChecksum: hasRecordChecksum(source, shape),
      isDispatched: transaction === 0 || transaction === sysFlag.transactionCommit,
    });
    at += shape.bytes;
  }
  return at === end ? found : undefined;
}

/** `lead` bytes stand before the records, so that they do not begin where the window does. */
function inOnePass(source: Buffer, end: number, offset: number, lead = 5): Found[] {
  check.window.fill(0xff, 0, lead);
  source.copy(check.window, lead);
  // What a larger read left behind the end must not count.
  check.window.fill(0xff, lead + end, lead + end + 256);
  check.check(lead, lead + end, offset);
  let topic = "";
  return Array.from({ length: check.count }, (_, index) => {
    topic = check.hasSameTopic(index) ? topic : check.topic(index, lead);
    return {
      at: check.distance(index),
      bytes: check.bytes(index),
      queueId: check.queueId(index),
      queueOffset: check.queueOffset(index),
      topic,
      tagHash: check.tagHash(index),
      hasChecksum: check.hasChecksum(index),
      isDispatched: check.isDispatched(index),
    };
  });
}

/** The records as a broker writes them that adds no checksum of the whole: RocketMQ, unless it is told to. */
function withoutChecksums(specs: readonly RecordSpec[], offset: number): Buffer {
  let next = offset;
  const pieces = specs.map((spec) => {
    const whole = recordLog([spec], next);
    const bare = Buffer.from(whole.subarray(0, whole.length - checksumBytes));
    bare.writeInt32BE(bare.length, recordAt.size);
    checkRecord(whole, 0, whole.length, shape);
    bare.writeUInt16BE(
      shape.propertiesEnd - shape.propertiesStart - checksumBytes,
      shape.propertiesStart - 2,
    );
    next += bare.length;
    return bare;
  });
  return Buffer.concat(pieces);
}

const text = fc.string({ unit: fc.constantFrom("a", "Z", "7", " ", "~"), maxLength: 40 });
const name = fc.constantFrom("TAGS", "TAG", "KEYS", "TAGSS", "", "INNER_MULT", "__CRC32");
const properties = fc
  .tuple(fc.array(fc.tuple(name, text), { maxLength: 5 }), fc.boolean())
  .map(([pairs, isOdd]) => {
    const whole = pairs.map(([key, value]) => `${key}\u0001${value}\u0002`).join("");
    return `${isOdd ? "TAGS\u0002" : ""}${whole}`;
  });
const spec = fc.record({
  topic: fc.constantFrom("t", "orders", "payments", "x".repeat(127)),
  bornHost: fc.constantFrom("10.1.2.3", "2001:db8::9"),
  storeHost: fc.constantFrom("127.0.0.1", "fe80::1:2"),
  sysFlag: fc.constantFrom(0, 0x1, 0x300, 0x4, 0x8, 0xc),
  body: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  properties,
});
const specs = fc.array(spec, { minLength: 1, maxLength: 12 });
const offsets = fc.constantFrom(0, 0xffff_ff80, 2 ** 52);
const plain: RecordSpec = {
  topic: "orders",
  bornHost: "10.1.2.3",
  storeHost: "127.0.0.1",
  sysFlag: 0,
  body: Buffer.from("body"),
  properties: "TAGS\u0001abc\u0002",
};

describe("a check of many records", () => {
  for (const [what, write] of [
    ["with checksums", recordLog],
    ["whose bodies alone are summed up", withoutChecksums],
  ] as const) {
    test(`says of those ${what} what is said one by one`, () => {
      fc.assert(
        fc.property(specs, offsets, (records, offset) => {
          const source = write(records, offset);
          const found = inOnePass(source, source.length, offset);
          expect(check.walkedBytes).toBe(source.length);
          expect<Found[] | undefined>(found).toEqual(oneByOne(source, source.length, offset));
        }),
        { numRuns: 500 },
      );
    });

    test(`takes of those ${what} none that is damaged, whichever byte was changed`, () => {
      const whole = write([plain, { ...plain, body: Buffer.alloc(90, 1) }, plain], 9);
      fc.assert(
        fc.property(
          fc.nat(whole.length - 1),
          fc.nat(255),
          fc.nat(whole.length),
          (at, byte, end) => {
            const source = Buffer.from(whole);
            source[at] = byte;
            const found = inOnePass(source, end, 9);
            expect(check.walkedBytes).toBeLessThanOrEqual(end);
            expect<Found[] | undefined>(found).toEqual(oneByOne(source, check.walkedBytes, 9));
          },
        ),
        { numRuns: 3_000 },
      );
    });
  }

  test("notices each changed byte of records with checksums", () => {
    const whole = recordLog([plain, plain], 9);
    const bytes = whole.length / 2;
    for (let at = 0; at < bytes; at++) {
      const source = Buffer.from(whole);
      source[at] = (source[at] as number) ^ 0x10;
      expect(inOnePass(source, source.length, 9)).toEqual([]);
    }
  });

  test("ends with the last whole record", () => {
    const source = recordLog([plain, plain, plain], 77);
    expect(inOnePass(source, source.length - 1, 77).length).toBe(2);
    expect(check.walkedBytes).toBe((source.length / 3) * 2);
    expect(inOnePass(source, 3, 77)).toEqual([]);
  });

  for (const [what, odd] of Object.entries({
    "a tag that is not ASCII": { properties: "TAGS\u0001ä\u0002" },
    "a record of light queues": { properties: "INNER_MULTI_DISPATCH\u0001%LMQ%a\u0002" },
    "a batch in one record": { sysFlag: 0x80 },
    "a topic with a long name": { topic: "x".repeat(128) },
  })) {
    test(`ends before ${what}`, () => {
      const source = recordLog([plain, { ...plain, ...odd }, plain], 0);
      expect(inOnePass(source, source.length, 0).length).toBe(1);
      expect(check.walkedBytes).toBe(recordLog([plain], 0).length);
    });
  }

  test("does not begin with a large record", () => {
    const source = recordLog([{ ...plain, body: Buffer.alloc(4_000) }, plain], 0);
    expect(inOnePass(source, source.length, 0)).toEqual([]);
    expect(check.walkedBytes).toBe(0);
  });
});
