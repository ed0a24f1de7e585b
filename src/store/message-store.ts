/**
 * The port: all that a broker knows of a store (architecture 3.3).
 *
 * Appending is synchronous and durability is a separate wait, so order is decided in one place and a
 * group commit forms by itself. A record may be read once it is *readable*: below the durable offset with
 * synchronous flush, once written with asynchronous flush (nobody reads what the promised mode could
 * still lose).
 */

import type { DurationHistogram } from "../core/duration-histogram.ts";
import type { BatchRecords } from "../record/batch-records.ts";

/** One entry of a queue: where its record lies. */
export interface QueueEntry {
  readonly physicalOffset: number;
  readonly sizeBytes: number;
  readonly tagHash: number;
  /** The offset is taken and its record lost. */
  readonly isHole: boolean;
}
/** One ordered lane of a topic. Handles are made by the store and compared by identity. */
export interface QueueHandle {
  readonly topic: string;
  readonly queueId: number;
  /** First readable queue offset. */
  readonly minOffset: number;
  /** Next queue offset to become readable: what clients see as the max offset. */
  readonly maxOffset: number;
  /** Entries from the offset on, as they lie in the queue's files; fewer where the queue ends, none outside it. */
  entries(offset: number, countMax: number): Promise<readonly QueueEntry[]>;
}

/**
 * A record about to be appended. The caller may reuse one draft for every message: the store keeps nothing of it.
 * `properties` is the final text (name 0x01 value 0x02 …) without `__CRC32#`, which the store adds.
 */
export interface RecordDraft {
  queue: QueueHandle;
  flag: number;
  sysFlag: number;
  reconsumeTimes: number;
  preparedTransactionOffset: number;
  /** The client's clock, as two 32-bit halves: it is only handed back (settled 19). */
  bornTimestampHigh: number;
  bornTimestampLow: number;
  /** Address (4 or 16 bytes) and port (4 bytes), big-endian. 16-byte addresses set sysFlag 0x10. */
  bornHost: Buffer;
  body: Buffer;
  bodyStart: number;
  bodyEnd: number;
  properties: Buffer;
  propertiesStart: number;
  propertiesEnd: number;
  /** Java's String.hashCode of the tag, 0 without one. */
  tagHash: number;
}

/** Where a record went. Reused by the next append: copy what you keep. */
export interface Appended {
  readonly queueOffset: number;
  readonly physicalOffset: number;
  /** The record is durable once `durableOffset` reaches this. */
  readonly endOffset: number;
  readonly storeTimestampMs: number;
}

export interface OffsetRange {
  readonly minOffset: number;
  readonly maxOffset: number;
}

/** Decides per entry from the tag hash alone; undefined takes all. */
export type TagFilter = (tagHash: number) => boolean;

export interface ReadRequest {
  readonly queue: QueueHandle;
  readonly offset: number;
  readonly countMax: number;
  readonly bytesMax: number;
  readonly filter: TagFilter | undefined;
}

export type ReadOutcome =
  | {
      readonly kind: "found";
      readonly nextOffset: number;
      readonly count: number;
      /** Records back to back as stored. Valid until the current turn's next call of the store: copy at once. */
      readonly records: Buffer;
      readonly start: number;
      readonly end: number;
    }
  | { readonly kind: "nothing_matched"; readonly nextOffset: number }
  | { readonly kind: "caught_up"; readonly nextOffset: number }
  | { readonly kind: "offset_moved"; readonly nextOffset: number };

/** What messages a search by key wants. */
export interface KeyQuery {
  /** Store times in milliseconds, both included. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly countMax: number;
  /** Only messages whose unique key it is; otherwise also those that have it among their `KEYS`. */
  readonly isUnique?: boolean;
}

export interface KeyHits {
  readonly count: number;
  /** Whole records back to back, newest first; at most `limits.keyAnswerBytesMax`, but for a first one that is larger. */
  readonly records: Buffer;
  /** Where the newest record lies that has a key, and when it was stored; 0 without one. */
  readonly indexedOffset: number;
  readonly indexedTimestampMs: number;
}

/** A value of a state table: plain JSON. */
export type StateValue =
  | null
  | boolean
  | number
  | string
  | readonly StateValue[]
  | { readonly [key: string]: StateValue };

/**
 * Small tables (topics, groups, consumer offsets) whose changes are records of the log's internal topic.
 * The store keeps the current rows; services read and write through.
 */
export interface StateTables {
  /** All rows of a table by key, as recovered and as changed since; live. */
  rows(table: string): ReadonlyMap<string, StateValue>;
  /** Sets a row; it becomes part of the next state record. */
  put(table: string, key: string, value: StateValue): void;
  remove(table: string, key: string): void;
  /** Writes what changed as one record now; resolves when that record is durable. */
  commit(): Promise<void>;
}

export interface StoreHealth {
  /** False while sends are refused: a full disk (may recover) or a failed sync (final). */
  readonly isWritable: boolean;
  readonly reason: string | undefined;
}

export interface MessageStore {
  readonly state: StateTables;
  /** The handle of a queue, made on first use. */
  queue(topic: string, queueId: number): QueueHandle;
  /** Queues of a topic that hold or held messages, by queue id. */
  queuesOf(topic: string): readonly QueueHandle[];
  /** Topics whose queues hold or held messages since they were forgotten last. */
  topics(): readonly string[];
  /**
   * Appends one record. Throws MqError: `message_illegal` (too large), `broker_busy` (too much not yet
   * durable), `store_unavailable` (full disk, failed sync, closing). Nothing was assigned when it throws.
   */
  append(draft: RecordDraft): Appended;
  /**
   * Appends the records of a batch as one piece, or throws as `append` does; the answer is about the first, but for
   * `endOffset`. Of the draft everything counts but body, properties, flag and tag. Undefined: nothing was done, the batch
   * is too large for one piece, append its messages one by one.
   */
  appendBatch(draft: RecordDraft, records: BatchRecords): Appended | undefined;
  /** Everything below is acknowledged: durable with synchronous flush, written with asynchronous flush. */
  readonly acknowledgedOffset: number;
  /** Called whenever `acknowledgedOffset` grew, and once more when the store failed for good. */
  onAcknowledged(listener: () => void): void;
  /** Resolves when the log is acknowledged up to the offset; rejects with `store_unavailable` if it never will be. */
  whenAcknowledged(endOffset: number): Promise<void>;
  /** A plain value when everything was at hand, a promise when the device had to be asked. */
  read(request: ReadRequest): ReadOutcome | Promise<ReadOutcome>;
  /** First queue offset stored at or after the time ("lower"), last at or before it ("upper"). */
  offsetAtTime(queue: QueueHandle, timeMs: number, boundary: "lower" | "upper"): Promise<number>;
  /** Store time of one message, undefined when it is not readable. */
  storeTimestampAt(queue: QueueHandle, offset: number): Promise<number | undefined>;
  /** The acknowledged record that begins at the offset, checked; undefined when none does. */
  recordAt(physicalOffset: number): Promise<Buffer | undefined>;
  /** Now, as records tell it: what store times are compared with. Never goes back. */
  nowMs(): number;
  /**
   * Readable messages of a topic by one of their keys. Throws MqError `broker_busy` when nothing is found while the
   * index is still being made.
   */
  queryKey(topic: string, key: string, query: KeyQuery): Promise<KeyHits>;
  /** Called for each queue whose maxOffset grew. */
  onArrival(listener: (queue: QueueHandle) => void): void;
  /** Drops all messages of a topic; one made anew starts at 0. */
  forget(topic: string): void;
  /**
   * Nothing at or behind the floor is removed by age, size or a full disk: the physical offset of the oldest record that
   * somebody still needs, Infinity for none. Asked before each removal.
   */
  keepFrom(floor: () => number): void;
  /** Removes now what age, size or a full disk let go, the files of queues with their segments. */
  removeExpired(): Promise<void>;
  health(): StoreHealth;
  /** Counters for people: bytes, segments, times. */
  facts(): StoreFacts;
  /** Flushes everything and leaves the store as a clean stop does. Idempotent. */
  close(): Promise<void>;
}

export interface StoreFacts {
  readonly logMinOffset: number;
  readonly logMaxOffset: number;
  readonly segmentCount: number;
  readonly segmentBytes: number;
  /** Size of the queues' files. */
  readonly queueFileBytes: number;
  readonly appendedCount: number;
  readonly appendedBytes: number;
  readonly syncCount: number;
  /** How long syncs took since the start; live. */
  readonly syncDurations: DurationHistogram;
  /** Since when a start after a crash would have to read the log again. */
  readonly checkpointAgeMs: number;
  readonly earliestStoreTimestampMs: number;
  readonly diskUsedRatio: number;
  readonly damagedRecordCount: number;
}
