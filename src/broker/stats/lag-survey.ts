/**
 * How far groups are behind, in messages and in time, and what topics hold: for whoever watches, so a bounded number of
 * rows whatever there is, the worst of them. Counting costs nothing while nobody asks.
 *
 * The time of a group's next message has to be read from the log. It stays the same as long as the group stays where
 * it is, so it is kept: a group that stands still is read once.
 */
import type { Clock } from "../../io/clock.ts";
import type { MessageStore, QueueHandle } from "../../store/message-store.ts";
import type { OffsetService } from "../offset/offset-service.ts";
import type { TopicTable } from "../topic/topic-table.ts";

export interface GroupLag {
  readonly group: string;
  readonly topic: string;
  /** Committed offsets of all queues together. */
  readonly offset: number;
  readonly messages: number;
  /** Age of the oldest message that it has not consumed, 0 without one; undefined when it was not looked up. */
  readonly ageMs: number | undefined;
}

export interface TopicExtent {
  readonly topic: string;
  /** Messages that it ever had: next offsets of all queues together. */
  readonly written: number;
  /** Messages that it has. */
  readonly stored: number;
}

export interface Survey {
  readonly groups: readonly GroupLag[];
  readonly topics: readonly TopicExtent[];
  /** Rows that there was no room for. */
  readonly droppedCount: number;
}

export interface SurveyBounds {
  /** Rows of groups, and rows of topics. */
  readonly rowsMax: number;
  /** Records whose time is read. */
  readonly lookupsMax: number;
}

interface Standing {
  readonly group: string;
  readonly topic: string;
  readonly queues: readonly { readonly queue: QueueHandle; readonly offset: number }[];
  readonly offset: number;
  readonly messages: number;
}

export class LagSurvey {
  readonly #store: MessageStore;
  readonly #clock: Clock;
  readonly #topics: TopicTable;
  readonly #offsets: OffsetService;
  /** Store times by queue, then offset: of the last survey only. */
  #times = new Map<QueueHandle, Map<number, number>>();

  constructor(parts: {
    readonly store: MessageStore;
    readonly clock: Clock;
    readonly topics: TopicTable;
    readonly offsets: OffsetService;
  }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#topics = parts.topics;
    this.#offsets = parts.offsets;
  }

  async take(bounds: SurveyBounds): Promise<Survey> {
    const standings = this.#standings();
    const topics = this.#topicExtents();
    const chosen = largest(standings, bounds.rowsMax, ({ messages }) => messages);
    const shown = largest(topics, bounds.rowsMax, ({ stored }) => stored);
    const ages = await this.#ages(chosen, bounds.lookupsMax);
    return {
      groups: chosen.map(({ group, topic, offset, messages }, index) => ({
        group,
        topic,
        offset,
        messages,
        ageMs: ages[index],
      })),
      topics: shown,
      droppedCount: standings.length - chosen.length + topics.length - shown.length,
    };
  }

  #standings(): Standing[] {
    const standings: Standing[] = [];
    this.#offsets.forEachRow((group, topic) => {
      const entry = this.#topics.find(topic);
      if (entry !== undefined) {
        standings.push(this.#standing(group, topic, entry.config.readQueueCount));
      }
    });
    return standings;
  }

  #standing(group: string, topic: string, readQueueCount: number): Standing {
    const queues: { queue: QueueHandle; offset: number }[] = [];
    let offset = 0;
    let messages = 0;
    for (const queue of this.#store.queuesOf(topic)) {
      const committed = this.#offsets.committed(group, topic, queue.queueId);
      if (queue.queueId < readQueueCount && committed >= 0) {
        offset += committed;
        messages += Math.max(0, queue.maxOffset - committed);
        if (queue.maxOffset > committed) {
          queues.push({ queue, offset: Math.max(committed, queue.minOffset) });
        }
      }
    }
    return { group, topic, queues, offset, messages };
  }

  #topicExtents(): TopicExtent[] {
    const extents: TopicExtent[] = [];
    for (const { topic } of this.#topics.configs()) {
      let written = 0;
      let stored = 0;
      for (const { minOffset, maxOffset } of this.#store.queuesOf(topic)) {
        written += Math.max(0, maxOffset);
        stored += Math.max(0, maxOffset - Math.max(0, minOffset));
      }
      if (written > 0) {
        extents.push({ topic, written, stored });
      }
    }
    return extents;
  }

  /** Of each standing the age of its oldest message; undefined for those behind the last lookup. */
  async #ages(
    standings: readonly Standing[],
    lookupsMax: number,
  ): Promise<readonly (number | undefined)[]> {
    const before = this.#times;
    this.#times = new Map();
    const ages: (number | undefined)[] = [];
    let lookups = 0;
    for (const { queues } of standings) {
      let oldest = Number.POSITIVE_INFINITY;
      let isKnown = true;
      for (const { queue, offset } of queues) {
        const known = before.get(queue)?.get(offset) ?? this.#times.get(queue)?.get(offset);
        if (known === undefined && lookups === lookupsMax) {
          isKnown = false;
          break;
        }
        lookups += known === undefined ? 1 : 0;
        const time = known ?? (await this.#store.storeTimestampAt(queue, offset));
        if (time !== undefined) {
          this.#keep(queue, offset, time);
          oldest = Math.min(oldest, time);
        }
      }
      const age = Number.isFinite(oldest) ? Math.max(0, this.#clock.nowMs() - oldest) : 0;
      ages.push(isKnown ? age : undefined);
    }
    return ages;
  }

  #keep(queue: QueueHandle, offset: number, time: number): void {
    let times = this.#times.get(queue);
    if (times === undefined) {
      times = new Map();
      this.#times.set(queue, times);
    }
    times.set(offset, time);
  }
}

/** The rows with the largest values, at most so many; all of them in their order when there is room. */
function largest<T>(
  rows: readonly T[],
  countMax: number,
  weightOf: (row: T) => number,
): readonly T[] {
  return rows.length <= countMax
    ? rows
    : [...rows].sort((left, right) => weightOf(right) - weightOf(left)).slice(0, countMax);
}
