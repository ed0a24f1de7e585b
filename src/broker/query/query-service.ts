/** Where queues begin and end, and how far groups are: for clients that seek and for people. */
import { MqError } from "../../core/error.ts";
import type {
  MessageStore,
  OffsetRange,
  QueueEntry,
  QueueHandle,
} from "../../store/message-store.ts";
import type { MemberTable } from "../group/member-table.ts";
import type { OffsetService } from "../offset/offset-service.ts";
import { perm } from "../topic/topic-config.ts";
import type { TopicEntry, TopicTable } from "../topic/topic-table.ts";

export interface QueueExtent {
  readonly topic: string;
  readonly queueId: number;
  readonly minOffset: number;
  readonly maxOffset: number;
  /** Store time of the newest message, 0 without one. */
  readonly lastUpdateTimestamp: number;
}

export interface GroupProgress {
  readonly topic: string;
  readonly queueId: number;
  readonly brokerOffset: number;
  readonly consumerOffset: number;
  readonly pullOffset: number;
  /** Store time of the last consumed message, 0 without one. */
  readonly lastTimestamp: number;
}

export interface TimeSpan {
  readonly queueId: number;
  /** Store times of the first and last message, 0 without one. */
  readonly minTimestamp: number;
  readonly maxTimestamp: number;
  /** Store time of the message that the group consumed last; of the first when it has consumed none. */
  readonly consumeTimestamp: number;
  /** How old the oldest message is that the group has not consumed, 0 when it has all. */
  readonly delayMs: number;
}

/** Nothing holds a group back: Java's Long.MAX_VALUE as a number. */
const unbounded = 2 ** 63;

export class QueryService {
  readonly #store: MessageStore;
  readonly #topics: TopicTable;
  readonly #members: MemberTable;
  readonly #offsets: OffsetService;

  constructor(parts: {
    readonly store: MessageStore;
    readonly topics: TopicTable;
    readonly members: MemberTable;
    readonly offsets: OffsetService;
  }) {
    this.#store = parts.store;
    this.#topics = parts.topics;
    this.#members = parts.members;
    this.#offsets = parts.offsets;
  }

  /** Next offset of a queue; 0 for one that is not there, as RocketMQ answers. */
  maxOffset(topic: string, queueId: number): number {
    return this.#queue(topic, queueId)?.maxOffset ?? 0;
  }

  minOffset(topic: string, queueId: number): number {
    return Math.max(0, this.#queue(topic, queueId)?.minOffset ?? 0);
  }

  async offsetAtTime(
    topic: string,
    queueId: number,
    timeMs: number,
    boundary: "lower" | "upper",
  ): Promise<number> {
    const queue = this.#queue(topic, queueId);
    return queue === undefined ? 0 : await this.#store.offsetAtTime(queue, timeMs, boundary);
  }

  /** Store time of the oldest message of a queue, −1 without one. */
  async earliestStoreTime(topic: string, queueId: number): Promise<number> {
    const queue = this.#queue(topic, queueId);
    const found =
      queue === undefined ? undefined : await this.#store.storeTimestampAt(queue, queue.minOffset);
    return found ?? -1;
  }

  /** Extents of all queues of a topic. Throws MqError `topic_not_found`. */
  async topicStats(topic: string): Promise<readonly QueueExtent[]> {
    const entry = this.#topics.get(topic);
    const extents: QueueExtent[] = [];
    for (const queue of this.#queuesOf(entry)) {
      const { minOffset, maxOffset, queueId } = queue;
      const last =
        maxOffset > minOffset ? await this.#store.storeTimestampAt(queue, maxOffset - 1) : 0;
      extents.push({
        topic,
        queueId,
        minOffset: Math.max(0, minOffset),
        maxOffset: Math.max(0, maxOffset),
        lastUpdateTimestamp: last ?? 0,
      });
    }
    return extents;
  }

  /**
   * How far a group is in the topics named, or in all it has offsets for. A topic that a connected group does not
   * subscribe to any more is left out.
   */
  async groupProgress(group: string, topics: readonly string[]): Promise<readonly GroupProgress[]> {
    const wanted = topics.length > 0 ? topics : this.#offsets.topicsOf(group);
    const live = this.#members.find(group);
    const rows: GroupProgress[] = [];
    for (const topic of wanted) {
      const entry = this.#topics.find(topic);
      const isLeftOut = live !== undefined && topics.length === 0 && !live.subscriptions.has(topic);
      if (entry !== undefined && !isLeftOut) {
        for (const queue of this.#readableQueuesOf(entry)) {
          rows.push(await this.#progress(group, queue));
        }
      }
    }
    return rows;
  }

  /** Groups that consume a topic: those connected, and those with offsets. */
  groupsOf(topic: string): readonly string[] {
    const groups = new Set(this.#offsets.groupsOf(topic));
    for (const live of this.#members.liveGroups()) {
      if (live.subscriptions.has(topic)) {
        groups.add(live.group);
      }
    }
    return [...groups].sort();
  }

  async #progress(group: string, queue: QueueHandle): Promise<GroupProgress> {
    const { topic, queueId } = queue;
    const brokerOffset = Math.max(0, queue.maxOffset);
    const committed = this.#offsets.committed(group, topic, queueId);
    const consumerOffset = Math.max(0, committed);
    const last =
      consumerOffset > 0 ? await this.#store.storeTimestampAt(queue, consumerOffset - 1) : 0;
    const pulled = this.#offsets.lastPulled(group, topic, queueId);
    return {
      topic,
      queueId,
      brokerOffset,
      consumerOffset,
      pullOffset: Math.max(consumerOffset, pulled),
      lastTimestamp: last ?? 0,
    };
  }

  /** What times a group's queues of a topic span. Throws MqError `topic_not_found`. */
  async timeSpans(group: string, topic: string, nowMs: number): Promise<readonly TimeSpan[]> {
    const entry = this.#topics.get(topic);
    const spans: TimeSpan[] = [];
    for (const queue of this.#queuesOf(entry).slice(0, entry.config.readQueueCount)) {
      spans.push(await this.#timeSpan(group, queue, nowMs));
    }
    return spans;
  }

  async #timeSpan(group: string, queue: QueueHandle, nowMs: number): Promise<TimeSpan> {
    const { topic, queueId, minOffset, maxOffset } = queue;
    const at = async (offset: number): Promise<number> =>
      offset >= minOffset && offset < maxOffset
        ? ((await this.#store.storeTimestampAt(queue, offset)) ?? 0)
        : 0;
    const minTimestamp = await at(minOffset);
    const consumerOffset = Math.max(0, this.#offsets.committed(group, topic, queueId));
    return {
      queueId,
      minTimestamp,
      maxTimestamp: await at(maxOffset - 1),
      consumeTimestamp: consumerOffset > 0 ? await at(consumerOffset - 1) : minTimestamp,
      delayMs:
        consumerOffset < maxOffset
          ? Math.max(0, nowMs - (await at(Math.max(consumerOffset, minOffset))))
          : 0,
    };
  }

  /**
   * By queue id, the lowest offset that any group has in a topic, or none of those that are left out; 2^63 where
   * the compared group is below that already (308).
   */
  correctionOffsets(
    topic: string,
    comparedGroup: string,
    leftOut: ReadonlySet<string>,
  ): ReadonlyMap<number, number> {
    const lowest = new Map<number, number>();
    for (const group of this.#offsets.groupsOf(topic)) {
      if (!leftOut.has(group)) {
        for (const [queueId, offset] of this.#offsets.committedIn(group, topic)) {
          if (offset >= this.minOffset(topic, queueId)) {
            lowest.set(queueId, Math.min(offset, lowest.get(queueId) ?? offset));
          }
        }
      }
    }
    for (const [queueId, offset] of this.#offsets.committedIn(comparedGroup, topic)) {
      const bound = lowest.get(queueId) ?? unbounded;
      lowest.set(queueId, bound > offset ? unbounded : bound);
    }
    return lowest;
  }

  /**
   * Entries of a queue from an offset on, and the queue's extent. Throws MqError `bad_request` for a queue that is
   * not there.
   */
  async entries(
    topic: string,
    queueId: number,
    offset: number,
    countMax: number,
  ): Promise<OffsetRange & { readonly entries: readonly QueueEntry[] }> {
    const queue = this.#queue(topic, queueId);
    if (queue === undefined) {
      throw new MqError("bad_request", `${queueId}@${topic} is not exist!`);
    }
    const { minOffset, maxOffset } = queue;
    return { minOffset, maxOffset, entries: await queue.entries(offset, countMax) };
  }

  #queue(topic: string, queueId: number): QueueHandle | undefined {
    const entry = this.#topics.find(topic);
    return entry === undefined || queueId < 0 || queueId >= queueCountOf(entry)
      ? undefined
      : entry.queue(this.#store, queueId);
  }

  #queuesOf(entry: TopicEntry): readonly QueueHandle[] {
    return Array.from({ length: queueCountOf(entry) }, (_, queueId) =>
      entry.queue(this.#store, queueId),
    );
  }

  /** Throws MqError `permission_denied` for no topic: what cannot be read has no progress. */
  #readableQueuesOf(entry: TopicEntry): readonly QueueHandle[] {
    const isReadable = (entry.config.perm & perm.read) !== 0;
    return isReadable ? this.#queuesOf(entry).slice(0, entry.config.readQueueCount) : [];
  }
}

/** Queues that anybody may have written to or read from. */
function queueCountOf(entry: TopicEntry): number {
  return Math.max(entry.config.readQueueCount, entry.config.writeQueueCount);
}

/** Reads `a;b;c`. */
export function splitTopics(list: string): readonly string[] {
  const topics = list
    .split(";")
    .map((topic) => topic.trim())
    .filter((topic) => topic !== "");
  if (topics.length > 1_024) {
    throw new MqError("bad_request", "at most 1024 topics can be named");
  }
  return topics;
}
