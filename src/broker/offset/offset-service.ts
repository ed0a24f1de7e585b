/**
 * How far each group has come in each queue (remoting 4.6, 8.5).
 *
 * Rows lie in the store's state table under RocketMQ's own key `topic@group`, a number by queue id. A row is one
 * live object: commits change it in place, and all that changed within a flush interval becomes one state record.
 * A commit whose sender waits for the answer is answered when that record is durable.
 *
 * A reset by an operator stays pending for a queue until its consumer has been told (a pull is answered "offset
 * moved", a query with the new offset); until then commits are taken and ignored, because they come from a consumer
 * that does not know yet.
 */
import { MqError } from "../../core/error.ts";
import { limits } from "../../core/limits.ts";
import type { MessageStore, StateValue } from "../../store/message-store.ts";
import type { BrokerConfig } from "../config.ts";
import type { GroupTable } from "../group/group-table.ts";
import type { TopicTable } from "../topic/topic-table.ts";

const table = "offset";

type OffsetRow = { [queueId: string]: number };

/** One group's offsets in one topic. */
interface TopicOffsets {
  readonly key: string;
  readonly row: OffsetRow;
}

export class OffsetService {
  readonly #store: MessageStore;
  readonly #topics: TopicTable;
  readonly #groups: GroupTable;
  /** By group, then topic. */
  readonly #byGroup = new Map<string, Map<string, TopicOffsets>>();
  /** Pending resets by `topic@group`, then queue id. */
  readonly #resets = new Map<string, Map<number, number>>();
  /** Where groups last pulled, by `topic@group`, then queue id: for people. */
  readonly #pulled = new Map<string, OffsetRow>();
  /** May change while the broker runs. */
  readonly #config: Pick<BrokerConfig, "setsResetOffsets">;
  readonly #resetListeners: ((group: string, topic: string) => void)[] = [];

  constructor(
    store: MessageStore,
    topics: TopicTable,
    groups: GroupTable,
    config: Pick<BrokerConfig, "setsResetOffsets">,
  ) {
    this.#config = config;
    this.#store = store;
    this.#topics = topics;
    this.#groups = groups;
    for (const [key, value] of store.state.rows(table)) {
      const at = key.lastIndexOf("@");
      if (at > 0) {
        this.#offsets(key.slice(at + 1), key.slice(0, at), readRow(value));
      }
    }
  }

  /** The committed offset, −1 without one. */
  committed(group: string, topic: string, queueId: number): number {
    return this.#byGroup.get(group)?.get(topic)?.row[queueId] ?? -1;
  }

  /**
   * Where a consumer shall begin: a pending reset, the committed offset, or, on a young queue, its beginning.
   * Throws MqError `not_found` for a new group on an old queue: then the consumer decides for itself.
   */
  query(group: string, topic: string, queueId: number, setZeroIfNotFound: boolean): number {
    const reset = this.#pendingReset(group, topic, queueId);
    if (reset !== undefined) {
      return reset;
    }
    const offset = this.committed(group, topic, queueId);
    if (offset >= 0) {
      return offset;
    }
    if (setZeroIfNotFound && this.#isYoung(topic, queueId)) {
      return 0;
    }
    throw new MqError(
      "not_found",
      "Not found, V3_0_6_SNAPSHOT maybe this group consumer boot first",
    );
  }

  /** Commits. Returns false when a pending reset made it void. Throws MqError. */
  commit(group: string, topic: string, queueId: number, offset: number): boolean {
    this.#groups.get(group);
    const entry = this.#topics.get(topic);
    const { readQueueCount, writeQueueCount } = entry.config;
    if (queueId < 0 || queueId >= Math.max(readQueueCount, writeQueueCount)) {
      throw new MqError("queue_out_of_range", `queue ${queueId} of ${topic} does not exist`);
    }
    if (offset < 0) {
      throw new MqError("parameter_invalid", `the offset ${offset} cannot be`);
    }
    if (this.#pendingReset(group, topic, queueId) !== undefined) {
      return false;
    }
    this.#set(group, topic, queueId, offset);
    return true;
  }

  /**
   * Resolves when what a group committed in a topic is durable. The row is written again even if it is in a record
   * already: that record may not be durable, and waiting for a later one waits for both.
   */
  durable(group: string, topic: string): Promise<void> {
    const offsets = this.#byGroup.get(group)?.get(topic);
    if (offsets !== undefined) {
      this.#store.state.put(table, offsets.key, offsets.row);
    }
    return this.#store.state.commit();
  }

  /** Notes where a group pulled. */
  pulled(group: string, topic: string, queueId: number, offset: number): void {
    const offsets = this.#byGroup.get(group)?.get(topic);
    if (offsets !== undefined) {
      let row = this.#pulled.get(offsets.key);
      if (row === undefined) {
        row = {};
        this.#pulled.set(offsets.key, row);
      }
      row[queueId] = offset;
    }
  }

  /** Where a group last pulled, −1 when it has not since the start. */
  lastPulled(group: string, topic: string, queueId: number): number {
    return this.#pulled.get(`${topic}@${group}`)?.[queueId] ?? -1;
  }

  /** Topics that a group has offsets in. */
  topicsOf(group: string): readonly string[] {
    return [...(this.#byGroup.get(group)?.keys() ?? [])];
  }

  /** Calls for every topic that a group has offsets in. */
  forEachRow(visit: (group: string, topic: string) => void): void {
    for (const [group, topics] of this.#byGroup) {
      for (const topic of topics.keys()) {
        visit(group, topic);
      }
    }
  }

  /** Groups that have offsets in a topic. */
  groupsOf(topic: string): readonly string[] {
    const groups: string[] = [];
    for (const [group, topics] of this.#byGroup) {
      if (topics.has(topic)) {
        groups.push(group);
      }
    }
    return groups;
  }

  /** All committed offsets, by `topic@group`, then queue id. */
  all(): ReadonlyMap<string, ReadonlyMap<number, number>> {
    const rows = new Map<string, ReadonlyMap<number, number>>();
    for (const topics of this.#byGroup.values()) {
      for (const { key, row } of topics.values()) {
        rows.set(key, offsetsOf(row));
      }
    }
    return rows;
  }

  /** A group's committed offsets in a topic, by queue id. */
  committedIn(group: string, topic: string): ReadonlyMap<number, number> {
    return offsetsOf(this.#byGroup.get(group)?.get(topic)?.row ?? {});
  }

  /** Forgets all that groups have in a topic: it was deleted. */
  removeTopic(topic: string): void {
    for (const group of this.groupsOf(topic)) {
      this.#remove(group, topic);
    }
  }

  /** Forgets how far a group has come. */
  removeGroup(group: string): void {
    for (const topic of this.topicsOf(group)) {
      this.#remove(group, topic);
    }
  }

  /** Sets offsets as an operator asks, and keeps them pending until the consumers were told. */
  async reset(group: string, topic: string, offsets: ReadonlyMap<number, number>): Promise<void> {
    const key = `${topic}@${group}`;
    let pending = this.#resets.get(key);
    if (pending === undefined) {
      pending = new Map();
      this.#resets.set(key, pending);
    }
    for (const [queueId, offset] of offsets) {
      this.#set(group, topic, queueId, offset);
      pending.set(queueId, offset);
    }
    await this.durable(group, topic);
    for (const listener of this.#resetListeners) {
      listener(group, topic);
    }
  }

  /** Called when a group was moved by an operator. */
  onReset(listener: (group: string, topic: string) => void): void {
    this.#resetListeners.push(listener);
  }

  /**
   * The pending reset of a queue for a consumer that pulls at the offset; −1 when there is none, or when it pulls
   * there already. Either way it is told now, and the reset is no longer pending.
   */
  takeReset(group: string, topic: string, queueId: number, pullOffset: number): number {
    if (this.#resets.size === 0 || !this.#config.setsResetOffsets) {
      return -1;
    }
    const key = `${topic}@${group}`;
    const pending = this.#resets.get(key);
    const offset = pending?.get(queueId);
    if (pending === undefined || offset === undefined) {
      return -1;
    }
    pending.delete(queueId);
    if (pending.size === 0) {
      this.#resets.delete(key);
    }
    return offset === pullOffset ? -1 : offset;
  }

  /** The queue's first message is there, and the log is not long: as RocketMQ's "still in memory". */
  #isYoung(topic: string, queueId: number): boolean {
    const entry = this.#topics.find(topic);
    if (entry === undefined || queueId < 0 || queueId >= entry.config.readQueueCount) {
      return false;
    }
    const { logMinOffset, logMaxOffset } = this.#store.facts();
    return (
      entry.queue(this.#store, queueId).minOffset <= 0 &&
      logMaxOffset - logMinOffset <= limits.youngLogBytes
    );
  }

  /** None counts while the broker does not set offsets for consumers: theirs are the truth then, as for RocketMQ. */
  #pendingReset(group: string, topic: string, queueId: number): number | undefined {
    return this.#config.setsResetOffsets
      ? this.#resets.get(`${topic}@${group}`)?.get(queueId)
      : undefined;
  }

  #set(group: string, topic: string, queueId: number, offset: number): void {
    const { key, row } = this.#offsets(group, topic, {});
    if (row[queueId] !== offset) {
      row[queueId] = offset;
      this.#store.state.put(table, key, row);
    }
  }

  #remove(group: string, topic: string): void {
    const topics = this.#byGroup.get(group);
    const offsets = topics?.get(topic);
    if (topics !== undefined && offsets !== undefined) {
      topics.delete(topic);
      if (topics.size === 0) {
        this.#byGroup.delete(group);
      }
      this.#resets.delete(offsets.key);
      this.#pulled.delete(offsets.key);
      this.#store.state.remove(table, offsets.key);
    }
  }

  #offsets(group: string, topic: string, fresh: OffsetRow): TopicOffsets {
    let topics = this.#byGroup.get(group);
    if (topics === undefined) {
      topics = new Map();
      this.#byGroup.set(group, topics);
    }
    let offsets = topics.get(topic);
    if (offsets === undefined) {
      if (topics.size >= limits.groupTopicsMax) {
        throw new MqError(
          "broker_busy",
          `a group consumes at most ${limits.groupTopicsMax} topics`,
        );
      }
      offsets = { key: `${topic}@${group}`, row: fresh };
      topics.set(topic, offsets);
    }
    return offsets;
  }
}

function offsetsOf(row: OffsetRow): ReadonlyMap<number, number> {
  return new Map(Object.entries(row).map(([queueId, offset]) => [Number(queueId), offset]));
}

function readRow(value: StateValue): OffsetRow {
  const row: OffsetRow = {};
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    for (const [queueId, offset] of Object.entries(value as Record<string, StateValue>)) {
      if (typeof offset === "number" && /^\d+$/.test(queueId)) {
        row[queueId] = offset;
      }
    }
  }
  return row;
}
