/**
 * What a broker says of itself (28, metrics): true values under the names that RocketMQ's tools read. What has no
 * counterpart here (thread pools, page-cache locks) is told as the nothing that it is.
 */
import type { Clock, Timer } from "../../io/clock.ts";
import type { MessageStore } from "../../store/message-store.ts";
import type { BrokerCounters } from "./counters.ts";
import { Rate } from "./rate.ts";

const sampleMs = 10_000;
const periodsMs = [10_000, 60_000, 600_000] as const;

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
  #timer: Timer | undefined;

  constructor(parts: {
    readonly store: MessageStore;
    readonly clock: Clock;
    readonly counters: BrokerCounters;
    /** RocketMQ's name of the version that the broker says it has. */
    readonly versionName: string;
  }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#counters = parts.counters;
    this.#versionName = parts.versionName;
    this.#startedMs = parts.clock.nowMs();
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
    const average = counters.messagesIn === 0 ? 0 : counters.bytesIn / counters.messagesIn;
    return [
      ["brokerVersionDesc", this.#versionName],
      ["brokerActive", String(health.isWritable)],
      ["bootTimestamp", String(this.#startedMs)],
      ["runtime", runtimeText(nowMs - this.#startedMs)],
      ["putTps", this.#rates(this.#put, counters.messagesIn)],
      ["getTransferredTps", transferred],
      ["getFoundTps", found],
      ["getMissTps", missed],
      ["msgPutTotalTodayNow", String(counters.messagesIn)],
      ["msgGetTotalTodayNow", String(counters.messagesOut)],
      ["msgPutTotalTodayMorning", "0"],
      ["msgGetTotalTodayMorning", "0"],
      ["msgPutTotalYesterdayMorning", "0"],
      ["msgGetTotalYesterdayMorning", "0"],
      ["putMessageTimesTotal", String(counters.messagesIn)],
      ["putMessageFailedTimes", String(counters.sendRequests - counters.sendsAccepted)],
      ["putMessageSizeTotal", String(counters.bytesIn)],
      ["putMessageAverageSize", average.toFixed(2)],
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
