/** All consume queues of a store, by topic and queue id. */
import type { Disk } from "../../io/disk.ts";
import { scheduleTopic } from "../../record/delay-levels.ts";
import { ConsumeQueue } from "./consume-queue.ts";
import { entryBytes } from "./entry.ts";
import { QueueFiles } from "./queue-files.ts";

/** Extent of one queue, as a snapshot keeps it: topic, queue id, min and max offset. */
export type QueueExtent = readonly [string, number, number, number];

export class QueueTable {
  readonly files: QueueFiles;
  readonly #topics = new Map<string, ConsumeQueue[]>();
  readonly #delayLevelsMs: readonly number[];

  constructor(
    disk: Disk,
    folder: string,
    options: { readonly fileBytes: number; readonly delayLevelsMs: readonly number[] },
  ) {
    const { fileBytes, delayLevelsMs } = options;
    this.#delayLevelsMs = delayLevelsMs;
    this.files = new QueueFiles(disk, folder, fileBytes);
  }

  /** The queue, made on first use. Queue ids of a topic may have gaps. */
  queue(topic: string, queueId: number): ConsumeQueue {
    let queues = this.#topics.get(topic);
    if (queues === undefined) {
      queues = [];
      this.#topics.set(topic, queues);
    }
    const known = queues.find((each) => each.queueId === queueId);
    if (known !== undefined) {
      return known;
    }
    const topicBytes = queues[0]?.topicBytes ?? Buffer.from(topic, "utf8");
    const delayMs = topic === scheduleTopic ? (this.#delayLevelsMs[queueId] ?? 0) : 0;
    const made = new ConsumeQueue(topic, queueId, topicBytes, { files: this.files, delayMs });
    queues.push(made);
    queues.sort((a, b) => a.queueId - b.queueId);
    return made;
  }

  queuesOf(topic: string): readonly ConsumeQueue[] {
    return this.#topics.get(topic) ?? [];
  }

  topics(): readonly string[] {
    const topics: string[] = [];
    for (const [topic, queues] of this.#topics) {
      if (queues.some((queue) => queue.maxOffset > 0)) {
        topics.push(topic);
      }
    }
    return topics;
  }

  *all(): Generator<ConsumeQueue> {
    for (const queues of this.#topics.values()) {
      yield* queues;
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
