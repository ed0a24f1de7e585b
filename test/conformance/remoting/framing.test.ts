/** Frames and headers as remoting 1 promises them, and what is refused. */
import { describe, expect, test } from "bun:test";
import { DecodeError } from "../../../src/core/error.ts";
import { limits } from "../../../src/core/limits.ts";
import {
  decodeCommand,
  encodeCommand,
  type SerializeType,
} from "../../../src/protocol/remoting/command.ts";
import { FrameReader } from "../../../src/protocol/remoting/frame-reader.ts";

function framesOf(reader: FrameReader, chunk: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  reader.push(chunk, (source, start, end) => frames.push(Buffer.from(source.subarray(start, end))));
  return frames;
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

describe("the frame reader", () => {
  for (const length of [-1, -(2 ** 31), 0, 3, limits.frameBytesMax + 1, 2 ** 31 - 1]) {
    test(`a length of ${length} is refused as soon as its four bytes are there`, () => {
      const reader = new FrameReader(limits.frameBytesMax);
      expect(framesOf(reader, word(length).subarray(0, 3))).toEqual([]);
      expect(() => framesOf(reader, word(length).subarray(3))).toThrow(DecodeError);
    });
  }

  test("a frame is reported where it lies when the chunk holds all of it", () => {
    const chunk = Buffer.concat([word(4), Buffer.from("abcd"), word(5), Buffer.from("efghi")]);
    const places: (readonly [boolean, number, number])[] = [];
    new FrameReader(100).push(chunk, (source, start, end) => {
      places.push([source === chunk, start, end]);
    });
    expect(places).toEqual([
      [true, 4, 8],
      [true, 12, 17],
    ]);
  });

  test("who declares 16 MiB and sends a byte at a time costs what it sent", () => {
    const reader = new FrameReader(limits.frameBytesMax);
    const before = process.memoryUsage();
    framesOf(reader, word(limits.frameBytesMax));
    for (let sent = 0; sent < 1000; sent++) {
      framesOf(reader, Buffer.from([7]));
    }
    const after = process.memoryUsage();
    expect(reader.pendingBytes).toBe(1004);
    expect(
      after.external + after.arrayBuffers - before.external - before.arrayBuffers,
    ).toBeLessThan(1 << 20);
  });

  test("a whole 16 MiB frame in small chunks arrives unharmed", () => {
    const body = Buffer.alloc(limits.frameBytesMax);
    for (let at = 0; at < body.length; at += 1024) {
      body.writeUInt32BE(at, at);
    }
    const stream = Buffer.concat([word(body.length), body]);
    const reader = new FrameReader(limits.frameBytesMax);
    const frames: Buffer[] = [];
    for (let at = 0; at < stream.length; at += 65_000) {
      frames.push(...framesOf(reader, stream.subarray(at, at + 65_000)));
    }
    expect(frames.length).toBe(1);
    expect(frames[0]?.equals(body)).toBe(true);
    expect(reader.pendingBytes).toBe(0);
  });

  test("a frame put together from chunks is not overwritten by the next one", () => {
    const reader = new FrameReader(100);
    const kept: { source: Buffer; start: number; end: number }[] = [];
    const keep = (source: Buffer, start: number, end: number) => {
      kept.push({ source, start, end });
    };
    const stream = Buffer.concat([word(4), Buffer.from("abcd"), word(4), Buffer.from("efgh")]);
    for (let at = 0; at < stream.length; at++) {
      reader.push(stream.subarray(at, at + 1), keep);
    }
    expect(kept.map(({ source, start, end }) => source.toString("latin1", start, end))).toEqual([
      "abcd",
      "efgh",
    ]);
  });
});

/** The frame, without its length word, of a header and its word. */
function frame(type: number, headerBytes: number, header: Buffer): Buffer {
  return Buffer.concat([word((type << 24) | headerBytes), header]);
}

function decode(bytes: Buffer) {
  return decodeCommand(bytes, 0, bytes.length);
}

function decodeJson(header: string) {
  const bytes = Buffer.from(header);
  return decode(frame(0, bytes.length, bytes));
}

describe("frames that nobody can answer", () => {
  const good = Buffer.from('{"code":105}');
  test("a header longer than its frame is refused", () => {
    expect(() => decode(frame(0, good.length + 1, good))).toThrow(DecodeError);
  });
  for (const type of [2, 0x7f, 0xff]) {
    test(`a header of unknown form ${type} is refused`, () => {
      expect(() => decode(frame(type, good.length, good))).toThrow(DecodeError);
    });
  }
  test("a header beyond 64 KiB is refused, unless it is a reply for a client", () => {
    const header = Buffer.from(
      `{"code":0,"extFields":{"msgId":"${"x".repeat(limits.headerBytesMax)}"}}`,
    );
    const bytes = frame(0, header.length, header);
    expect(() => decode(bytes)).toThrow(DecodeError);
    const reply = decodeCommand(bytes, 0, bytes.length, limits.replyHeaderBytesMax);
    expect(reply.fields.get("msgId")?.length).toBe(limits.headerBytesMax);
  });
  for (const bytes of [0, 1, 3]) {
    test(`a frame of ${bytes} bytes is refused`, () => {
      expect(() => decode(Buffer.alloc(bytes))).toThrow(DecodeError);
    });
  }
});

describe("JSON headers", () => {
  test("the worked example is read", () => {
    const bytes = Buffer.from(
      '{"code":105,"extFields":{"topic":"T"},"flag":0,"language":"JAVA","opaque":1,"version":409}',
    );
    expect(bytes.length).toBe(90);
    expect(decode(frame(0, 90, bytes))).toMatchObject({
      code: 105,
      flag: 0,
      language: 0,
      opaque: 1,
      version: 409,
      fields: new Map([["topic", "T"]]),
      remark: undefined,
    });
  });

  const readAs: readonly (readonly [string, string, object])[] = [
    ["numbers in quotes", '{"code":"34","opaque":"-7"}', { code: 34, opaque: -7 }],
    ["white space anywhere", ' { "code" : 34 ,\n "opaque"\t: 1 } ', { code: 34, opaque: 1 }],
    ["any order of keys", '{"version":3,"opaque":2,"code":1}', { code: 1, opaque: 2, version: 3 }],
    ["a language by number", '{"code":1,"language":9}', { language: 9 }],
    ["a language nobody knows as OTHER", '{"code":1,"language":"KOTLIN"}', { language: 7 }],
    ["a language of null as OTHER", '{"code":1,"language":null}', { language: 7 }],
    ["missing extFields as none", '{"code":1}', { fields: new Map() }],
    ["extFields of null as none", '{"code":1,"extFields":null}', { fields: new Map() }],
    [
      "a field of null as absent",
      '{"code":1,"extFields":{"a":null,"b":"1"}}',
      { fields: new Map([["b", "1"]]) },
    ],
    [
      "values that are no texts as their text",
      '{"code":1,"extFields":{"a":1,"b":true,"c":1.50,"d":{"x":[1]},"e":12345678901234567890}}',
      {
        fields: new Map([
          ["a", "1"],
          ["b", "true"],
          ["c", "1.50"],
          ["d", '{"x":[1]}'],
          ["e", "12345678901234567890"],
        ]),
      },
    ],
    [
      "unknown keys as nothing",
      '{"code":1,"body":[{}],"serializeTypeCurrentRPC":"JSON"}',
      { code: 1 },
    ],
    ["escapes", '{"code":1,"remark":"a\\n\\u00e4\\ud83d\\ude00\\/"}', { remark: "a\nä😀/" }],
    [
      "escapes in a key",
      '{"code":1,"extFields":{"\\u0061":"1"}}',
      { fields: new Map([["a", "1"]]) },
    ],
    [
      "an empty value as empty",
      '{"code":1,"extFields":{"a":""}}',
      { fields: new Map([["a", ""]]) },
    ],
    [
      "the name of a prototype as any other",
      '{"code":1,"extFields":{"constructor":"x"}}',
      { fields: new Map([["constructor", "x"]]) },
    ],
  ];
  for (const [name, header, expected] of readAs) {
    test(`${name}: read`, () => {
      expect(decodeJson(header)).toMatchObject(expected);
    });
  }

  const many = Array.from({ length: 65 }, (_, index) => `"k${index}":"v"`).join(",");
  const refused: readonly (readonly [string, string])[] = [
    ["no object", "[]"],
    ["no code", "{}"],
    ["a code that is no int32", '{"code":2147483648}'],
    ["a code with a fraction", '{"code":1.5}'],
    ["a code of true", '{"code":true}'],
    ["a repeated key", '{"code":1,"code":2}'],
    ["a repeated field", '{"code":1,"extFields":{"a":"1","a":"2"}}'],
    ["a repeated field behind an escape", '{"code":1,"extFields":{"a":"1","\\u0061":"2"}}'],
    ["repeated extFields", '{"code":1,"extFields":{},"extFields":{}}'],
    ["extFields that are no object", '{"code":1,"extFields":["a"]}'],
    ["65 fields", `{"code":1,"extFields":{${many}}}`],
    ["a field without a name", '{"code":1,"extFields":{"":"x"}}'],
    ["a field's name of 129 bytes", `{"code":1,"extFields":{"${"k".repeat(129)}":"x"}}`],
    ["a lone surrogate", '{"code":1,"remark":"\\ud800"}'],
    ["surrogates in the wrong order", '{"code":1,"remark":"\\ude00\\ud83d"}'],
    ["an unknown escape", '{"code":1,"remark":"\\x41"}'],
    ["an escape without four digits", '{"code":1,"remark":"\\u00g0"}'],
    ["a raw control character", '{"code":1,"remark":"\u0001"}'],
    ["a number that is none", '{"code":1,"x":01}'],
    ["a word that is none", '{"code":1,"x":nul}'],
    ["nesting", `{"code":1,"x":${"[".repeat(9)}${"]".repeat(9)}}`],
    ["a trailing comma", '{"code":1,}'],
    ["bytes behind the object", '{"code":1}x'],
    ["an open end", '{"code":1,"remark":"'],
    ["single quotes", "{'code':1}"],
    ["a key without quotes", "{code:1}"],
  ];
  for (const [name, header] of refused) {
    test(`${name}: refused`, () => {
      expect(() => decodeJson(header)).toThrow(DecodeError);
    });
  }

  test("bytes that are not UTF-8 are refused", () => {
    const header = Buffer.concat([
      Buffer.from('{"code":1,"remark":"'),
      Buffer.from([0xc0, 0x80]),
      Buffer.from('"}'),
    ]);
    expect(() => decode(frame(0, header.length, header))).toThrow(DecodeError);
  });
});

describe("binary headers", () => {
  const example = Buffer.from(
    "00000025010000210069000199000000010000000000000000000000 0c0005746f7069630000000154".replace(
      " ",
      "",
    ),
    "hex",
  );

  test("the worked example is read and written", () => {
    const command = decodeCommand(example, 4, example.length);
    expect(command).toMatchObject({
      code: 105,
      language: 0,
      version: 409,
      opaque: 1,
      flag: 0,
      remark: undefined,
      fields: new Map([["topic", "T"]]),
      serializeType: 1,
    });
    expect(encodeCommand(command)).toEqual(example);
  });

  test("codes cut to 16 bits are put back in requests, and left alone in replies", () => {
    const pop = encodeCommand({ code: 200050, opaque: 1, flag: 0, serializeType: 1 });
    expect(pop.readUInt16BE(8)).toBe(3442);
    expect(decodeCommand(pop, 4, pop.length).code).toBe(200050);
    const reply = encodeCommand({ code: 3442, opaque: 1, flag: 1, serializeType: 1 });
    expect(decodeCommand(reply, 4, reply.length).code).toBe(3442);
  });

  test("a field without a value is absent", () => {
    const fields = new Map([
      ["a", ""],
      ["b", "1"],
    ]);
    const bytes = encodeCommand({ code: 1, opaque: 1, flag: 0, serializeType: 1, fields });
    expect(decodeCommand(bytes, 4, bytes.length).fields).toEqual(new Map([["b", "1"]]));
  });

  const damages: readonly (readonly [string, number, string])[] = [
    ["a negative remark length", 21, "ffffffff"],
    ["a remark longer than the header", 21, "00000100"],
    ["fields that do not fill the header", 25, "0000000b"],
    ["fields longer than the header", 25, "0000000d"],
    ["a negative key length", 29, "ffff"],
    ["a key longer than the header", 29, "0100"],
    ["an empty key", 29, "0000"],
    ["a negative value length", 36, "ffffffff"],
    ["a value longer than the header", 36, "00000002"],
    ["a value shorter than what is left", 36, "00000000"],
    ["a key that is not UTF-8", 31, "ff"],
    ["a value that is not UTF-8", 40, "80"],
  ];
  for (const [name, at, bytes] of damages) {
    test(`${name} is refused`, () => {
      const damaged = Buffer.from(example);
      damaged.write(bytes, at, "hex");
      expect(() => decodeCommand(damaged, 4, damaged.length)).toThrow(DecodeError);
    });
  }

  test("a repeated field is refused", () => {
    const fields: [string, string][] = [
      ["topic", "a"],
      ["other", "b"],
      ["topic", "c"],
    ];
    const bytes = encodeCommand({ code: 1, opaque: 1, flag: 0, serializeType: 1, fields });
    expect(() => decodeCommand(bytes, 4, bytes.length)).toThrow(DecodeError);
  });
});

describe("replies", () => {
  for (const serializeType of [0, 1] satisfies SerializeType[]) {
    test(`form ${serializeType}: version and language are ours, the fields texts`, () => {
      const bytes = encodeCommand({
        code: 0,
        opaque: 5,
        flag: 1,
        serializeType,
        fields: [["offset", "12"]],
        body: Buffer.from("xxbodyxx"),
        bodyStart: 2,
        bodyEnd: 6,
      });
      const command = decodeCommand(bytes, 4, bytes.length);
      expect(command).toMatchObject({ version: 479, language: 0, opaque: 5, flag: 1 });
      expect(bytes.toString("utf8", command.bodyStart, command.bodyEnd)).toBe("body");
    });
  }

  test("a JSON header is written as Java writes it, with extFields even when there are none", () => {
    const bytes = encodeCommand({
      code: 17,
      opaque: 3,
      flag: 1,
      serializeType: 0,
      remark: "no\nroute",
    });
    expect(bytes.toString("utf8", 8)).toBe(
      '{"code":17,"extFields":{},"flag":1,"language":"JAVA","opaque":3,"remark":"no\\nroute",' +
        '"serializeTypeCurrentRPC":"JSON","version":479}',
    );
  });
});
