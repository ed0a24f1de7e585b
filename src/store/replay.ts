/** Applies the records behind a checkpoint to queues and tables, as the dispatcher would have done. */
import { DecodeError } from "../core/error.ts";
import { readInt64 } from "../core/int64.ts";
import { RepeatedText } from "../core/repeated-text.ts";
import type { Log } from "../io/log.ts";
import type { RecordShape } from "../record/decode.ts";
import { recordAt, sysFlag } from "../record/layout.ts";
import { createPropertyScan, scanProperties, tagHashOf } from "../record/properties.ts";
import { offsetsTaken, sharedPlaces } from "../record/shared-record.ts";
import type { ConsumeQueue } from "./consume-queue/consume-queue.ts";
import { entryBytes, entryPhysicalOffset, entryRecordBytes } from "./consume-queue/entry.ts";
import type { QueueTable } from "./consume-queue/queue-table.ts";
import { QueuesDoubted } from "./rocketmq/queue-files-found.ts";
import { forgottenTopic, type StateLog, stateTopic } from "./state/state-log.ts";

/** More lost records in one stretch of a queue than this cannot be told from nonsense. */
const holesMax = 10_000_000;

/** More records than this that say another place than the queues taken over: then the queues are wrong, not the records. */
const strangersMax = 16;

/** A record that left offsets out: they are lost, or its own offset is. */
interface Jump {
  readonly from: number;
  readonly end: number;
  readonly physicalOffset: number;
}

export interface ReplayOptions {
  readonly queues: QueueTable;
  readonly state: StateLog;
  readonly journal: Log;
  readonly storeTimestampMs: number;
  /** The queues come from somebody else's files: entries they have are compared, and gaps are doubted. */
  readonly isTakenOver: boolean;
}

export class Replay {
  storeTimestampMs: number;
  /** Whole records that say what cannot be: without `__CRC32#` a flipped header is not noticed before. */
  skippedCount = 0;
  readonly #options: ReplayOptions;
  readonly #scan = createPropertyScan();
  readonly #topics = new RepeatedText();
  readonly #entry = Buffer.alloc(entryBytes);
  readonly #jumps = new Map<ConsumeQueue, Jump>();

  constructor(options: ReplayOptions) {
    this.#options = options;
    this.storeTimestampMs = options.storeTimestampMs;
  }

  /** Applies one record. Throws QueuesDoubted when the queues that were taken over do not fit it. */
  record(source: Buffer, at: number, shape: RecordShape, physicalOffset: number): void {
    try {
      this.#take(source, at, shape, physicalOffset);
    } catch (error) {
      if (!(error instanceof DecodeError)) {
        throw error;
      }
      this.#passOver(physicalOffset, error.message);
    }
  }

  #take(source: Buffer, at: number, shape: RecordShape, physicalOffset: number): void {
    const storedMs = readInt64(source, shape.storeTimestampAt);
    this.storeTimestampMs = Math.max(this.storeTimestampMs, storedMs);
    const topic = this.#topics.read(source, shape.topicStart, shape.topicEnd);
    if (!isFolderName(topic)) {
      throw new DecodeError("its topic is no name of a folder");
    }
    const transaction = source.readInt32BE(at + recordAt.sysFlag) & sysFlag.transactionMask;
    if (
      transaction !== sysFlag.transactionPrepared &&
      transaction !== sysFlag.transactionRollback
    ) {
      this.#enter(source, at, shape, topic, physicalOffset);
    }
    if (topic === stateTopic) {
      this.#apply(source.subarray(shape.bodyStart, shape.bodyEnd));
    }
  }

  #apply(body: Buffer): void {
    const { queues, state } = this.#options;
    const forgotten = forgottenTopic(body);
    if (forgotten !== undefined) {
      queues.restart(forgotten);
      queues.clear(forgotten);
    }
    state.apply(body);
  }

  #enter(
    source: Buffer,
    at: number,
    shape: RecordShape,
    topic: string,
    physicalOffset: number,
  ): void {
    const { queues } = this.#options;
    const queue = queues.queue(topic, source.readInt32BE(at + recordAt.queueId));
    const queueOffset = readInt64(source, at + recordAt.queueOffset);
    scanProperties(source, shape.propertiesStart, shape.propertiesEnd, this.#scan);
    const tagHash = tagHashOf(source, this.#scan);
    const count = offsetsTaken(source, at, shape);
    const tagCode = queue.tagCode(tagHash, readInt64(source, shape.storeTimestampAt));
    for (let index = 0; index < count; index++) {
      this.#enterAt(queue, queueOffset + index, physicalOffset, shape.bytes, tagCode);
    }
    for (const place of this.#scan.isShared ? sharedPlaces(source, shape) : []) {
      if (isFolderName(place.topic)) {
        const light = queues.queue(place.topic, 0);
        this.#enterAt(light, place.queueOffset, physicalOffset, shape.bytes, tagHash);
      }
    }
  }

  #enterAt(
    queue: ConsumeQueue,
    queueOffset: number,
    physicalOffset: number,
    bytes: number,
    tagCode: number,
  ): void {
    if (this.#options.isTakenOver) {
      this.#compare(queue, queueOffset, physicalOffset, bytes);
    }
    this.#takeJumpBack(queue, queueOffset);
    if (queue.maxOffset === 0 && queueOffset > 0) {
      queue.restore(queueOffset, queueOffset);
    }
    if (queueOffset - queue.maxOffset > holesMax) {
      throw new DecodeError(`${queue.topic}/${queue.queueId} jumps to ${queueOffset} in the log`);
    }
    if (queueOffset > queue.maxOffset) {
      const from = queue.maxOffset;
      this.#jumps.set(queue, { from, end: queueOffset + 1, physicalOffset });
    }
    while (queue.maxOffset < queueOffset) {
      queue.pushHole();
    }
    if (queueOffset === queue.maxOffset) {
      queue.push(physicalOffset, bytes, tagCode);
    }
    queue.nextOffset = queue.maxOffset;
  }

  /** Offsets that a record left out, and that the next one goes on with, were not lost: the first one's offset was flipped. */
  #takeJumpBack(queue: ConsumeQueue, queueOffset: number): void {
    const jump = this.#jumps.get(queue);
    if (jump === undefined) {
      return;
    }
    this.#jumps.delete(queue);
    const isNext = queueOffset === jump.from || queueOffset === jump.from + 1;
    if (isNext && queue.maxOffset === jump.end && queueOffset < jump.end) {
      queue.lower(jump.from);
      this.#passOver(jump.physicalOffset, `it calls itself message ${jump.end - 1}`);
      if (queueOffset > jump.from) {
        queue.pushHole();
      }
    }
  }

  #passOver(physicalOffset: number, reason: string): void {
    this.skippedCount++;
    this.#options.journal.error("a record of the log is passed over", { physicalOffset, reason });
  }

  /** What files have of the offset must name this record; what they do not have must come next. */
  #compare(queue: ConsumeQueue, queueOffset: number, physicalOffset: number, bytes: number): void {
    const { minOffset, maxOffset } = queue;
    const entry = this.#entry;
    const isKnown = queueOffset < maxOffset;
    const fits = isKnown
      ? queueOffset < minOffset ||
        (queue.readNow(queueOffset, entry) &&
          entryPhysicalOffset(entry, 0) === physicalOffset &&
          entryRecordBytes(entry, 0) === bytes)
      : queueOffset === maxOffset;
    if (!fits && this.#hasPlace(queue, physicalOffset) && this.skippedCount < strangersMax) {
      throw new DecodeError(`${queue.topic}/${queue.queueId} knows it as another message`);
    }
    if (!fits) {
      const what = isKnown ? "names another record as" : `ends at ${maxOffset}, before`;
      throw new QueuesDoubted(
        `${queue.topic}/${queue.queueId} ${what} message ${queueOffset}, which lies at ${physicalOffset}`,
      );
    }
  }

  /** True when an entry of the queue names a record at the place. */
  #hasPlace(queue: ConsumeQueue, physicalOffset: number): boolean {
    let low = queue.minOffset;
    let high = queue.maxOffset;
    while (low < high) {
      const middle = low + Math.floor((high - low) / 2);
      if (!queue.readNow(middle, this.#entry)) {
        return false;
      }
      const place = entryPhysicalOffset(this.#entry, 0);
      if (place === physicalOffset) {
        return true;
      }
      if (place < physicalOffset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return false;
  }
}

/** True for a topic whose queues can lie in a folder of that name (settled 15). */
function isFolderName(topic: string): boolean {
  return topic !== "" && topic !== "." && topic !== ".." && !/[/\\\0]/.test(topic);
}
