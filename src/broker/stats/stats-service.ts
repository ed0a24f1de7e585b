/**
 * What a broker says of itself (28, metrics): true values under the names that RocketMQ's tools read. What has no
 * counterpart here (thread pools, page-cache locks) is told as the nothing that it is.
 */
import type { Clock, Timer } from "../../io/clock.ts";
import type { MessageStore } from "../../store/message-store.ts";
import type { BrokerCounters } from "./counters.ts";
import type { PutLatency } from "./put-latency.ts";
import { Rate } from "./rate.ts";
import type { StatsBoard } from "./stats-board.ts";

const sampleMs = 10_000;
const minuteMs = 60_000;
const dayMs = 86_400_000;
const periodsMs = [10_000, 60_000, 600_000] as const;

interface Totals {
  readonly puts: number;
  readonly gets: number;
}

export class StatsService {
  readonly #store: MessageStore;
  readonly #clock: Clock;
  readonly #counters: BrokerCounters;
  readonly #startedMs: number;
  readonly #versionName: string;
  readonly #put = new Rate();
  readonly #got = new Rate();
  readonly #found = new Rate();
  readonly #missed = new Rate();
  readonly #all = new Rate();
  readonly #latency: PutLatency;
  readonly board: StatsBoard;
  #minute = -1;
  #day: number;
  /** Messages in and out since the start, as they were at the last two midnights (UTC). */
  #thisMorning: Totals = { puts: 0, gets: 0 };
  #yesterdayMorning: Totals = { puts: 0, gets: 0 };
  #timer: Timer | undefined;

  constructor(parts: {
    readonly store: MessageStore;
    readonly clock: Clock;
    readonly counters: BrokerCounters;
    readonly latency: PutLatency;
    readonly board: StatsBoard;
    /** RocketMQ's name of the version that the broker says it has. */
    readonly versionName: string;
  }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#counters = parts.counters;
    this.#versionName = parts.versionName;
    this.#latency = parts.latency;
    this.board = parts.board;
    this.#startedMs = parts.clock.nowMs();
    this.#day = Math.floor(this.#startedMs / dayMs);
  }

  start(): void {
    this.#sample();
    this.#timer = this.#clock.after(sampleMs, () => this.start());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** Names and values, as text. */
  runtimeInfo(): readonly (readonly [string, string])[] {
    const counters = this.#counters;
    const facts = this.#store.facts();
    const health = this.#store.health();
    const nowMs = this.#clock.nowMs();
    const transferred = this.#rates(this.#got, counters.messagesOut);
    const found = this.#rates(this.#found, counters.pullsFound);
    const missed = this.#rates(this.#missed, counters.pullsMissed);
    const total = this.#rates(this.#all, counters.pullsFound + counters.pullsMissed);
    const latency = this.#latency;
    const average = counters.messagesIn === 0 ? 0 : counters.recordBytesIn / counters.messagesIn;
    return [
      ["brokerVersionDesc", this.#versionName],
      ["brokerActive", String(health.isWritable)],
      ["bootTimestamp", String(this.#startedMs)],
      ["runtime", runtimeText(nowMs - this.#startedMs)],
      ["putTps", this.#rates(this.#put, counters.messagesIn)],
      ["getTransferredTps", transferred],
      ["getFoundTps", found],
      ["getMissTps", missed],
      ["getTotalTps", total],
      ["msgPutTotalTodayNow", String(counters.messagesIn)],
      ["msgGetTotalTodayNow", String(counters.messagesOut)],
      ["msgPutTotalTodayMorning", String(this.#thisMorning.puts)],
      ["msgGetTotalTodayMorning", String(this.#thisMorning.gets)],
      ["msgPutTotalYesterdayMorning", String(this.#yesterdayMorning.puts)],
      ["msgGetTotalYesterdayMorning", String(this.#yesterdayMorning.gets)],
      ["putMessageTimesTotal", String(counters.messagesIn)],
      ["putMessageFailedTimes", String(counters.sendRequests - counters.sendsAccepted)],
      ["putMessageSizeTotal", String(counters.recordBytesIn)],
      ["putMessageAverageSize", average.toFixed(2)],
      ["putMessageEntireTimeMax", latency.maxMs.toFixed(2)],
      ["putMessageDistributeTime", latency.distribution()],
      ["putLatency99", latency.quantileMs(0.99).toFixed(2)],
      ["putLatency999", latency.quantileMs(0.999).toFixed(2)],
      ["commitLogMinOffset", String(facts.logMinOffset)],
      ["commitLogMaxOffset", String(facts.logMaxOffset)],
      ["commitLogDiskRatio", facts.diskUsedRatio.toFixed(4)],
      ["consumeQueueDiskRatio", facts.diskUsedRatio.toFixed(4)],
      ["earliestMessageTimeStamp", String(facts.earliestStoreTimestampMs)],
      ["dispatchBehindBytes", "0"],
      ["remainHowManyDataToFlush", "0 B"],
      ["startAcceptSendRequestTimeStamp", "0"],
      ["pageCacheLockTimeMills", "0"],
      ["sendThreadPoolQueueSize", "0"],
      ["sendThreadPoolQueueHeadWaitTimeMills", "0"],
      ["pullThreadPoolQueueSize", "0"],
      ["pullThreadPoolQueueHeadWaitTimeMills", "0"],
      ["ackThreadPoolQueueSize", "0"],
      ["ackThreadPoolQueueHeadWaitTimeMills", "0"],
      ["timerReadBehind", "0"],
      ["timerOffsetBehind", "0"],
      ["timerCongestNum", "0"],
      ["timerEnqueueTps", "0.0"],
      ["timerDequeueTps", "0.0"],
    ];
  }

  #sample(): void {
    const nowMs = this.#clock.elapsedMs();
    const counters = this.#counters;
    this.#put.sample(nowMs, counters.messagesIn);
    this.#got.sample(nowMs, counters.messagesOut);
    this.#found.sample(nowMs, counters.pullsFound);
    this.#missed.sample(nowMs, counters.pullsMissed);
    this.#all.sample(nowMs, counters.pullsFound + counters.pullsMissed);
    this.board.tick(nowMs);
    const minute = Math.floor(nowMs / minuteMs);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#latency.minuteEnds();
    }
    this.#noteMorning();
  }

  #noteMorning(): void {
    const day = Math.floor(this.#clock.nowMs() / dayMs);
    if (day > this.#day) {
      this.#day = day;
      this.#yesterdayMorning = this.#thisMorning;
      this.#thisMorning = { puts: this.#counters.messagesIn, gets: this.#counters.messagesOut };
    }
  }

  #rates(rate: Rate, value: number): string {
    const nowMs = this.#clock.elapsedMs();
    return periodsMs.map((periodMs) => rate.perSecond(nowMs, value, periodMs).toFixed(2)).join(" ");
  }
}

/** RocketMQ's form. */
function runtimeText(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3_600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  return `[ ${days} days, ${hours} hours, ${minutes} minutes, ${seconds % 60} seconds ]`;
}
