/** What a broker says of itself (28), read from the texts that RocketMQ and mq use alike. */
export interface BrokerFacts {
  readonly version: string;
  /** Takes sends. */
  readonly isActive: boolean;
  /** Over the last ten seconds. */
  readonly inPerSecond: number;
  readonly outPerSecond: number;
  /** Share of the disk that is used, 0 to 1. */
  readonly diskUsed: number | undefined;
  /** Store time of the oldest message. */
  readonly earliestMs: number | undefined;
  readonly startedMs: number | undefined;
  /** How long the oldest send waits for its turn. */
  readonly sendWaitMs: number;
}

export function brokerFacts(info: ReadonlyMap<string, string>): BrokerFacts {
  return {
    version: info.get("brokerVersionDesc") ?? "-",
    isActive: info.get("brokerActive") !== "false",
    inPerSecond: firstNumber(info.get("putTps")) ?? 0,
    outPerSecond: firstNumber(info.get("getTransferredTps")) ?? 0,
    diskUsed: share(firstNumber(info.get("commitLogDiskRatio"))),
    earliestMs: positive(firstNumber(info.get("earliestMessageTimeStamp"))),
    startedMs: positive(firstNumber(info.get("bootTimestamp"))),
    sendWaitMs: firstNumber(info.get("sendThreadPoolQueueHeadWaitTimeMills")) ?? 0,
  };
}

/** Rates are told over ten seconds, a minute and ten minutes, with spaces between. */
function firstNumber(text: string | undefined): number | undefined {
  const value = Number.parseFloat(text ?? "");
  return Number.isFinite(value) ? value : undefined;
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}

function share(value: number | undefined): number | undefined {
  return value !== undefined && value >= 0 ? value : undefined;
}
