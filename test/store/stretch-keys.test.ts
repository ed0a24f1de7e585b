/** The pass over a stretch of the log finds the keys that are found record by record, and ends where it is not sure. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { DecodeError } from "../../src/core/error.ts";
import { readInt64 } from "../../src/core/int64.ts";
import { createRecordShape, readShape } from "../../src/record/decode.ts";
import { recordAt } from "../../src/record/layout.ts";
import { RecordKeys } from "../../src/store/index/record-keys.ts";
import { StretchKeys } from "../../src/store/index/stretch-keys.ts";
import { type RecordSpec, recordLog } from "../support/record-log.ts";

const stretch = new StretchKeys();
const keys = new RecordKeys();
const shape = createRecordShape();
const none = Buffer.alloc(0);

type Found = readonly (readonly [distance: number, hash: number, storedMs: number])[];

/** Record by record, up to where the pass came; undefined where there is no record. */
function oneByOne(source: Buffer, end: number, offset: number): Found | undefined {
  const found: [number, number, number][] = [];
  let at = 0;
  while (at < end) {
    try {
      readShape(source, at, source.length, shape);
    } catch (error) {
      expect(error).toBeInstanceOf(DecodeError);
      return undefined;
    }
    if (readInt64(source, at + recordAt.physicalOffset) !== offset + at) {
      return undefined;
    }
    keys.read(source, at, shape);
    const storedMs = readInt64(source, shape.storeTimestampAt);
    for (let index = 0; index < keys.count; index++) {
      found.push([at, keys.hashes[index] ?? -1, storedMs]);
    }
    at += shape.bytes;
  }
  return at === end ? found : undefined;
}

function inOnePass(source: Buffer, end: number, offset: number, room: number): Found {
  stretch.read(source, 0, end, offset, room);
  return Array.from({ length: stretch.count }, (_, index) => [
    stretch.distance(index),
    stretch.hash(index),
    stretch.storedMs(index),
  ]);
}

const text = fc.string({ unit: fc.constantFrom("a", "Z", "7", " ", " ", "~"), maxLength: 40 });
const name = fc.constantFrom("UNIQ_KEY", "KEYS", "UNIQ_KEX", "KEY", "TAGS", "", "KEYSS");
const properties = fc
  .tuple(fc.array(fc.tuple(name, text), { maxLength: 5 }), fc.boolean())
  .map(([pairs, isOdd]) => {
    const whole = pairs.map(([key, value]) => `${key}\u0001${value}\u0002`).join("");
    return `${isOdd ? "UNIQ_KEY\u0002" : ""}${whole}`;
  });
const spec = fc.record({
  topic: fc.constantFrom("t", "orders", "x".repeat(127)),
  bornHost: fc.constantFrom("10.1.2.3", "2001:db8::9"),
  storeHost: fc.constantFrom("127.0.0.1", "fe80::1:2"),
  sysFlag: fc.constantFrom(0, 0x1, 0x300),
  body: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  properties,
});
const specs = fc.array(spec, { minLength: 1, maxLength: 12 });
const offsets = fc.constantFrom(0, 0xffff_ff80, 2 ** 52);
const plain: RecordSpec = {
  topic: "orders",
  bornHost: "10.1.2.3",
  storeHost: "127.0.0.1",
  sysFlag: 0,
  body: none,
  properties: "UNIQ_KEY\u0001abc\u0002KEYS\u0001one  two\u0002",
};

describe("the keys of a stretch", () => {
  test("are those of its records", () => {
    fc.assert(
      fc.property(specs, offsets, (records, offset) => {
        const source = recordLog(records, offset);
        expect(inOnePass(source, source.length, offset, 1_000)).toEqual(
          oneByOne(source, source.length, offset) ?? [],
        );
        expect(stretch.walkedBytes).toBe(source.length);
      }),
      { numRuns: 500 },
    );
  });

  test("end with the last whole record, and with the last whose keys have room", () => {
    const source = recordLog([plain, plain, plain], 77);
    const bytes = source.length / 3;
    expect(inOnePass(source, source.length - 1, 77, 100).length).toBe(6);
    expect(stretch.walkedBytes).toBe(2 * bytes);
    expect(inOnePass(source, source.length, 77, 5).length).toBe(3);
    expect(stretch.walkedBytes).toBe(bytes);
    expect(inOnePass(source, source.length, 77, 0)).toEqual([]);
    expect(stretch.walkedBytes).toBe(0);
  });

  for (const [what, odd] of Object.entries({
    "a key that is not ASCII": { properties: "UNIQ_KEY\u0001ä\u0002" },
    "a part of a transaction": { sysFlag: 0x4 },
    "a topic with a long name": { topic: "x".repeat(128) },
  })) {
    test(`end before ${what}`, () => {
      const source = recordLog([plain, { ...plain, ...odd }, plain], 0);
      expect(inOnePass(source, source.length, 0, 100).length).toBe(3);
      expect(stretch.walkedBytes).toBe(recordLog([plain], 0).length);
    });
  }

  test("are not looked for among large records", () => {
    const source = recordLog([{ ...plain, body: Buffer.alloc(2_000) }], 0);
    expect(inOnePass(source, source.length, 0, 100)).toEqual([]);
    expect(stretch.walkedBytes).toBe(0);
  });

  test("are never taken from what is no record, whichever byte was changed", () => {
    const whole = recordLog([plain, { ...plain, body: Buffer.from("body") }, plain], 9);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, end) => {
        const source = Buffer.from(whole);
        source[at] = byte;
        const found = inOnePass(source, end, 9, 100);
        expect(stretch.walkedBytes).toBeLessThanOrEqual(end);
        expect<Found | undefined>(found).toEqual(oneByOne(source, stretch.walkedBytes, 9));
      }),
      { numRuns: 3_000 },
    );
  });
});
