/** Bodies of every kind with damaged bytes or members of the wrong kind: read or refused, never anything else. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { DecodeError } from "../../src/core/error.ts";
import { decodeCommand } from "../../src/protocol/remoting/command.ts";
import { encodeJson, type JsonValue, parseJson } from "../../src/protocol/remoting/json.ts";
import {
  type BodyCodec,
  bodyCodecs,
  capturedFrames,
} from "../conformance/remoting/captured-frame.ts";

/** Whether the body was taken; anything thrown must be a DecodeError. */
function takes(codec: BodyCodec, body: Buffer): boolean {
  try {
    codec.recode(body, 0, body.length);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
    return false;
  }
}

function bodiesOf(codec: BodyCodec): readonly Buffer[] {
  return capturedFrames
    .filter(
      (frame) =>
        frame.requestCode === codec.code &&
        (frame.kind === "response") === (codec.kind === "response"),
    )
    .map((captured) => {
      const frame = Buffer.from(captured.frame, "hex");
      const { bodyStart, bodyEnd } = decodeCommand(frame, 4, frame.length);
      return frame.subarray(bodyStart, bodyEnd);
    })
    .filter((body) => body.length > 0);
}

const anyWrong: fc.Arbitrary<JsonValue> = fc.constantFrom<JsonValue>(
  null,
  true,
  -1,
  2.5,
  1e300,
  "",
  "x",
  "99999999999999999999",
  [],
  [null],
  new Map(),
  { kind: "integer", text: "99999999999999999999" },
  { kind: "pairs", entries: [[new Map(), 1]] },
);

/** The value with its `place`-th part, counted through all levels, put in place of itself. */
function withPart(value: JsonValue, place: { left: number }, part: JsonValue): JsonValue {
  if (place.left-- === 0) {
    return part;
  }
  if (value instanceof Map) {
    return new Map([...value].map(([key, member]) => [key, withPart(member, place, part)]));
  }
  if (Array.isArray(value)) {
    return value.map((item) => withPart(item, place, part));
  }
  if (typeof value === "object" && value !== null && "kind" in value && value.kind === "pairs") {
    const entries = value.entries.map(
      ([key, member]) => [withPart(key, place, part), withPart(member, place, part)] as const,
    );
    return { kind: "pairs", entries };
  }
  return value;
}

describe("bodies", () => {
  for (const codec of bodyCodecs) {
    const bodies = bodiesOf(codec);

    test(`${codec.code} ${codec.kind}: a member of the wrong kind is taken or refused`, () => {
      let refused = 0;
      fc.assert(
        fc.property(fc.constantFrom(...bodies), fc.nat(60), anyWrong, (body, left, part) => {
          const wrong = withPart(parseJson(body, 0, body.length), { left }, part);
          if (!takes(codec, encodeJson(wrong))) {
            refused++;
          }
        }),
        { numRuns: 150 },
      );
      expect(refused).toBeGreaterThan(0);
    });

    test(`${codec.code} ${codec.kind}: a damaged body is taken or refused`, () => {
      fc.assert(
        fc.property(fc.constantFrom(...bodies), fc.nat(), fc.nat(255), (body, at, byte) => {
          const damaged = Buffer.from(body);
          damaged[at % damaged.length] = byte;
          takes(codec, damaged);
        }),
        { numRuns: 150 },
      );
    });
  }
});
