/** What RocketMQ's own programs said to each other is read as they meant it (remoting 1, 4, 6, 7, 9). */
import { describe, expect, test } from "bun:test";
import {
  decodeCommand,
  encodeCommand,
  isOneway,
  isResponse,
} from "../../../src/protocol/remoting/command.ts";
import { type JsonValue, parseJson } from "../../../src/protocol/remoting/json.ts";
import { languageName } from "../../../src/protocol/remoting/language.ts";
import { widenBinaryCode } from "../../../src/protocol/remoting/request-code.ts";
import { bodyCodecs, type CapturedFrame, capturedFrames } from "./captured-frame.ts";
import { definitions } from "./definition-list.ts";

function decode(captured: CapturedFrame) {
  const frame = Buffer.from(captured.frame, "hex");
  expect(frame.readUInt32BE(0)).toBe(frame.length - 4);
  return decodeCommand(frame, 4, frame.length, 2 ** 21);
}

describe("headers", () => {
  test("there are frames of both kinds, both forms and many codes to look at", () => {
    expect(capturedFrames.length).toBeGreaterThan(300);
    expect(new Set(capturedFrames.map((frame) => frame.serialize)).size).toBe(2);
    expect(new Set(capturedFrames.map((frame) => frame.requestCode)).size).toBeGreaterThan(60);
  });

  test("every captured frame is read as another decoder read it", () => {
    for (const captured of capturedFrames) {
      const command = decode(captured);
      const isBinaryRequest = captured.serialize === "ROCKETMQ" && captured.kind !== "response";
      expect({
        code: command.code,
        opaque: command.opaque,
        flag: command.flag,
        language: languageName(command.language),
        version: command.version,
        serialize: command.serializeType === 1 ? "ROCKETMQ" : "JSON",
        remark: command.remark ?? null,
        fields: Object.fromEntries(command.fields),
      }).toEqual({
        code: isBinaryRequest ? widenBinaryCode(captured.code) : captured.code,
        opaque: captured.opaque,
        flag: captured.flag,
        language: captured.language,
        version: captured.version,
        serialize: captured.serialize,
        remark: captured.remark,
        fields: withoutEmpty(captured),
      });
      expect(isResponse(command)).toBe(captured.kind === "response");
      expect(isOneway(command)).toBe(captured.kind === "oneway");
    }
  });

  test("a frame written again is read as the same command", () => {
    for (const captured of capturedFrames) {
      const { source, bodyStart, bodyEnd, ...command } = decode(captured);
      const written = encodeCommand({ ...command, body: source, bodyStart, bodyEnd });
      const again = decodeCommand(written, 4, written.length, 2 ** 21);
      const { source: _source, bodyStart: _start, bodyEnd: _end, ...header } = again;
      expect(header).toEqual(command);
      expect(written.subarray(again.bodyStart, again.bodyEnd)).toEqual(
        source.subarray(bodyStart, bodyEnd),
      );
    }
  });

  test("a frame with a binary header is written byte for byte as Java wrote it", () => {
    let count = 0;
    for (const captured of capturedFrames) {
      const command = decode(captured);
      if (captured.serialize === "ROCKETMQ") {
        const written = encodeCommand({ ...command, body: command.source });
        expect(written.toString("hex")).toBe(captured.frame);
        count++;
      }
    }
    expect(count).toBeGreaterThan(20);
  });
});

/** The binary form cannot tell an empty value from none; Java reads none. */
function withoutEmpty(captured: CapturedFrame): Record<string, string> {
  return Object.fromEntries(
    Object.entries(captured.extFields ?? {}).filter(
      ([, value]) => captured.serialize === "JSON" || value !== "",
    ),
  );
}

describe("definitions", () => {
  for (const definition of definitions) {
    const requests = capturedFrames.filter(
      (frame) => frame.kind !== "response" && frame.code === definition.code,
    );
    const replies = capturedFrames.filter(
      (frame) =>
        frame.kind === "response" &&
        frame.requestCode === definition.code &&
        (frame.code === 0 || (definition.code === 11 && frame.extFields?.["maxOffset"])),
    );
    if (requests.length > 0) {
      test(`${definition.name}: each field of a captured request comes back as it was`, () => {
        for (const request of requests) {
          const fields = decode(request).fields;
          expectSubset(definition.recode(fields), fields);
        }
      });
    }
    if (replies.length > 0) {
      test(`${definition.name}: each field of a captured reply comes back as it was`, () => {
        for (const reply of replies) {
          const fields = decode(reply).fields;
          expectSubset(definition.recodeReply(fields), fields);
        }
      });
    }
  }
});

function expectSubset(part: ReadonlyMap<string, string>, whole: ReadonlyMap<string, string>): void {
  for (const [key, value] of part) {
    expect(`${key}=${value}`).toBe(`${key}=${whole.get(key)}`);
  }
}

describe("bodies", () => {
  for (const codec of bodyCodecs) {
    test(`${codec.code} ${codec.kind}: what is written again says the same`, () => {
      let count = 0;
      for (const captured of capturedFrames) {
        const { source, bodyStart, bodyEnd } = decode(captured);
        const isOfCodec =
          captured.requestCode === codec.code &&
          (captured.kind === "response") === (codec.kind === "response");
        if (isOfCodec && bodyEnd > bodyStart) {
          const written = codec.recode(source, bodyStart, bodyEnd);
          expectSameWhereBothSpeak(
            parseJson(written, 0, written.length),
            parseJson(source, bodyStart, bodyEnd),
          );
          expect(codec.recode(written, 0, written.length)).toEqual(written);
          count++;
        }
      }
      expect(count).toBeGreaterThan(0);
    });
  }
});

/** Members whose value is ours to choose: no rate is measured, and there are no static topics to version. */
const ourOwn: ReadonlySet<string> = new Set(["topicPutTps", "mappingDataVersion"]);

/** Members that only one side has are settings of another version. */
function expectSameWhereBothSpeak(ours: JsonValue, theirs: JsonValue): void {
  if (ours instanceof Map && theirs instanceof Map) {
    for (const [key, value] of ours) {
      if (theirs.has(key) && !ourOwn.has(key)) {
        expectSameWhereBothSpeak(value, theirs.get(key) ?? null);
      }
    }
    return;
  }
  if (Array.isArray(ours) && Array.isArray(theirs)) {
    expect(ours.length).toBe(theirs.length);
    ours.forEach((item: JsonValue, index) => {
      expectSameWhereBothSpeak(item, theirs[index]);
    });
    return;
  }
  if (isPairs(ours) && isPairs(theirs)) {
    expect(ours.entries.length).toBe(theirs.entries.length);
    ours.entries.forEach(([key, value], index) => {
      expect(key).toEqual(theirs.entries[index]?.[0] ?? null);
      expectSameWhereBothSpeak(value, theirs.entries[index]?.[1] ?? null);
    });
    return;
  }
  expect(ours).toEqual(theirs);
}

function isPairs(value: JsonValue): value is Extract<JsonValue, { readonly kind: "pairs" }> {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "pairs";
}
