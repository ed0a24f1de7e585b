/**
 * Moving a group elsewhere as an operator asks (222): to a time, to a queue's end, or to an offset (remoting 7.3).
 * The offsets are set at once and stay pending until each consumer was told; connected consumers are also told
 * directly, so that they need not wait for their next pull.
 */
import { MqError } from "../../core/error.ts";
import type { MessageStore, QueueHandle } from "../../store/message-store.ts";
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

  constructor(parts: {
    readonly store: MessageStore;
    readonly topics: TopicTable;
    readonly groups: GroupTable;
    readonly members: MemberTable;
    readonly offsets: OffsetService;
  }) {
    this.#store = parts.store;
    this.#topics = parts.topics;
    this.#groups = parts.groups;
    this.#members = parts.members;
    this.#offsets = parts.offsets;
  }

  /** Sets the group's offsets; returns them by queue id once they are durable. Throws MqError. */
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
    await this.#offsets.reset(wanted.group, wanted.topic, offsets);
    this.#tellMembers(wanted, offsets);
    return offsets;
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
    for (const member of this.#members.find(wanted.group)?.members.values() ?? []) {
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
