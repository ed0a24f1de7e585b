/** What the records of a store say of its consume queues and its key index, while its log is walked. */
import { readInt64 } from "../core/int64.ts";
import { RepeatedText } from "../core/repeated-text.ts";
import type { Disk } from "../io/disk.ts";
import {
  createRecordShape,
  hasRecordChecksum,
  type RecordShape,
  readShape,
} from "../record/decode.ts";
import { scheduleTopic } from "../record/delay-levels.ts";
import { recordAt, sysFlag } from "../record/layout.ts";
import { createPropertyScan, scanProperties, tagHashOf } from "../record/properties.ts";
import { RecordCheck } from "../record/record-check.ts";
import { offsetsTaken, sharedPlaces } from "../record/shared-record.ts";
import type { ManyVisitor } from "../store/commit-log/log-scanner.ts";
import { storePaths } from "../store/paths.ts";
import { KeyCheck, type KeyFacts } from "./key-check.ts";
import { QueueCheck, type QueueFacts } from "./queue-check.ts";

export interface StoreCheckFacts {
  readonly records: number;
  /** Records that have only their body checked. */
  readonly recordsWithoutChecksum: number;
  readonly bytes: number;
  readonly endOffset: number;
  /** Undefined for a store that keeps none. */
  readonly queues: QueueFacts | undefined;
  /** Undefined when it was not asked, or is not there. */
  readonly keys: KeyFacts | undefined;
}

/** Sees every good record of a log, in order: most together with others. */
export class StoreCheck implements ManyVisitor {
  readonly check = new RecordCheck();
  readonly #queues: QueueCheck;
  readonly #hasQueues: boolean;
  readonly #isTagged: boolean;
  readonly #keys: KeyCheck | undefined;
  readonly #onRecords: (offset: number) => void;
  readonly #scan = createPropertyScan();
  readonly #shape = createRecordShape();
  readonly #topics = new RepeatedText();
  #records = 0;
  #recordsWithoutChecksum = 0;
  #bytes = 0;
  #endOffset: number;

  constructor(
    disk: Disk,
    folder: string,
    firstOffset: number,
    options: {
      /** Compares tags and the key index as well. */
      readonly isDeep: boolean;
      /** Called now and then with how far it came. */
      readonly onRecords: (offset: number) => void;
    },
  ) {
    this.#endOffset = firstOffset;
    this.#queues = new QueueCheck(disk, folder);
    this.#hasQueues = this.#queues.hasQueues;
    this.#isTagged = options.isDeep && this.#queues.hasTags;
    this.#onRecords = options.onRecords;
    if (options.isDeep && disk.exists(storePaths(folder).keyIndex)) {
      this.#keys = new KeyCheck(disk, folder);
      this.#keys.skipBelow(firstOffset);
    }
  }

  /** Sees one record, whatever it is. */
  record(source: Buffer, at: number, shape: RecordShape, physicalOffset: number): void {
    this.#records++;
    this.#recordsWithoutChecksum += hasRecordChecksum(source, shape) ? 0 : 1;
    this.#bytes += shape.bytes;
    this.#endOffset = physicalOffset + shape.bytes;
    if (this.#hasQueues) {
      this.#places(source, at, shape, physicalOffset);
    }
    this.#keys?.record(source, at, shape, physicalOffset);
    if (this.#records % 1_000 === 0) {
      this.#onRecords(physicalOffset);
    }
  }

  /** Sees the records of a check. */
  visit(at: number, physicalOffset: number): void {
    const { check } = this;
    let topic = "";
    let isKept = false;
    for (let index = 0; index < check.count; index++) {
      if (!check.hasSameTopic(index)) {
        topic = check.topic(index, at);
        isKept = this.#hasQueues && this.#queues.hasQueuesOf(topic);
      }
      this.#recordsWithoutChecksum += check.hasChecksum(index) ? 0 : 1;
      if (isKept && check.isDispatched(index)) {
        const isTagged = this.#isTagged && topic !== scheduleTopic;
        this.#queues.record({
          topic,
          queueId: check.queueId(index),
          queueOffset: check.queueOffset(index),
          physicalOffset: physicalOffset + check.distance(index),
          bytes: check.bytes(index),
          tagHash: isTagged ? check.tagHash(index) : undefined,
        });
      }
    }
    this.#checkKeys(at, physicalOffset);
    this.#records += check.count;
    this.#bytes += check.walkedBytes;
    this.#endOffset = physicalOffset + check.walkedBytes;
    this.#onRecords(physicalOffset);
  }

  finish(isRunning: boolean): StoreCheckFacts {
    return {
      records: this.#records,
      recordsWithoutChecksum: this.#recordsWithoutChecksum,
      bytes: this.#bytes,
      endOffset: this.#endOffset,
      queues: this.#hasQueues ? this.#queues.finish(this.#endOffset, isRunning) : undefined,
      keys: this.#keys?.finish(),
    };
  }

  #checkKeys(at: number, physicalOffset: number): void {
    const { check } = this;
    for (let index = 0; this.#keys !== undefined && index < check.count; index++) {
      const start = at + check.distance(index);
      readShape(check.window, start, start + check.bytes(index), this.#shape);
      this.#keys.record(check.window, start, this.#shape, physicalOffset + check.distance(index));
    }
  }

  /** Compares all places of a record: an inner batch has many, a record of light queues others besides its own. */
  #places(source: Buffer, at: number, shape: RecordShape, physicalOffset: number): void {
    const transaction = source.readInt32BE(at + recordAt.sysFlag) & sysFlag.transactionMask;
    const topic = this.#topics.read(source, shape.topicStart, shape.topicEnd);
    const isDispatched =
      transaction !== sysFlag.transactionPrepared && transaction !== sysFlag.transactionRollback;
    if (!isDispatched || !this.#queues.hasQueuesOf(topic)) {
      return;
    }
    const scan = this.#scan;
    scanProperties(source, shape.propertiesStart, shape.propertiesEnd, scan);
    const tagHash = this.#isTagged && topic !== scheduleTopic ? tagHashOf(source, scan) : undefined;
    const { bytes } = shape;
    const queueId = source.readInt32BE(at + recordAt.queueId);
    const base = readInt64(source, at + recordAt.queueOffset);
    const places = Array.from(
      { length: offsetsTaken(source, at, shape) },
      (_, index) => base + index,
    );
    for (const queueOffset of places) {
      this.#queues.record({ topic, queueId, queueOffset, physicalOffset, bytes, tagHash });
    }
    for (const place of scan.isShared ? sharedPlaces(source, shape) : []) {
      this.#queues.record({ ...place, queueId: 0, physicalOffset, bytes, tagHash });
    }
  }
}
