/**
 * Puts records at the end of the log: room for them, their places, their bytes, and what their queues are to know once they
 * are acknowledged. A record or a batch of them is encoded once, where it is written from.
 */
import { MqError } from "../core/error.ts";
import { limits } from "../core/limits.ts";
import type { BatchRecords } from "../record/batch-records.ts";
import { encodeRecord, type RecordPlace, recordBytes } from "../record/encode.ts";
import type { CommitLog } from "./commit-log/commit-log.ts";
import type { ConsumeQueue } from "./consume-queue/consume-queue.ts";
import type { Dispatcher } from "./index/dispatcher.ts";
import type { Appended, RecordDraft } from "./message-store.ts";
import type { RecordTime } from "./record-time.ts";

type MutableAppended = { -readonly [K in keyof Appended]: Appended[K] };

/** A batch takes at most this part of a segment, so that little is left empty where it does not fit. */
const segmentShare = 1 / 4;

export class Appender {
  readonly #log: CommitLog;
  readonly #dispatcher: Dispatcher;
  readonly #time: RecordTime;
  readonly #storeHost: Buffer;
  readonly #acknowledgedOffset: () => number;
  readonly #place: RecordPlace;
  readonly #appended: MutableAppended = {
    queueOffset: 0,
    physicalOffset: 0,
    endOffset: 0,
    storeTimestampMs: 0,
  };
  /** Since the start. */
  appendedCount = 0;
  appendedBytes = 0;

  constructor(parts: {
    readonly log: CommitLog;
    readonly dispatcher: Dispatcher;
    readonly time: RecordTime;
    readonly storeHost: Buffer;
    readonly acknowledgedOffset: () => number;
  }) {
    this.#log = parts.log;
    this.#dispatcher = parts.dispatcher;
    this.#time = parts.time;
    this.#storeHost = parts.storeHost;
    this.#acknowledgedOffset = parts.acknowledgedOffset;
    this.#place = {
      topicBytes: Buffer.alloc(0),
      queueId: 0,
      queueOffset: 0,
      physicalOffset: 0,
      storeTimestampMs: 0,
      storeHost: parts.storeHost,
    };
  }

  /** As `MessageStore.append`. */
  append(queue: ConsumeQueue, draft: RecordDraft, isState: boolean): Appended {
    const bytes = recordBytes(draft, queue.topicBytes, this.#storeHost);
    if (bytes > limits.recordBytesMax) {
      throw new MqError(
        "message_illegal",
        `a record of ${bytes} bytes exceeds ${limits.recordBytesMax}`,
      );
    }
    this.#checkBacklog(bytes);
    const buffer = this.#log.reserve(bytes, isState);
    const { physicalOffset, storeTimestampMs } = this.#takePlace(queue);
    const at = physicalOffset - buffer.startOffset;
    encodeRecord(buffer.buffer, at, draft, this.#place, bytes);
    this.#log.commit(buffer, bytes);
    const tagCode = queue.tagCode(draft.tagHash, storeTimestampMs);
    this.#dispatcher.add(queue, physicalOffset, bytes, tagCode);
    return this.#took(queue, 1, bytes);
  }

  /** As `MessageStore.appendBatch`. */
  appendBatch(
    queue: ConsumeQueue,
    draft: RecordDraft,
    records: BatchRecords,
  ): Appended | undefined {
    const bytes = records.bytes(draft.bornHost, this.#storeHost, queue.topicBytes);
    const bytesMax = this.#log.segments.segmentBytes * segmentShare;
    if (bytes > limits.tailBufferBytes || bytes > bytesMax) {
      return undefined;
    }
    this.#checkBacklog(bytes);
    const buffer = this.#log.reserve(bytes, false);
    const { physicalOffset, storeTimestampMs } = this.#takePlace(queue);
    const at = physicalOffset - buffer.startOffset;
    records.encode(buffer.buffer, at, draft, this.#place, bytes);
    this.#log.commit(buffer, bytes);
    const { count } = records;
    let recordAt = physicalOffset;
    for (let index = 0; index < count; index++) {
      const each = records.recordBytes(index);
      const tagCode = queue.tagCode(records.tagHash(index), storeTimestampMs);
      this.#dispatcher.add(queue, recordAt, each, tagCode);
      recordAt += each;
    }
    return this.#took(queue, count, bytes);
  }

  #checkBacklog(bytes: number): void {
    if (this.#log.endOffset - this.#acknowledgedOffset() + bytes > limits.unacknowledgedBytesMax) {
      throw new MqError("broker_busy", "too many messages wait for the disk");
    }
  }

  /** Called when room is certain: the place is the record's from here on. */
  #takePlace(queue: ConsumeQueue): RecordPlace {
    const place = this.#place;
    place.topicBytes = queue.topicBytes;
    place.queueId = queue.queueId;
    place.queueOffset = queue.nextOffset;
    place.physicalOffset = this.#log.endOffset;
    place.storeTimestampMs = this.#time.next();
    return place;
  }

  #took(queue: ConsumeQueue, count: number, bytes: number): Appended {
    queue.nextOffset += count;
    this.appendedCount += count;
    this.appendedBytes += bytes;
    const place = this.#place;
    const appended = this.#appended;
    appended.queueOffset = place.queueOffset;
    appended.physicalOffset = place.physicalOffset;
    appended.endOffset = place.physicalOffset + bytes;
    appended.storeTimestampMs = place.storeTimestampMs;
    return appended;
  }
}
