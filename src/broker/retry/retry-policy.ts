/**
 * Where a message goes that a client itself sends to a retry topic (remoting 8.1, check 8): Java's consumers do when
 * sending back failed, and ordered ones when a message has used up its tries.
 */
import type { Clock } from "../../io/clock.ts";
import type { GroupEntry, GroupTable } from "../group/group-table.ts";
import type { QueueLockTable } from "../group/queue-lock.ts";
import { retryPrefix } from "../names.ts";
import type { TopicEntry, TopicTable } from "../topic/topic-table.ts";

export interface Tries {
  readonly reconsumeTimes: number;
  /** −1 when the client did not say. */
  readonly maxReconsumeTimes: number;
}

export class RetryPolicy {
  readonly #topics: TopicTable;
  readonly #groups: GroupTable;
  readonly #locks: QueueLockTable;
  readonly #clock: Clock;

  constructor(parts: {
    readonly topics: TopicTable;
    readonly groups: GroupTable;
    readonly locks: QueueLockTable;
    readonly clock: Clock;
  }) {
    this.#topics = parts.topics;
    this.#groups = parts.groups;
    this.#locks = parts.locks;
    this.#clock = parts.clock;
  }

  /** The retry topic of a name, made when it is missing. Throws MqError `group_not_found`. */
  retryTopic(topic: string): TopicEntry {
    const group = this.#group(topic);
    return this.#topics.retryTopic(group.name, group.config.retryQueueCount);
  }

  /**
   * The dead-letter topic for a message with too many tries, or of a group whose queues are locked: what consumes in
   * order sends a message here only when it gives it up. Undefined for one that shall be tried again.
   */
  deadLetterTopic(retryTopic: TopicEntry, tries: Tries): TopicEntry | undefined {
    const group = this.#group(retryTopic.name);
    const triesMax =
      tries.maxReconsumeTimes >= 0 ? tries.maxReconsumeTimes : group.config.retryTimesMax;
    const isDead =
      tries.reconsumeTimes > triesMax || this.#locks.hasLock(group.name, this.#clock.elapsedMs());
    return isDead ? this.#topics.deadLetterTopic(group.name) : undefined;
  }

  #group(retryTopic: string): GroupEntry {
    return this.#groups.getOrCreate(retryTopic.slice(retryPrefix.length));
  }
}
