/** Headers of both forms: written and read back, cut and damaged (remoting 1.3, 1.4). */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { DecodeError } from "../../src/core/error.ts";
import {
  CommandHead,
  decodeCommand,
  encodeCommand,
  type OutgoingCommand,
  peekCommand,
} from "../../src/protocol/remoting/command.ts";
import { sendMessageV2 } from "../../src/protocol/remoting/requests/send.ts";
import {
  isSendCode,
  readSendHeader,
  SendHeader,
  sendHeaderOf,
} from "../../src/protocol/remoting/requests/send-fast.ts";

const anyText = fc.string({ unit: "binary", maxLength: 60 });
const anyInt32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const anyForm = fc.constantFrom<0 | 1>(0, 1);

const anyCommand = fc.record({
  code: fc.integer({ min: 0, max: 3400 }),
  opaque: anyInt32,
  flag: fc.integer({ min: 0, max: 3 }),
  language: fc.integer({ min: 0, max: 13 }),
  version: fc.integer({ min: 0, max: 2 ** 15 - 1 }),
  remark: fc.option(fc.string({ unit: "binary", minLength: 1, maxLength: 60 }), { nil: undefined }),
  fields: fc
    .dictionary(fc.string({ unit: "binary", minLength: 1, maxLength: 20 }), anyText, {
      maxKeys: 20,
    })
    .map((fields) => new Map(Object.entries(fields))),
  serializeType: anyForm,
  body: fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
}) satisfies fc.Arbitrary<OutgoingCommand>;

const anyDamage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });

/** Runs `read`; whatever it throws must be a DecodeError. Returns whether it threw. */
function refuses(read: () => void): boolean {
  try {
    read();
    return false;
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
    return true;
  }
}

describe("headers", () => {
  test("a command that was written is read as it was", () => {
    fc.assert(
      fc.property(anyCommand, (command) => {
        const frame = encodeCommand(command);
        expect(frame.readUInt32BE(0)).toBe(frame.length - 4);
        const read = decodeCommand(frame, 4, frame.length);
        const fields = [...command.fields].filter(
          ([, value]) => command.serializeType === 0 || value !== "",
        );
        expect({ ...read, fields: [...read.fields] }).toMatchObject({
          code: command.code,
          opaque: command.opaque,
          flag: command.flag,
          language: command.language,
          version: command.version,
          remark: command.remark,
          serializeType: command.serializeType,
          fields,
        });
        expect(frame.subarray(read.bodyStart, read.bodyEnd).equals(command.body)).toBe(true);
      }),
    );
  });

  test("every truncation of a header is refused", () => {
    fc.assert(
      fc.property(anyCommand, (command) => {
        const frame = encodeCommand({ ...command, body: undefined });
        const headerBytes = frame.length - 8;
        for (let kept = 0; kept < headerBytes; kept++) {
          const cut = Buffer.from(frame.subarray(4, 8 + kept));
          expect(refuses(() => decodeCommand(cut, 0, cut.length))).toBe(true);
          cut.writeUInt32BE(command.serializeType * 0x100_0000 + kept, 0);
          expect(refuses(() => decodeCommand(cut, 0, cut.length))).toBe(true);
        }
      }),
      { numRuns: 25 },
    );
  });

  test("a damaged header is read or refused, never anything else", () => {
    fc.assert(
      fc.property(anyCommand, anyDamage, (command, damage) => {
        const frame = encodeCommand(command);
        for (const [at, value] of damage) {
          frame[4 + (at % (frame.length - 4))] = value;
        }
        refuses(() => decodeCommand(frame, 4, frame.length));
      }),
      { numRuns: 2000 },
    );
  });

  test("any bytes are read or refused, never anything else", () => {
    fc.assert(
      fc.property(anyForm, fc.uint8Array({ maxLength: 80 }), (form, bytes) => {
        const frame = Buffer.concat([Buffer.from([form, 0, 0, bytes.length]), bytes]);
        refuses(() => decodeCommand(frame, 0, frame.length));
      }),
      { numRuns: 2000 },
    );
  });
});

describe("the send header's two readers", () => {
  const anySend = fc.record({
    producerGroup: anyText,
    topic: anyText,
    defaultTopic: anyText,
    defaultTopicQueueNums: anyInt32,
    queueId: anyInt32,
    sysFlag: anyInt32,
    bornTimestamp: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
    flag: anyInt32,
    properties: fc.option(anyText, { nil: undefined }),
    reconsumeTimes: fc.option(anyInt32, { nil: undefined }),
    maxReconsumeTimes: fc.option(anyInt32, { nil: undefined }),
    batch: fc.option(fc.boolean(), { nil: undefined }),
  });

  test("the fast one says what the slow one says, or leaves it to that one", () => {
    const head = new CommandHead();
    const fast = new SendHeader();
    const slow = new SendHeader();
    fc.assert(
      fc.property(anySend, anyForm, anyDamage, fc.boolean(), (values, form, damage, isDamaged) => {
        const fields = sendMessageV2.encode(values);
        const frame = encodeCommand({ code: 310, opaque: 1, flag: 0, serializeType: form, fields });
        if (isDamaged) {
          for (const [at, value] of damage) {
            frame[8 + (at % (frame.length - 8))] = value;
          }
        }
        const isRefused = refuses(() => peekCommand(frame, 4, frame.length, head));
        if (!isRefused && isSendCode(head.code) && readSendHeader(frame, head, fast)) {
          sendHeaderOf(decodeCommand(frame, 4, frame.length), slow);
          expect(facts(fast)).toEqual(facts(slow));
        }
      }),
      { numRuns: 1000 },
    );
  });
});

function facts(header: SendHeader) {
  const { bytes, scratch, ...rest } = header;
  const text = (start: number, end: number) => bytes.toString("utf8", start, end);
  return {
    texts: [
      text(rest.producerGroupStart, rest.producerGroupEnd),
      text(rest.topicStart, rest.topicEnd),
      text(rest.defaultTopicStart, rest.defaultTopicEnd),
      text(rest.propertiesStart, rest.propertiesEnd),
    ],
    numbers: Object.entries(rest).filter(([name]) => !/(Start|End)$/.test(name)),
  };
}
