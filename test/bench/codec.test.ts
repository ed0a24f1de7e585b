/** Cost of a send's header and of its reply, in both header forms, as an official client writes them. */
import { expect, test } from "bun:test";
import {
  CommandHead,
  decodeCommand,
  encodeCommand,
  peekCommand,
  type SerializeType,
  serializeBinary,
  serializeJson,
} from "../../src/protocol/remoting/command.ts";
import { FrameReader } from "../../src/protocol/remoting/frame-reader.ts";
import { readSendHeader, SendHeader } from "../../src/protocol/remoting/requests/send-fast.ts";
import {
  encodeSendReply,
  SendReply,
  sendReplyBytesMax,
} from "../../src/protocol/remoting/requests/send-reply-fast.ts";
import { repeats, time } from "./stopwatch.ts";

const frameBytesMax = 16 << 20;
const framesPerChunk = 64;
const uniqKey = "7F0000010E3C5B2133B1A2B3C4D50001";
const properties = `UNIQ_KEY\u0001${uniqKey}\u0002WAIT\u0001true`;

function sendFrame(serializeType: SerializeType, opaque: number, bodyBytes: number): Buffer {
  return encodeCommand({
    code: 310,
    opaque,
    flag: 0,
    serializeType,
    fields: [
      ["a", "bench-producer"],
      ["b", "bench-topic"],
      ["c", "TBW102"],
      ["d", "4"],
      ["e", "3"],
      ["f", "0"],
      ["g", "1763769600000"],
      ["h", "0"],
      ["i", properties],
      ["j", "0"],
      ["k", "false"],
      ["m", "false"],
    ],
    body: Buffer.alloc(bodyBytes, 0x6d),
  });
}

for (const [form, serializeType] of [
  ["JSON", serializeJson],
  ["binary", serializeBinary],
] as const) {
  test(`a chunk of sends is split and every ${form} header is read without the slow path`, () => {
    const frames = Array.from({ length: framesPerChunk }, (_, opaque) =>
      sendFrame(serializeType, opaque, 1024),
    );
    const chunk = Buffer.concat(frames);
    const reader = new FrameReader(frameBytesMax);
    const head = new CommandHead();
    const header = new SendHeader();
    let readCount = 0;
    let opaqueSum = 0;
    const onFrame = (source: Buffer, start: number, end: number) => {
      peekCommand(source, start, end, head);
      if (readSendHeader(source, head, header)) {
        readCount++;
        opaqueSum += header.opaque;
      }
    };
    const chunks = repeats(20);
    time(`send header ${form}, chunk of ${framesPerChunk}`, chunks, () =>
      reader.push(chunk, onFrame),
    );
    expect(readCount).toBe(chunks * framesPerChunk);
    expect(opaqueSum).toBe((chunks * framesPerChunk * (framesPerChunk - 1)) / 2);
    const { bytes, topicStart, topicEnd, propertiesStart, propertiesEnd } = header;
    expect(bytes.toString("utf8", topicStart, topicEnd)).toBe("bench-topic");
    expect(bytes.toString("utf8", propertiesStart, propertiesEnd)).toBe(properties);
  });

  test(`a ${form} reply is written as one frame that says where the message went`, () => {
    const reply = new SendReply();
    reply.serializeType = serializeType;
    reply.opaque = 77;
    reply.queueId = 3;
    reply.physicalOffset = 123_456_789;
    reply.storeHost = Buffer.from([127, 0, 0, 1, 0, 0, 42, 159]);
    reply.uniqKey = Buffer.from(uniqKey);
    reply.uniqKeyEnd = uniqKey.length;
    const target = Buffer.alloc(sendReplyBytesMax(reply));
    let end = 0;
    const count = repeats(1000);
    time(`send reply ${form}`, count, (index) => {
      reply.queueOffset = index;
      end = encodeSendReply(target, 0, reply);
    });
    const command = decodeCommand(target, 4, end);
    expect(command.opaque).toBe(77);
    expect(command.fields.get("queueOffset")).toBe(String(count - 1));
    expect(command.fields.get("transactionId")).toBe(uniqKey);
    expect(command.fields.get("msgId")).toBe("7F00000100002A9F00000000075BCD15");
  });
}
