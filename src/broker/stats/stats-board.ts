/**
 * Statistics over the last minute, hour and day, by RocketMQ's names (remoting 10.5, code 315).
 *
 * Three rings of ticks, shared by all counters: every 10 s for the minute, every 10 min for the hour, every hour
 * for the day. A counter that ever counted keeps where it stood at each of these ticks; a period's figure is what
 * it counts now less what it was at the oldest tick of the ring, over the time since then.
 */
import type { GroupTable } from "../group/group-table.ts";
import type { TopicEntry, TopicTable } from "../topic/topic-table.ts";
import type { Tally } from "./tally.ts";

export interface PeriodStats {
  readonly sum: number;
  readonly perSecond: number;
  readonly perCall: number;
}

export interface StatsOfCounter {
  readonly minute: PeriodStats;
  readonly hour: PeriodStats;
  readonly day: PeriodStats;
}

interface Ring {
  readonly stepMs: number;
  /** How many ticks are kept: one more than the period has steps. */
  readonly length: number;
  /** Index in a counter's past at which this ring's sums begin; its calls follow them. */
  readonly start: number;
  /** When each kept tick was, NaN for one that has not come. */
  readonly timesMs: Float64Array;
  /** The slot of the next tick. */
  next: number;
}

const minuteTicks = 7;
const hourTicks = 7;
const dayTicks = 25;
const pastLength = 2 * (minuteTicks + hourTicks + dayTicks);

export class StatsBoard {
  readonly #topics: TopicTable;
  readonly #groups: GroupTable;
  readonly #brokerPuts: Tally;
  readonly #brokerGets: Tally;
  readonly #clusterName: string;
  readonly #minute = ring(10_000, minuteTicks, 0);
  readonly #hour = ring(600_000, hourTicks, 2 * minuteTicks);
  readonly #day = ring(3_600_000, dayTicks, 2 * (minuteTicks + hourTicks));

  constructor(parts: {
    readonly topics: TopicTable;
    readonly groups: GroupTable;
    readonly clusterName: string;
    readonly brokerPuts: Tally;
    readonly brokerGets: Tally;
  }) {
    this.#topics = parts.topics;
    this.#groups = parts.groups;
    this.#clusterName = parts.clusterName;
    this.#brokerPuts = parts.brokerPuts;
    this.#brokerGets = parts.brokerGets;
  }

  /** Notes where all counters stand, in the rings whose tick is due. Called every 10 s and once at the start. */
  tick(nowMs: number): void {
    const due = [this.#minute, this.#hour, this.#day].filter((one) => isDue(one, nowMs));
    if (due.length === 0) {
      return;
    }
    for (const tally of this.#tallies()) {
      if (tally.calls > 0) {
        note(tally, due);
      }
    }
    for (const one of due) {
      one.timesMs[one.next] = nowMs;
      one.next = (one.next + 1) % one.length;
    }
  }

  /** The statistics of that name and key; undefined when nothing was ever counted there. */
  view(name: string, key: string, nowMs: number): StatsOfCounter | undefined {
    const tally = this.#find(name, key);
    return tally === undefined || tally.calls === 0 ? undefined : this.stats(tally, nowMs);
  }

  stats(tally: Tally, nowMs: number): StatsOfCounter {
    return {
      minute: periodStats(tally, this.#minute, nowMs),
      hour: periodStats(tally, this.#hour, nowMs),
      day: periodStats(tally, this.#day, nowMs),
    };
  }

  /** Messages a second that the group was handed of a topic, over the last minute. */
  groupGetRate(group: string, topic: TopicEntry, nowMs: number): number {
    const tally = this.#groups.find(group)?.tallies.get(topic)?.gotMessages;
    return tally === undefined ? 0 : periodStats(tally, this.#minute, nowMs).perSecond;
  }

  topicPutRate(topic: TopicEntry, nowMs: number): number {
    return periodStats(topic.putMessages, this.#minute, nowMs).perSecond;
  }

  #find(name: string, key: string): Tally | undefined {
    switch (name) {
      case "TOPIC_PUT_NUMS":
        return this.#topics.find(key)?.putMessages;
      case "TOPIC_PUT_SIZE":
        return this.#topics.find(key)?.putBytes;
      case "GROUP_GET_NUMS":
        return this.#ofGroup(key)?.gotMessages;
      case "GROUP_GET_SIZE":
        return this.#ofGroup(key)?.gotBytes;
      case "SNDBCK_PUT_NUMS":
        return this.#ofGroup(key)?.sentBack;
      case "DLQ_PUT_NUMS":
        return this.#ofGroup(key)?.deadLettered;
      case "BROKER_PUT_NUMS":
        return key === this.#clusterName ? this.#brokerPuts : undefined;
      case "BROKER_GET_NUMS":
        return key === this.#clusterName ? this.#brokerGets : undefined;
      default:
        return undefined;
    }
  }

  /** Of `topic@group`; neither name has an `@`. */
  #ofGroup(key: string) {
    const at = key.indexOf("@");
    const topic = this.#topics.find(key.slice(0, Math.max(0, at)));
    return topic === undefined
      ? undefined
      : this.#groups.find(key.slice(at + 1))?.tallies.get(topic);
  }

  *#tallies(): Generator<Tally> {
    yield this.#brokerPuts;
    yield this.#brokerGets;
    for (const topic of this.#topics.entries()) {
      yield topic.putMessages;
      yield topic.putBytes;
    }
    for (const group of this.#groups.entries()) {
      for (const tally of group.tallies.values()) {
        yield tally.gotMessages;
        yield tally.gotBytes;
        yield tally.sentBack;
        yield tally.deadLettered;
      }
    }
  }
}

function ring(stepMs: number, length: number, start: number): Ring {
  const timesMs = new Float64Array(length).fill(Number.NaN);
  return { stepMs, length, start, timesMs, next: 0 };
}

/** Half a second early counts as in time: timers are not exact. */
function isDue(one: Ring, nowMs: number): boolean {
  const last = one.timesMs[(one.next + one.length - 1) % one.length] as number;
  return Number.isNaN(last) || nowMs - last >= one.stepMs - 500;
}

function note(tally: Tally, due: readonly Ring[]): void {
  tally.past ??= new Float64Array(pastLength);
  for (const one of due) {
    tally.past[one.start + one.next] = tally.sum;
    tally.past[one.start + one.length + one.next] = tally.calls;
  }
}

/** The oldest kept tick is the slot that comes next, or the first one while the ring is not full. */
function periodStats(tally: Tally, one: Ring, nowMs: number): PeriodStats {
  const oldest = Number.isNaN(one.timesMs[one.next] as number) ? 0 : one.next;
  const sinceMs = one.timesMs[oldest] as number;
  const sum = tally.sum - (tally.past?.[one.start + oldest] ?? 0);
  const calls = tally.calls - (tally.past?.[one.start + one.length + oldest] ?? 0);
  const elapsedMs = nowMs - sinceMs;
  return {
    sum,
    perSecond: elapsedMs > 0 ? (sum * 1_000) / elapsedMs : 0,
    perCall: calls > 0 ? sum / calls : 0,
  };
}
