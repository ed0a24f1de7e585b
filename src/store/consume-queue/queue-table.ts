/** All consume queues of a store, by topic and queue id. */
import type { Disk } from "../../io/disk.ts";
import { scheduleTopic } from "../../record/delay-levels.ts";
import { ConsumeQueue } from "./consume-queue.ts";
import { entryBytes } from "./entry.ts";
import { QueueFiles } from "./queue-files.ts";
import type { QueueLayout } from "./queue-layout.ts";

/** Extent of one queue, as a snapshot keeps it: topic, queue id, min and max offset. */
export type QueueExtent = readonly [string, number, number, number];

/** Queues of one topic, by id and in order of ids, which may have gaps. */
interface TopicQueues {
  readonly byId: Map<number, ConsumeQueue>;
  readonly inOrder: ConsumeQueue[];
}

export class QueueTable {
  readonly files: QueueFiles;
  readonly #topics = new Map<string, TopicQueues>();
  readonly #delayLevelsMs: readonly number[];

  /** `delayLevelsMs`: how long messages of each delay level wait. */
  constructor(disk: Disk, layout: QueueLayout, delayLevelsMs: readonly number[]) {
    this.#delayLevelsMs = delayLevelsMs;
    this.files = new QueueFiles(disk, layout);
  }

  /** The queue, made on first use. */
  queue(topic: string, queueId: number): ConsumeQueue {
    let queues = this.#topics.get(topic);
    if (queues === undefined) {
      queues = { byId: new Map(), inOrder: [] };
      this.#topics.set(topic, queues);
    }
    const known = queues.byId.get(queueId);
    if (known !== undefined) {
      return known;
    }
    const topicBytes = queues.inOrder[0]?.topicBytes ?? Buffer.from(topic, "utf8");
    const delayMs = topic === scheduleTopic ? (this.#delayLevelsMs[queueId] ?? 0) : 0;
    const made = new ConsumeQueue(topic, queueId, topicBytes, { files: this.files, delayMs });
    queues.byId.set(queueId, made);
    let at = queues.inOrder.length;
    while (at > 0 && (queues.inOrder[at - 1] as ConsumeQueue).queueId > queueId) {
      at--;
    }
    queues.inOrder.splice(at, 0, made);
    return made;
  }

  queuesOf(topic: string): readonly ConsumeQueue[] {
    return this.#topics.get(topic)?.inOrder ?? [];
  }

  topics(): readonly string[] {
    const topics: string[] = [];
    for (const [topic, { inOrder }] of this.#topics) {
      if (inOrder.some((queue) => queue.maxOffset > 0)) {
        topics.push(topic);
      }
    }
    return topics;
  }

  *all(): Generator<ConsumeQueue> {
    for (const { inOrder } of this.#topics.values()) {
      yield* inOrder;
    }
  }

  extents(): QueueExtent[] {
    const extents: QueueExtent[] = [];
    for (const queue of this.all()) {
      if (queue.maxOffset > 0) {
        extents.push([queue.topic, queue.queueId, queue.minOffset, queue.maxOffset]);
      }
    }
    return extents;
  }

  /** The first of these queues whose newest entry has no file. */
  findMissing(extents: readonly QueueExtent[]): QueueExtent | undefined {
    return extents.find(
      ([topic, queueId, minOffset, maxOffset]) =>
        maxOffset > minOffset && !this.files.has(topic, queueId, (maxOffset - 1) * entryBytes),
    );
  }

  restore(extents: readonly QueueExtent[]): void {
    for (const [topic, queueId, minOffset, maxOffset] of extents) {
      this.queue(topic, queueId).restore(minOffset, maxOffset);
    }
  }

  /** Assigns from 0 again; entries follow when the dispatcher reaches the record that says so. */
  restart(topic: string): void {
    for (const queue of this.queuesOf(topic)) {
      queue.nextOffset = 0;
    }
  }

  /** Drops entries and files of a topic. */
  clear(topic: string): void {
    for (const queue of this.queuesOf(topic)) {
      queue.clear();
    }
    this.files.removeTopic(topic);
  }

  close(): void {
    this.files.close();
  }
}
