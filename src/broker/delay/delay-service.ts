/**
 * Delayed messages (remoting 8.7): every level's queue is watched, and what is due goes to the topic and queue that its
 * properties name.
 */
import type { Clock } from "../../io/clock.ts";
import type { Log } from "../../io/log.ts";
import type { RecordShape } from "../../record/decode.ts";
import { scheduleTopic } from "../../record/delay-levels.ts";
import { parseProperties, propertyNames } from "../../record/properties.ts";
import type { MessageStore, QueueHandle } from "../../store/message-store.ts";
import { retryPrefix } from "../names.ts";
import { Redraft } from "../send/redraft.ts";
import type { BrokerCounters } from "../stats/counters.ts";
import type { TopicEntry, TopicTable } from "../topic/topic-table.ts";
import { DelayQueue } from "./delay-queue.ts";

/** Next offset of each level, by the level as text. */
const table = "delay";

export interface DelayProgress {
  readonly level: number;
  readonly delayMs: number;
  /** Next message to deliver. */
  readonly offset: number;
  readonly maxOffset: number;
}

export class DelayService {
  readonly #store: MessageStore;
  readonly #topics: TopicTable;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #counters: BrokerCounters;
  readonly #levelsMs: readonly number[];
  /** By queue id: level − 1. */
  readonly #queues = new Map<number, DelayQueue>();
  readonly #redraft = new Redraft();
  #isRunning = false;

  constructor(parts: {
    readonly store: MessageStore;
    readonly topics: TopicTable;
    readonly clock: Clock;
    readonly log: Log;
    readonly counters: BrokerCounters;
    /** Milliseconds by level − 1. */
    readonly levelsMs: readonly number[];
  }) {
    this.#store = parts.store;
    this.#topics = parts.topics;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#counters = parts.counters;
    this.#levelsMs = parts.levelsMs;
    // Before the start nobody knows what waits.
    parts.store.keepFrom(() => (this.#isRunning ? this.oldestPlace : 0));
    parts.store.onArrival((queue) => {
      if (queue.topic === scheduleTopic && this.#isRunning) {
        this.#watched(queue).wake();
      }
    });
  }

  get levelCount(): number {
    return this.#levelsMs.length;
  }

  /** Messages that wait. */
  get waitingCount(): number {
    let count = 0;
    for (const queue of this.#queues.values()) {
      count += queue.waitingCount;
    }
    return count;
  }

  /** Place in the log of the oldest message that waits; infinite without one. */
  get oldestPlace(): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const queue of this.#queues.values()) {
      oldest = Math.min(oldest, queue.oldestPlace);
    }
    return oldest;
  }

  /** The queue where a message of the level waits; levels above the last are the last. */
  queue(level: number): QueueHandle {
    return this.#store.queue(scheduleTopic, Math.min(level, this.#levelsMs.length) - 1);
  }

  /** How far each level that ever had a message is. */
  progress(): readonly DelayProgress[] {
    return [...this.#queues].map(([queueId, queue]) => ({
      level: queueId + 1,
      delayMs: this.#delayMs(queueId),
      offset: queue.offset,
      maxOffset: this.#store.queue(scheduleTopic, queueId).maxOffset,
    }));
  }

  /** Goes on where the last run stopped. */
  start(): void {
    this.#isRunning = true;
    for (const queue of this.#store.queuesOf(scheduleTopic)) {
      this.#watched(queue).wake();
    }
  }

  stop(): void {
    this.#isRunning = false;
    for (const queue of this.#queues.values()) {
      queue.stop();
    }
  }

  #watched(queue: QueueHandle): DelayQueue {
    const { queueId } = queue;
    let watched = this.#queues.get(queueId);
    if (watched === undefined) {
      const key = String(queueId + 1);
      const row = this.#store.state.rows(table).get(key);
      watched = new DelayQueue({
        store: this.#store,
        clock: this.#clock,
        queue,
        delayMs: this.#delayMs(queueId),
        offset: typeof row === "number" ? Math.max(row, queue.minOffset) : queue.minOffset,
        deliver: (source, at, shape) => this.#deliver(source, at, shape),
        delivered: (offset) => this.#store.state.put(table, key, offset),
        onError: (error) =>
          this.#log.error("delayed messages wait", { level: queueId + 1, reason: String(error) }),
      });
      this.#queues.set(queueId, watched);
    }
    return watched;
  }

  /** Levels that the settings have no more: as the last one. */
  #delayMs(queueId: number): number {
    return this.#levelsMs[queueId] ?? this.#levelsMs.at(-1) ?? 0;
  }

  #deliver(source: Buffer, at: number, shape: RecordShape): void {
    const properties = parseProperties(source, shape.propertiesStart, shape.propertiesEnd);
    const topic = properties.get(propertyNames.realTopic) ?? "";
    const entry = this.#target(topic);
    if (entry === undefined) {
      // Its topic was deleted, and all that was in it with it.
      this.#counters.delayedDropped++;
      this.#log.warn("a delayed message has no topic any more", { topic });
      return;
    }
    const { draft } = this.#redraft;
    this.#redraft.take(source, at, shape);
    draft.queue = entry.queue(this.#store, queueIdOf(entry, properties));
    const { endOffset, physicalOffset } = this.#store.append(draft);
    this.#counters.delayedDelivered++;
    entry.putMessages.add(1);
    entry.putBytes.add(endOffset - physicalOffset);
  }

  #target(topic: string): TopicEntry | undefined {
    return (
      this.#topics.find(topic) ??
      (topic.startsWith(retryPrefix)
        ? this.#topics.retryTopic(topic.slice(retryPrefix.length), 1)
        : undefined)
    );
  }
}

/** The queue that the sender chose, or one that is left when the topic has fewer by now. */
function queueIdOf(entry: TopicEntry, properties: ReadonlyMap<string, string>): number {
  const wanted = Number(properties.get(propertyNames.realQueueId));
  const count = Math.max(1, entry.config.readQueueCount, entry.config.writeQueueCount);
  return Number.isSafeInteger(wanted) && wanted >= 0 ? wanted % count : 0;
}
