/** One definition serves reader and writer, and says what is wrong by name (remoting 1.8). */
import { describe, expect, test } from "bun:test";
import { DecodeError } from "../../../src/core/error.ts";
import {
  defineRequest,
  int64Max,
  type ReplyOf,
  type RequestOf,
} from "../../../src/protocol/remoting/define.ts";
import { refusedRequests } from "../../../src/protocol/remoting/refused-request.ts";
import {
  requestCodes,
  requestName,
  unsupportedRemark,
} from "../../../src/protocol/remoting/request-code.ts";
import { definitions } from "./definition-list.ts";

const example = defineRequest({
  code: 1,
  name: "EXAMPLE",
  request: {
    text: { type: "string" },
    small: { type: "int32", wire: "s" },
    large: { type: "int64" },
    identity: { type: "text64" },
    isTrue: { type: "boolean" },
    maybe: { type: "int32", optional: true },
  },
  reply: { offset: { type: "int64" } },
});

const fields = new Map([
  ["text", "x"],
  ["s", "-2147483648"],
  ["large", "9007199254740991"],
  ["identity", "-9223372036854775808"],
  ["isTrue", "TRUE"],
  ["unknown", "passed over"],
]);

describe("fields", () => {
  test("each type is read, and written back as its text", () => {
    const values: RequestOf<typeof example> = {
      text: "x",
      small: -(2 ** 31),
      large: 2 ** 53 - 1,
      identity: "-9223372036854775808",
      isTrue: true,
    };
    expect(example.decode(fields)).toEqual(values);
    expect([...example.encode(values)]).toEqual([
      ["text", "x"],
      ["s", "-2147483648"],
      ["large", "9007199254740991"],
      ["identity", "-9223372036854775808"],
      ["isTrue", "true"],
    ]);
  });

  test("a boolean may be a digit, as RocketMQ's client for C++ writes it", () => {
    expect(example.decode(new Map([...fields, ["isTrue", "1"]])).isTrue).toBe(true);
    expect(example.decode(new Map([...fields, ["isTrue", "0"]])).isTrue).toBe(false);
  });

  test("Long.MAX_VALUE has a number of its own and is written back as it came", () => {
    const values = example.decode(new Map([...fields, ["large", "9223372036854775807"]]));
    expect(values.large).toBe(int64Max);
    expect(example.encode(values).get("large")).toBe("9223372036854775807");
  });

  test("minus one is a number like any other", () => {
    const reply: ReplyOf<typeof example> = { offset: -1 };
    expect(example.decodeReply(new Map([["offset", "-1"]]))).toEqual(reply);
    expect(example.encodeReply(reply)).toEqual(new Map([["offset", "-1"]]));
  });

  const refused: readonly (readonly [key: string, text: string])[] = [
    ["s", "2147483648"],
    ["s", ""],
    ["s", "1.0"],
    ["s", "1e3"],
    ["s", " 1"],
    ["s", "+1"],
    ["s", "0x10"],
    ["large", "9007199254740992"],
    ["large", "9223372036854775808"],
    ["large", "NaN"],
    ["identity", "9223372036854775808"],
    ["identity", "99999999999999999999"],
    ["isTrue", "yes"],
    ["isTrue", "2"],
    ["maybe", "x"],
  ];
  for (const [key, text] of refused) {
    test(`'${text}' as ${key} is refused with the field's name`, () => {
      const decode = () => example.decode(new Map([...fields, [key, text]]));
      expect(decode).toThrow(DecodeError);
      expect(decode).toThrow(`'${key}'`);
    });
  }

  for (const key of ["text", "s", "large", "identity", "isTrue"]) {
    test(`without ${key} the request is refused with the field's name`, () => {
      const rest = new Map([...fields].filter(([name]) => name !== key));
      expect(() => example.decode(rest)).toThrow(`field '${key}' is missing`);
    });
  }

  test("only the start of a stranger's text gets into the remark", () => {
    const decode = () => example.decode(new Map([...fields, ["s", "x".repeat(10_000)]]));
    expect(decode).toThrow(/'x{40}…'/);
  });
});

describe("the definitions", () => {
  test("each has RocketMQ's name for its code, and no code has two", () => {
    expect(definitions.length).toBeGreaterThan(25);
    const codes = definitions.map((definition) => definition.code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const definition of definitions) {
      expect(definition.name).toBe(requestName(definition.code) ?? "");
    }
  });

  test("no key is used twice in one header", () => {
    for (const definition of definitions) {
      for (const header of [definition.request, definition.reply]) {
        const keys = Object.entries(header).map(([name, field]) => field.wire ?? name);
        expect(new Set(keys).size).toBe(keys.length);
      }
    }
  });

  test("what is refused on purpose is a request of RocketMQ's, and has its reason", () => {
    for (const [code, reason] of refusedRequests) {
      expect(requestCodes()).toContain(code);
      expect(reason).not.toBe("");
    }
  });

  test("a refusal names the request", () => {
    expect(unsupportedRemark(36)).toBe(" request type 36 not supported (CONSUMER_SEND_MSG_BACK)");
    expect(unsupportedRemark(77)).toBe(" request type 77 not supported");
  });
});
