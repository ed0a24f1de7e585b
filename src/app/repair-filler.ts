/**
 * Records that take the place of damaged ones: whole, of the topic below, with zeros as their body, and marked as rolled
 * back, so that neither mq nor RocketMQ enters them into a queue or the key index.
 *
 * RocketMQ's queue files still name the place of a lost message, and its brokers send what lies there. So a filler is
 * exactly as long as the record was, and says the queue and the offset that the message had: clients reckon with these
 * how far they have come, and one that says 0 would take them back to the queue's start.
 */
import { crc32 } from "../core/crc32.ts";
import { writeInt64 } from "../core/int64.ts";
import {
  blankBytes,
  blankMagic,
  fixedBytes,
  recordAt,
  recordMagicV1,
  sysFlag,
} from "../record/layout.ts";

const fillerTopic = "MQ_DAMAGED";
/** Place of the parts behind the fixed positions, with 4-byte addresses. */
const bodyLengthAt = 84;
const bodyAt = 88;
/** Length of the topic, and of the properties. */
const lengthsBytes = 3;

/** The smallest area that a filler fits: with a topic of one character and no body. */
export const fillerBytesMin = fixedBytes + 1;
const fillerBytesMax = 1 << 20;

/** The message that the record was of. */
interface FillerQueue {
  readonly queueId: number;
  readonly queueOffset: number;
}

const noQueue: FillerQueue = { queueId: 0, queueOffset: 0 };

/** A filler of exactly `bytes` (fillerBytesMin or more) for the place. */
export function filler(
  bytes: number,
  physicalOffset: number,
  storeTimestampMs: number,
  { queueId, queueOffset }: FillerQueue = noQueue,
): Buffer {
  const topic = fillerTopic.slice(0, Math.min(fillerTopic.length, bytes - fixedBytes));
  const bodyBytes = bytes - bodyAt - lengthsBytes - topic.length;
  const record = Buffer.alloc(bytes);
  record.writeInt32BE(bytes, recordAt.size);
  record.writeUInt32BE(recordMagicV1, recordAt.magic);
  record.writeInt32BE(crc32(record, bodyAt, bodyAt + bodyBytes), recordAt.bodyCrc);
  record.writeInt32BE(queueId, recordAt.queueId);
  writeInt64(record, recordAt.queueOffset, queueOffset);
  writeInt64(record, recordAt.physicalOffset, physicalOffset);
  record.writeInt32BE(sysFlag.transactionRollback, recordAt.sysFlag);
  writeInt64(record, recordAt.bornTimestamp, storeTimestampMs);
  writeInt64(record, recordAt.storeTimestamp, storeTimestampMs);
  record.writeInt32BE(bodyBytes, bodyLengthAt);
  const topicAt = bodyAt + bodyBytes;
  record[topicAt] = topic.length;
  record.write(topic, topicAt + 1, "latin1");
  return record;
}

/** Fillers for an area of which no queue tells what lay there, one behind the other. */
export function* fillersFor(
  offset: number,
  bytes: number,
  storeTimestampMs: number,
): Generator<Buffer> {
  for (let at = 0; at < bytes; ) {
    const left = bytes - at;
    // What is left behind a large one must be large enough for the next.
    const size = left <= fillerBytesMax ? left : Math.min(fillerBytesMax, left - fillerBytesMin);
    yield filler(size, offset + at, storeTimestampMs);
    at += size;
  }
}

/** The head of a blank that takes what is left of a segment. */
export function blankHead(leftBytes: number): Buffer {
  const head = Buffer.alloc(blankBytes);
  head.writeInt32BE(leftBytes, 0);
  head.writeUInt32BE(blankMagic, recordAt.magic);
  return head;
}
