/** A send as the service gets it, and what came of it. One object of each serves all messages. */
import type { RecordDraft } from "../../store/message-store.ts";

/** What a transport read of a send. Ranges lie in `bytes`, but for the body. */
export interface SendRequest {
  readonly bytes: Buffer;
  readonly topicStart: number;
  readonly topicEnd: number;
  readonly defaultTopicStart: number;
  readonly defaultTopicEnd: number;
  readonly propertiesStart: number;
  readonly propertiesEnd: number;
  readonly defaultTopicQueueCount: number;
  readonly queueId: number;
  readonly sysFlag: number;
  readonly flag: number;
  readonly reconsumeTimes: number;
  /** Tries that a consumer allows a message that it sends to its retry topic; −1 when it does not say. */
  readonly maxReconsumeTimes: number;
  readonly bornTimestampHigh: number;
  readonly bornTimestampLow: number;
  readonly isBatch: boolean;
}

/** Where a message went. Filled again by the next send. */
export interface Sent {
  readonly queueId: number;
  /** Of the first message. */
  readonly queueOffset: number;
  readonly physicalOffset: number;
  /** Acknowledged up to here, all is stored. */
  readonly endOffset: number;
  readonly messageCount: number;
  /** Bytes of all its records. */
  readonly recordBytes: number;
  /** Of all messages of a batch, unless their ids are there already. */
  readonly physicalOffsets: Float64Array;
  /** The ids of a batch's messages, joined by commas; empty when only their offsets are known. Copy at once. */
  readonly messageIds: Buffer;
  /** The sender does not want the answer to wait for the disk. */
  readonly isUnawaited: boolean;
  /** Its topic is new: answer when this has settled. */
  readonly settling: Promise<void> | undefined;
  /** The message's unique key. */
  readonly uniqueKey: Buffer;
  readonly uniqueKeyStart: number;
  readonly uniqueKeyEnd: number;
}

/** The same object, while its owner fills it. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A draft that every send fills. */
export function emptyDraft(): Mutable<RecordDraft> {
  const none = Buffer.alloc(0);
  return {
    // Every send sets its own before it appends.
    queue: {
      topic: "",
      queueId: 0,
      minOffset: 0,
      maxOffset: 0,
      entries: () => Promise.resolve([]),
    },
    flag: 0,
    sysFlag: 0,
    reconsumeTimes: 0,
    preparedTransactionOffset: 0,
    bornTimestampHigh: 0,
    bornTimestampLow: 0,
    bornHost: none,
    body: none,
    bodyStart: 0,
    bodyEnd: 0,
    properties: none,
    propertiesStart: 0,
    propertiesEnd: 0,
    tagHash: 0,
  };
}

/** An outcome that every send fills. */
export function emptySent(): Mutable<Sent> {
  return {
    queueId: 0,
    queueOffset: 0,
    physicalOffset: 0,
    endOffset: 0,
    messageCount: 0,
    recordBytes: 0,
    physicalOffsets: new Float64Array(0),
    messageIds: Buffer.alloc(0),
    isUnawaited: false,
    settling: undefined,
    uniqueKey: Buffer.alloc(0),
    uniqueKeyStart: 0,
    uniqueKeyEnd: 0,
  };
}
