/**
 * Compares a store's consume queues with its log: entry n of a queue must name the record that says it is message n. Used
 * while the log is walked, so each record looks up its own entry.
 *
 * An entry that is missing is no damage: queues are written behind the log, and a start adds them. One that names
 * another place is, unless a later record has the same number (its topic was deleted and made again).
 */
import type { Disk } from "../io/disk.ts";
import { joinPath } from "../io/disk.ts";
import type { MessageRecord } from "../record/decode.ts";
import {
  entryBytes,
  entryPhysicalOffset,
  entryRecordBytes,
  entryTagHash,
  isEntry,
  isHole,
} from "../store/consume-queue/entry.ts";
import { findQueueLayout, type QueueLayout } from "../store/consume-queue/queue-layout.ts";
import {
  offsetFileName,
  parseOffsetFileName,
  type StorePaths,
  storePaths,
} from "../store/paths.ts";

const blockEntriesFirst = 256;
/** A queue that is read on and on is read in blocks of up to so many entries. */
const blockEntriesMax = 8_192;
/** Of the blocks of all queues: beyond, those that are small stay so. */
const blockBytesMax = 32 << 20;
/** Queues whose current block stays in memory. */
const queuesKeptMax = 4_096;
/** Entries that may still turn out to name a later record. */
const openMax = 1_000_000;

export interface QueueProblem {
  readonly topic: string;
  readonly queueId: number;
  /** The first offset of the queue that is concerned. */
  readonly offset: number;
  readonly entries: number;
  readonly kind: "wrong_entry" | "wrong_tag" | "missing_entry" | "past_end";
}

export interface QueueFacts {
  readonly queues: number;
  /** Entries that are still to be made: a start does that. */
  readonly entriesMissing: number;
  readonly problems: readonly QueueProblem[];
}

interface Queue {
  readonly topic: string;
  readonly queueId: number;
  readonly folder: string;
  /** Size of its files; 0 when it has none. */
  readonly fileBytes: number;
  block: Buffer;
  /** First entry of the block, −1 when nothing is loaded. */
  blockStart: number;
  lastOffset: number;
  /** Records without an entry since the last one that has its own; −1 without one. */
  missingFrom: number;
  missingCount: number;
}

export interface CheckedPlace
  extends Pick<MessageRecord, "topic" | "queueId" | "queueOffset" | "physicalOffset" | "bytes"> {
  /** What the entry must say of the tag; undefined where it says something else, or is not asked. */
  readonly tagHash: number | undefined;
}

export class QueueCheck {
  readonly #disk: Disk;
  readonly #layout: QueueLayout;
  readonly #paths: StorePaths;
  readonly #queues = new Map<string, Queue>();
  #lastTopic = "";
  readonly #lastQueues = new Map<number, Queue>();
  /** Last offset that the log has of each queue. */
  readonly #lastOffsets = new Map<string, number>();
  /** Places that entries name and that were not reached yet, with the queue and offset of the entry. */
  readonly #open = new Map<number, { readonly queue: Queue; readonly offset: number }>();
  readonly #problems = new Map<string, QueueProblem>();
  #blockBytes = 0;
  #missing = 0;

  constructor(disk: Disk, storeFolder: string) {
    this.#disk = disk;
    this.#paths = storePaths(storeFolder);
    this.#layout = findQueueLayout(disk, this.#paths, undefined);
  }

  /** False for a store that keeps no such queues (RocketMQ with RocksDB). */
  get hasQueues(): boolean {
    return this.#disk.exists(this.#layout.folderOf(""));
  }

  /** False for queues that RocketMQ keeps as batches, and that we have not built yet. */
  hasQueuesOf(topic: string): boolean {
    return !this.#layout.batchTopics.has(topic) || this.#disk.exists(this.#paths.ownConsumeQueue);
  }

  /** Entries say the tag's hash; with RocketMQ's extension they say where it stands. */
  get hasTags(): boolean {
    return this.#disk.list(this.#paths.consumeQueueExt).length === 0;
  }

  /** Looks up the entry of the next record of the log. */
  record(record: CheckedPlace): void {
    const queue = this.#queue(record.topic, record.queueId);
    queue.lastOffset = Math.max(queue.lastOffset, record.queueOffset);
    const open = this.#open.get(record.physicalOffset);
    if (open?.queue === queue && open.offset === record.queueOffset) {
      this.#open.delete(record.physicalOffset);
    }
    const at = this.#load(queue, record.queueOffset);
    const bytes = at < 0 ? 0 : entryRecordBytes(queue.block, at);
    if (bytes === 0) {
      queue.missingFrom = queue.missingFrom < 0 ? record.queueOffset : queue.missingFrom;
      queue.missingCount++;
      this.#missing++;
      return;
    }
    this.#settleMissing(queue, record.queueOffset);
    if (!isEntry(queue.block, at)) {
      this.#note(queue, record.queueOffset, "wrong_entry");
      return;
    }
    const physicalOffset = entryPhysicalOffset(queue.block, at);
    if (physicalOffset === record.physicalOffset && bytes === record.bytes) {
      if (record.tagHash !== undefined && entryTagHash(queue.block, at) !== record.tagHash) {
        this.#note(queue, record.queueOffset, "wrong_tag");
      }
      return;
    }
    if (physicalOffset > record.physicalOffset && !isHole(bytes) && this.#open.size < openMax) {
      this.#open.set(physicalOffset, { queue, offset: record.queueOffset });
      return;
    }
    this.#note(queue, record.queueOffset, "wrong_entry");
  }

  /**
   * Entries that are missing before one that is there: no start makes them. Where the queue begins again, they were of a
   * topic that was deleted since; and beside a running broker they may only have come later than their records.
   */
  #settleMissing(queue: Queue, offset: number): void {
    if (queue.missingFrom >= 0) {
      if (offset > queue.missingFrom && this.#isMissing(queue, queue.missingFrom)) {
        this.#note(queue, queue.missingFrom, "missing_entry", queue.missingCount);
      }
      this.#missing -= queue.missingCount;
      queue.missingFrom = -1;
      queue.missingCount = 0;
    }
  }

  /** What the file says now. */
  #isMissing(queue: Queue, offset: number): boolean {
    const entry = Buffer.alloc(entryBytes);
    this.#read(queue, entry, offset * entryBytes);
    return entryRecordBytes(entry, 0) === 0;
  }

  /** What was found, when the whole log up to its end was walked. A running broker goes on writing: its ends move. */
  finish(endOffset: number, isRunning: boolean): QueueFacts {
    for (const [physicalOffset, { queue, offset }] of this.#open) {
      if (physicalOffset < endOffset) {
        this.#note(queue, offset, "wrong_entry");
      } else if (!isRunning) {
        this.#note(queue, offset, "past_end");
      }
    }
    for (const queue of isRunning ? [] : this.#queues.values()) {
      const at = this.#load(queue, queue.lastOffset + 1);
      const bytes = at < 0 ? 0 : entryRecordBytes(queue.block, at);
      const isNone = bytes !== 0 && !isEntry(queue.block, at);
      if (isNone || (bytes !== 0 && entryPhysicalOffset(queue.block, at) + bytes > endOffset)) {
        this.#note(queue, queue.lastOffset + 1, "past_end");
      }
    }
    return {
      queues: this.#lastOffsets.size + this.#queues.size,
      entriesMissing: this.#missing,
      problems: [...this.#problems.values()],
    };
  }

  /** Record after record is of one topic: its queues are found without a name. */
  #queue(topic: string, queueId: number): Queue {
    if (topic !== this.#lastTopic) {
      this.#lastTopic = topic;
      this.#lastQueues.clear();
    }
    let queue = this.#lastQueues.get(queueId);
    if (queue === undefined) {
      queue = this.#named(topic, queueId);
      this.#lastQueues.set(queueId, queue);
    }
    return queue;
  }

  #named(topic: string, queueId: number): Queue {
    const key = `${topic}/${queueId}`;
    const known = this.#queues.get(key);
    if (known !== undefined) {
      return known;
    }
    if (this.#queues.size >= queuesKeptMax) {
      const [oldest] = this.#queues.keys();
      const dropped = this.#queues.get(oldest ?? "");
      this.#lastQueues.clear();
      this.#queues.delete(oldest ?? "");
      this.#blockBytes -= dropped?.block.length ?? 0;
      this.#lastOffsets.set(oldest ?? "", dropped?.lastOffset ?? 0);
    }
    const folder = joinPath(this.#layout.folderOf(topic), topic, String(queueId));
    const queue: Queue = {
      topic,
      queueId,
      folder,
      fileBytes: this.#fileBytes(folder),
      block: Buffer.alloc(blockEntriesFirst * entryBytes),
      blockStart: -1,
      lastOffset: this.#lastOffsets.get(key) ?? -1,
      missingFrom: -1,
      missingCount: 0,
    };
    this.#lastOffsets.delete(key);
    this.#blockBytes += queue.block.length;
    this.#queues.set(key, queue);
    return queue;
  }

  /** Queue files have one size, that of the first. */
  #fileBytes(folder: string): number {
    const file = this.#disk
      .list(folder)
      .find(({ name, isFolder }) => !isFolder && parseOffsetFileName(name) !== undefined);
    return file?.bytes ?? 0;
  }

  /** Makes sure that the block holds the entry; its place in the block, −1 when the queue ends before. */
  #load(queue: Queue, offset: number): number {
    if (queue.fileBytes < entryBytes) {
      return -1;
    }
    const known = (offset - queue.blockStart) * entryBytes;
    if (queue.blockStart >= 0 && known >= 0 && known < queue.block.length) {
      return known;
    }
    this.#makeRoom(queue, known === queue.block.length);
    queue.blockStart = offset - (offset % (queue.block.length / entryBytes));
    this.#read(queue, queue.block, queue.blockStart * entryBytes);
    return (offset - queue.blockStart) * entryBytes;
  }

  /** An empty block, twice as large for a queue that is read on where the last one ended. */
  #makeRoom(queue: Queue, isReadOn: boolean): void {
    const { length } = queue.block;
    const isLarge = length >= blockEntriesMax * entryBytes;
    if (isReadOn && !isLarge && this.#blockBytes + length <= blockBytesMax) {
      queue.block = Buffer.alloc(length * 2);
      this.#blockBytes += length;
    } else {
      queue.block.fill(0);
    }
  }

  /** Fills the target from a byte position of the queue, across files where needed. */
  #read(queue: Queue, target: Buffer, position: number): void {
    const { length } = target;
    let at = 0;
    while (at < length) {
      const where = position + at;
      const inFile = where % queue.fileBytes;
      const wanted = Math.min(length - at, queue.fileBytes - inFile);
      const path = joinPath(queue.folder, offsetFileName(where - inFile));
      if (this.#disk.exists(path)) {
        const file = this.#disk.open(path, "read");
        try {
          file.readInto(target, at, wanted, inFile);
        } finally {
          file.close();
        }
      }
      at += wanted;
    }
  }

  #note(queue: Queue, offset: number, kind: QueueProblem["kind"], entries = 1): void {
    const { topic, queueId } = queue;
    const key = `${kind} ${topic}/${queueId}`;
    const known = this.#problems.get(key);
    this.#problems.set(key, {
      topic,
      queueId,
      kind,
      offset: Math.min(offset, known?.offset ?? offset),
      entries: (known?.entries ?? 0) + entries,
    });
  }
}
