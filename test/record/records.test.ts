/** The record codec against records that real brokers wrote, and against every way to break one. */
import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { DecodeError } from "../../src/core/error.ts";
import { javaHash, javaHashBytes } from "../../src/core/java-hash.ts";
import { checkRecord, createRecordShape, decodeRecord } from "../../src/record/decode.ts";
import { encodeRecord, recordBytes } from "../../src/record/encode.ts";
import { encodeHost } from "../../src/record/host.ts";
import { formatOffsetMessageId, parseOffsetMessageId } from "../../src/record/message-id.ts";
import { formatProperties, parseProperties } from "../../src/record/properties.ts";

interface Row {
  readonly topic: string;
  readonly queueId: number | null;
  readonly physicalOffset: number;
  readonly bytes: number;
  readonly tags: string | null;
  readonly keys: string | null;
  readonly bornTimestampMs: number;
  readonly storeTimestampMs: number;
  readonly sysFlag: number;
  readonly flag: number;
  readonly reconsumeTimes: number;
  readonly preparedTransactionOffset: number;
  readonly bodyCrc: number;
  readonly bodyBytes: number;
  readonly bodySha256: string;
  readonly messageId: string;
  readonly uniqueKey: string | null;
  readonly otherProperties: Readonly<Record<string, string>>;
}

const folder = new URL("../fixtures/records/", import.meta.url).pathname;
const shape = createRecordShape();

for (const version of ["4.9.7", "5.5.0", "5.5.0-ipv6-checksums"]) {
  test(`records that ${version} wrote read as it said`, () => {
    const source = readFileSync(`${folder}${version}.bin`);
    const rows: readonly Row[] = JSON.parse(readFileSync(`${folder}${version}.json`, "utf8"));
    let at = 0;
    for (const row of rows) {
      checkRecord(source, at, source.length, shape);
      const record = decodeRecord(source, at);
      const { body, properties, bornHost, storeHost, queueOffset, queueId, ...plain } = record;
      expect(plain).toEqual({
        bytes: row.bytes,
        bodyCrc: row.bodyCrc,
        flag: row.flag,
        physicalOffset: row.physicalOffset,
        sysFlag: row.sysFlag,
        bornTimestampMs: row.bornTimestampMs,
        storeTimestampMs: row.storeTimestampMs,
        reconsumeTimes: row.reconsumeTimes,
        preparedTransactionOffset: row.preparedTransactionOffset,
        topic: row.topic,
      });
      expect(createHash("sha256").update(body).digest("hex")).toBe(row.bodySha256);
      expect(formatOffsetMessageId(storeHost, record.physicalOffset)).toBe(row.messageId);
      expect(properties.get("TAGS") ?? null).toBe(row.tags || null);
      expect(properties.get("UNIQ_KEY") ?? null).toBe(row.uniqueKey);
      for (const [name, value] of Object.entries(row.otherProperties)) {
        expect(properties.get(name) ?? "").toBe(value);
      }
      at += record.bytes;
    }
    expect(at).toBe(source.length);
    expect(rows.length).toBeGreaterThan(30);
  });
}

function sample(overrides: { properties?: string; body?: string; topic?: string } = {}): Buffer {
  const body = Buffer.from(overrides.body ?? "hi");
  const properties = Buffer.from(overrides.properties ?? "TAGS\u0001a\u0002UNIQ_KEY\u0001K\u0002");
  const parts = {
    flag: 7,
    sysFlag: 0,
    reconsumeTimes: 3,
    preparedTransactionOffset: 0,
    bornTimestampHigh: 0x18b,
    bornTimestampLow: 0xcfe56800,
    bornHost: encodeHost("127.0.0.1", 50000),
    body,
    bodyStart: 0,
    bodyEnd: body.length,
    properties,
    propertiesStart: 0,
    propertiesEnd: properties.length,
  };
  const place = {
    topicBytes: Buffer.from(overrides.topic ?? "T"),
    queueId: 3,
    queueOffset: 7,
    physicalOffset: 4096,
    storeTimestampMs: 1_700_000_000_001,
    storeHost: encodeHost("127.0.0.1", 10911),
  };
  const bytes = recordBytes(parts, place.topicBytes, place.storeHost);
  const target = Buffer.alloc(bytes + 4, 0xee);
  expect(encodeRecord(target, 2, parts, place, bytes)).toBe(2 + bytes);
  expect(target.readUInt16BE(0)).toBe(0xeeee);
  expect(target.readUInt16BE(bytes + 2)).toBe(0xeeee);
  return target.subarray(2, 2 + bytes);
}

describe("a record of ours", () => {
  test("is the worked example of the wire's specification, with its checksum as last property", () => {
    const record = sample();
    const plainBytes = 112;
    expect(record.length).toBe(plainBytes + 20);
    expect(record.toString("hex", 4, 36)).toBe(
      "daa320a758932aac000000030000000700000000000000070000000000001000",
    );
    expect(record.toString("latin1", plainBytes, plainBytes + 9)).toBe("__CRC32#\u0001");
    expect(decodeRecord(record, 0).properties.get("UNIQ_KEY")).toBe("K");
  });

  test("gets the separator that its client left out before the checksum", () => {
    const record = sample({ properties: "TAGS\u0001a" });
    const { properties } = decodeRecord(record, 0);
    expect([...properties.keys()]).toEqual(["TAGS", "__CRC32#"]);
    checkRecord(record, 0, record.length, shape);
  });

  test("goes without a checksum when the properties leave no room", () => {
    const record = sample({ properties: `k\u0001${"v".repeat(32_764)}\u0002`.slice(0, 32_767) });
    expect(decodeRecord(record, 0).properties.has("__CRC32#")).toBe(false);
    checkRecord(record, 0, record.length, shape);
  });

  test("has the two-byte topic length from 128 bytes on", () => {
    const topic = `%RETRY%${"g".repeat(200)}`;
    const record = sample({ topic });
    expect(record.readUInt32BE(4)).toBe(0xdaa320ab);
    expect(decodeRecord(record, 0).topic).toBe(topic);
    checkRecord(record, 0, record.length, shape);
  });

  test("is refused when any bit of it is flipped", () => {
    const whole = sample({
      body: "a body",
      properties: "TAGS\u0001tag\u0002KEYS\u0001k1 k2\u0002",
    });
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const broken = Buffer.from(whole);
      broken[bit >> 3] = (broken[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => checkRecord(broken, 0, broken.length, shape)).toThrow(DecodeError);
    }
  });

  test("is refused when zeros stand where its end was: a sector that a power cut took", () => {
    const whole = sample({
      body: "a body",
      properties: "KEYS\u0001k1 k2\u0002TAGS\u0001tag\u0002",
    });
    for (let at = 8; at < whole.length; at++) {
      const torn = Buffer.from(whole).fill(0, at);
      expect(() => checkRecord(torn, 0, torn.length, shape)).toThrow(DecodeError);
    }
  });

  test("is refused wherever it is cut", () => {
    const whole = sample();
    for (let bytes = 0; bytes < whole.length; bytes++) {
      expect(() => checkRecord(whole.subarray(0, bytes), 0, bytes, shape)).toThrow(DecodeError);
    }
  });
});

test("arbitrary bytes are refused with DecodeError and nothing else", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, isDisguised) => {
      const source = Buffer.from(bytes);
      if (isDisguised && source.length >= 8) {
        source.writeInt32BE(source.length, 0);
        source.writeUInt32BE(0xdaa320a7, 4);
      }
      try {
        checkRecord(source, 0, source.length, shape);
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
      }
    }),
    { numRuns: 2_000 },
  );
});

test("properties read back as they were formatted", () => {
  const name = fc
    .string({ minLength: 1 })
    .filter((text) => !text.includes("\u0001") && !text.includes("\u0002"));
  fc.assert(
    fc.property(fc.dictionary(name, name), (pairs) => {
      const source = Buffer.from(formatProperties(Object.entries(pairs)), "utf8");
      const expected = new Map(
        Object.entries(pairs).map(([key, value]) => [
          Buffer.from(key).toString(),
          Buffer.from(value).toString(),
        ]),
      );
      expect(parseProperties(source, 0, source.length)).toEqual(expected);
    }),
  );
});

test("message ids read back, and other texts are refused", () => {
  const id = formatOffsetMessageId({ host: "127.0.0.1", port: 10911 }, 4096);
  expect(id).toBe("7F00000100002A9F0000000000001000");
  expect(parseOffsetMessageId(id)).toEqual({
    storeHost: { host: "127.0.0.1", port: 10911 },
    physicalOffset: 4096,
  });
  const long = formatOffsetMessageId({ host: "::1", port: 10911 }, 543_602);
  expect(long).toBe("0000000000000000000000000000000100002A9F0000000000084B72");
  expect(() => parseOffsetMessageId("7F0000")).toThrow(DecodeError);
});

test("hashes are Java's, from text and from bytes", () => {
  for (const [text, hash] of [
    ["a", 97],
    ["TagA", 2_598_919],
    ["中", 20_013],
    ["hello world tag", -687_264_706],
  ] as const) {
    const bytes = Buffer.from(text);
    expect(javaHash(text)).toBe(hash);
    expect(javaHashBytes(bytes, 0, bytes.length)).toBe(hash);
  }
});
