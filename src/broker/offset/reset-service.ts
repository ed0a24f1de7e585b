/**
 * Moving a group elsewhere as an operator asks (222): to a time, to a queue's end, or to an offset (remoting 7.3).
 *
 * The offsets are set at once and stay pending until each consumer was told by its next pull, which RocketMQ calls
 * the server's way; a held pull is answered at once. Every official client knows that answer. The clients' way,
 * RocketMQ 4's, sets nothing and tells connected consumers instead (220). A broker does one or the other: told twice,
 * a client would clear its queues twice, and messages it took between would be delivered again.
 */
import { MqError } from "../../core/error.ts";
import type { MessageStore, QueueHandle } from "../../store/message-store.ts";
import type { BrokerConfig } from "../config.ts";
import type { GroupTable } from "../group/group-table.ts";
import type { MemberTable } from "../group/member-table.ts";
import type { TopicTable } from "../topic/topic-table.ts";
import type { OffsetService } from "./offset-service.ts";

export interface WantedReset {
  readonly topic: string;
  readonly group: string;
  /** −1: all queues. */
  readonly queueId: number;
  /** −1: by time. */
  readonly offset: number;
  /** −1: to the end. */
  readonly timestampMs: number;
  /** A time may also move the group forward. */
  readonly isForced: boolean;
}

export class ResetService {
  readonly #store: MessageStore;
  readonly #topics: TopicTable;
  readonly #groups: GroupTable;
  readonly #members: MemberTable;
  readonly #offsets: OffsetService;
  readonly #config: BrokerConfig;

  constructor(parts: {
    readonly store: MessageStore;
    readonly topics: TopicTable;
    readonly groups: GroupTable;
    readonly members: MemberTable;
    readonly offsets: OffsetService;
    readonly config: BrokerConfig;
  }) {
    this.#store = parts.store;
    this.#topics = parts.topics;
    this.#groups = parts.groups;
    this.#members = parts.members;
    this.#offsets = parts.offsets;
    this.#config = parts.config;
  }

  /**
   * Moves the group; returns the offsets by queue id, once they are durable where the broker sets them. Throws
   * MqError; `consumer_offline` when consumers have to be told and none is connected.
   */
  async reset(wanted: WantedReset): Promise<ReadonlyMap<number, number>> {
    const entry = this.#topics.get(wanted.topic);
    this.#groups.get(wanted.group);
    const { readQueueCount } = entry.config;
    if (wanted.queueId >= readQueueCount) {
      throw new MqError("queue_out_of_range", `queue ${wanted.queueId} of ${wanted.topic}`);
    }
    const queueIds =
      wanted.queueId >= 0
        ? [wanted.queueId]
        : Array.from({ length: readQueueCount }, (_, id) => id);
    const offsets = new Map<number, number>();
    for (const queueId of queueIds) {
      const target = await this.#target(entry.queue(this.#store, queueId), wanted);
      const committed = this.#offsets.committed(wanted.group, wanted.topic, queueId);
      const isTaken = wanted.isForced || wanted.offset >= 0 || committed < 0 || target < committed;
      offsets.set(queueId, isTaken ? target : committed);
    }
    if (this.#config.setsResetOffsets) {
      await this.#offsets.reset(wanted.group, wanted.topic, offsets);
    } else {
      this.#tellMembers(wanted, offsets);
    }
    return offsets;
  }

  /**
   * Gives one group the committed offsets of another: in a topic, or in all where `topic` is blank. Those of topics
   * that members of the first do not want any more stay behind, unless `isOffline`. Throws MqError.
   */
  async clone(from: string, to: string, topic: string, isOffline: boolean): Promise<void> {
    this.#groups.get(from);
    this.#groups.getOrCreate(to);
    const topics = topic.trim() === "" ? this.#offsets.topicsOf(from) : [topic];
    const live = this.#members.find(from);
    for (const name of topics) {
      const isUnwanted = live !== undefined && !isOffline && !live.subscriptions.has(name);
      const offsets = this.#offsets.committedIn(from, name);
      if (this.#topics.find(name) !== undefined && !isUnwanted && offsets.size > 0) {
        await this.#offsets.reset(to, name, offsets);
      }
    }
  }

  async #target(queue: QueueHandle, wanted: WantedReset): Promise<number> {
    const minOffset = Math.max(0, queue.minOffset);
    const maxOffset = Math.max(0, queue.maxOffset);
    if (wanted.offset >= 0) {
      if (wanted.offset < minOffset || wanted.offset > maxOffset + 1) {
        throw new MqError(
          "bad_request",
          `the offset ${wanted.offset} is outside [${minOffset}, ${maxOffset + 1}] of queue ${queue.queueId}`,
        );
      }
      return wanted.offset;
    }
    if (wanted.timestampMs < 0) {
      return maxOffset;
    }
    return await this.#store.offsetAtTime(queue, wanted.timestampMs, "lower");
  }

  #tellMembers(wanted: WantedReset, offsets: ReadonlyMap<number, number>): void {
    const live = this.#members.find(wanted.group);
    if (live === undefined) {
      throw new MqError(
        "consumer_offline",
        `Consumer not online, so can not reset offset, Group: ${wanted.group} Topic: ${wanted.topic}`,
      );
    }
    for (const member of live.members.values()) {
      member.channel.resetOffsets({
        topic: wanted.topic,
        group: wanted.group,
        timestampMs: wanted.timestampMs,
        isForced: wanted.isForced,
        offsets,
      });
    }
  }
}
