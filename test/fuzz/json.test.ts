/** The JSON reader: what it accepts it reads right, everything else it refuses (remoting 9.0). */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { DecodeError } from "../../src/core/error.ts";
import { limits } from "../../src/core/limits.ts";
import {
  encodeJson,
  type JsonValue,
  parseJson,
  writeAsciiJson,
  writeJson,
} from "../../src/protocol/remoting/json.ts";

function parse(text: string | Buffer): JsonValue {
  const bytes = Buffer.from(text);
  return parseJson(bytes, 0, bytes.length);
}

/** The shape JSON.parse gives, for comparison. */
function plain(value: JsonValue): unknown {
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, member]) => [key, plain(member)]));
  }
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  const isInteger = typeof value === "object" && value !== null && "text" in value;
  return isInteger ? Number(value.text) : value;
}

function refuses(text: string | Buffer): void {
  expect(() => parse(text)).toThrow(DecodeError);
}

const { anyValue } = fc.letrec<{ anyValue: JsonValue; leaf: JsonValue }>((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom(null, true, false),
    fc.string({ unit: "binary" }),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
    fc
      .bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n })
      .map((value) => ({ kind: "integer" as const, text: String(value) })),
  ),
  anyValue: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    tie("leaf"),
    fc.array(tie("anyValue"), { maxLength: 4 }),
    fc
      .uniqueArray(fc.tuple(fc.string({ unit: "binary" }), tie("anyValue")), {
        maxLength: 4,
        selector: ([key]) => key,
      })
      .filter((members) => members.every(([key]) => key !== "__proto__"))
      .map((members) => new Map(members)),
    fc
      .array(fc.tuple(fc.integer(), tie("anyValue")), { minLength: 1, maxLength: 3 })
      .map((entries) => ({
        kind: "pairs" as const,
        entries: entries.map(([id, value]) => [new Map([["id", id]]), value] as const),
      })),
  ),
}));

describe("values", () => {
  test("what was written is read as it was", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const bytes = encodeJson(value);
        expect(parseJson(bytes, 0, bytes.length)).toEqual(normal(value));
        expect(parse(writeAsciiJson(value))).toEqual(normal(value));
      }),
      { numRuns: 500 },
    );
  });

  test("standard JSON is read as the runtime reads it, whatever its white space", () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(0, 1, "\t", "\n  "), (text, space) => {
        const value: unknown = JSON.parse(text);
        const spaced = JSON.stringify(value, null, space);
        fc.pre(!spaced.includes("__proto__") && !/\\ud[89a-f]/i.test(spaced));
        expect(plain(parse(spaced))).toEqual(
          JSON.parse(spaced, (_key, member: unknown) => (member === 0 ? 0 : member)),
        );
      }),
    );
  });

  test("every truncation of an object is refused", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const bytes = encodeJson(new Map([["k", value]]));
        for (let end = 0; end < bytes.length; end++) {
          expect(() => parseJson(bytes, 0, end)).toThrow(DecodeError);
        }
      }),
      { numRuns: 40 },
    );
  });

  test("damaged JSON is read or refused, never anything else", () => {
    fc.assert(
      fc.property(anyValue, fc.nat(), fc.nat(255), (value, at, byte) => {
        const bytes = encodeJson(value);
        bytes[at % bytes.length] = byte;
        try {
          parseJson(bytes, 0, bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

/** Doubles that are whole and beyond 2^53 are written with an exponent or as digits, which are read as text. */
function normal(value: JsonValue): JsonValue {
  if (typeof value === "number") {
    const text = writeJson(value);
    return /^-?\d+$/.test(text) && !Number.isSafeInteger(value) ? { kind: "integer", text } : value;
  }
  if (value instanceof Map) {
    return new Map([...value].map(([key, member]) => [key, normal(member)]));
  }
  if (Array.isArray(value)) {
    return value.map(normal);
  }
  if (typeof value === "object" && value !== null && "kind" in value && value.kind === "pairs") {
    return {
      kind: "pairs",
      entries: value.entries.map(([key, member]) => [key, normal(member)] as const),
    };
  }
  return value;
}

describe("fastjson's dialect", () => {
  test("integers as keys are read as texts", () => {
    expect(parse('{0:"a",-1:"b",12:"c"}')).toEqual(
      new Map([
        ["0", "a"],
        ["-1", "b"],
        ["12", "c"],
      ]),
    );
  });

  test("objects as keys become pairs, in order", () => {
    expect(parse('{{"q":1}:5,{"q":0} : {}}')).toEqual({
      kind: "pairs",
      entries: [
        [new Map([["q", 1]]), 5],
        [new Map([["q", 0]]), new Map()],
      ],
    });
  });

  test("integers beyond 2^53 stay text, so that no digit is lost", () => {
    expect(parse("[9007199254740991,9007199254740992,-9223372036854775808]")).toEqual([
      9007199254740991,
      { kind: "integer", text: "9007199254740992" },
      { kind: "integer", text: "-9223372036854775808" },
    ]);
  });

  test("minus zero is zero", () => {
    expect(parse("[-0,-0.0]")).toEqual([0, 0]);
  });

  test("integer keys are written bare where old readers need that", () => {
    const entries = new Map([["0", "a"]]);
    expect(writeJson({ kind: "unquoted", entries })).toBe('{0:"a"}');
  });
});

describe("hostile JSON", () => {
  const refused: readonly (readonly [string, string])[] = [
    ["the key __proto__", '{"__proto__":{"polluted":true}}'],
    ["the key __proto__ behind escapes", '{"\\u005f_proto__":1}'],
    ["a repeated key", '{"a":1,"a":2}'],
    ["a repeated integer key", '{1:1,"1":2}'],
    ["objects and texts as keys of one map", '{{"a":1}:1,"b":2}'],
    ["texts and objects as keys of one map", '{"b":2,{"a":1}:1}'],
    ["a list as key", "{[1]:1}"],
    ["a fraction as key", "{1.5:1}"],
    ["1e999", "1e999"],
    ["a number of 33 characters", "1".repeat(33)],
    ["a leading zero", "[01]"],
    ["a plus", "[+1]"],
    ["NaN", "NaN"],
    ["Infinity", "-Infinity"],
    ["a hexadecimal number", "0x10"],
    ["an undefined word", "undefined"],
    ["words in capitals", "TRUE"],
    ["single quotes", "'a'"],
    ["a comment", "/* a */1"],
    ["a trailing comma in a list", "[1,]"],
    ["a trailing comma in an object", '{"a":1,}'],
    ["a missing value", '{"a":}'],
    ["two values", "1 2"],
    ["nothing", ""],
    ["a lone high surrogate", '"\\ud800"'],
    ["a lone low surrogate", '"\\udc00x"'],
    ["a high surrogate before a letter", '"\\ud800\\u0041"'],
    ["a raw control character", '"\u0001"'],
    ["a raw newline", '"\n"'],
    ["a byte order mark", "\ufeff{}"],
  ];
  for (const [name, text] of refused) {
    test(`${name}: refused`, () => refuses(text));
  }

  const notUtf8: readonly (readonly [string, readonly number[]])[] = [
    ["a stray continuation byte", [0x80]],
    ["an overlong slash", [0xc0, 0xaf]],
    ["an overlong three-byte form", [0xe0, 0x80, 0xaf]],
    ["a surrogate", [0xed, 0xa0, 0x80]],
    ["a point above U+10FFFF", [0xf4, 0x90, 0x80, 0x80]],
    ["a byte that never occurs", [0xff]],
    ["a sequence cut off by the quote", [0xe2, 0x82]],
  ];
  for (const [name, bytes] of notUtf8) {
    test(`${name}: refused`, () => {
      refuses(Buffer.from([0x22, ...bytes, 0x22]));
    });
  }

  test("nesting is bounded, however the brackets are mixed", () => {
    const depth = limits.jsonDepthMax;
    expect(parse("[".repeat(depth) + "]".repeat(depth))).toBeDefined();
    refuses("[".repeat(depth + 1) + "]".repeat(depth + 1));
    refuses("[".repeat(1_000_000));
    refuses('{"a":'.repeat(100_000));
    refuses("{".repeat(100_000));
  });

  test("empty objects are counted, because they cost far more than their two bytes", () => {
    const many = Array(limits.jsonContainersMax).fill("{}").join(",");
    refuses(`[${many}]`);
    expect(parse(`[${many.slice(3)}]`)).toBeDefined();
  });

  test("values are counted", () => {
    refuses(`[${Array(limits.jsonValuesMax).fill("1").join(",")}]`);
  });
});
