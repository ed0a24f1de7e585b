/** Everything that figures are read from, taken once for each scrape. */
import type { Survey } from "../../broker/stats/lag-survey.ts";
import type { DurationHistogram } from "../../core/duration-histogram.ts";
import { limits } from "../../core/limits.ts";
import type { Clock } from "../../io/clock.ts";
import type { ProcessUsage } from "../../io/process.ts";
import type { BrokerStats, RunningBroker } from "../broker-app.ts";
import type { NameserverStats, RunningNameserver } from "../nameserver-app.ts";

/** The servers of this process, as far as they run. */
export interface Observed {
  readonly broker?: RunningBroker | undefined;
  readonly nameserver?: RunningNameserver | undefined;
}

export interface BrokerSnapshot {
  readonly stats: BrokerStats;
  readonly survey: Survey;
  readonly nowMs: number;
}

export interface Snapshot {
  readonly broker: BrokerSnapshot | undefined;
  readonly nameserver: NameserverStats | undefined;
  readonly process: ProcessUsage;
  readonly upSeconds: number;
  /** Of the log, since the start; undefined without a broker. */
  readonly syncDurations: DurationHistogram | undefined;
}

export async function takeSnapshot(
  { broker, nameserver }: Observed,
  clock: Clock,
  usage: () => ProcessUsage,
): Promise<Snapshot> {
  const survey = await broker?.survey({
    rowsMax: limits.metricRowsMax,
    lookupsMax: limits.metricLookupsMax,
  });
  const stats = broker?.stats();
  return {
    broker:
      stats === undefined || survey === undefined
        ? undefined
        : { stats, survey, nowMs: clock.nowMs() },
    nameserver: nameserver?.stats(),
    process: usage(),
    upSeconds: clock.elapsedMs() / 1_000,
    syncDurations: stats?.store.syncDurations,
  };
}
