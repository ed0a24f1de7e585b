/** What a seed decides about a cluster before anything runs. */
import type { WirePlan } from "./pipe.ts";
import type { SeededRandom } from "./random.ts";

/** Delays of the simulated brokers, in the form of their setting. */
export const delayLevels = "1s 2s 3s 4s 5s";

export interface ClusterPlan {
  readonly flush: "sync" | "async";
  readonly segmentBytes: number;
  readonly nameserverCount: number;
  readonly brokerCount: number;
  readonly topicCount: number;
  readonly queueCount: number;
  readonly producerCount: number;
  readonly consumerCount: number;
  readonly memberCount: number;
  /** Clients that send for later, and clients that give back what they read. */
  readonly postponerCount: number;
  readonly strugglerCount: number;
  readonly bodyBytes: number;
  readonly paceMs: number;
  /** How long the load lasts, and how often trouble comes meanwhile. */
  readonly loadMs: number;
  readonly troubleEveryMs: number;
  readonly troubles: readonly Trouble[];
  readonly killShare: number;
  readonly coldReadChance: number;
  readonly syncDelayMs: number;
  readonly slowSyncChance: number;
  readonly writeBackChance: number;
  /** Brokers make their own folder, instead of finding one that the device has. */
  readonly isFolderNew: boolean;
  readonly wires: WirePlan;
}

export const troubleKinds = [
  "crash broker",
  "crash broker inside a change",
  "stop broker",
  "crash nameserver",
  "crash client",
  "partition",
  "one-way partition",
  "reset",
  "stall",
  "failed sync",
  "full disk",
  "clock jump",
] as const;

export type Trouble = (typeof troubleKinds)[number];

/** Draws the plan of a run on a cluster. */
export function drawClusterPlan(random: SeededRandom): ClusterPlan {
  const loadMs = random.pick([2_000, 5_000, 5_000, 60_000]);
  const chosen = troubleKinds.filter(() => random.chance(0.5));
  return {
    flush: random.chance(0.8) ? "sync" : "async",
    segmentBytes: random.pick([64, 256]) * 1_024,
    nameserverCount: random.pick([1, 1, 2, 3]),
    brokerCount: 1 + random.below(2),
    topicCount: 1 + random.below(3),
    queueCount: 1 + random.below(3),
    producerCount: 1 + random.below(4),
    consumerCount: 1 + random.below(2),
    memberCount: random.below(4),
    postponerCount: random.below(3),
    strugglerCount: random.below(2),
    bodyBytes: random.pick([16, 300, 1_000, 3_000]),
    paceMs: random.pick(loadMs > 10_000 ? [100, 300] : [5, 20, 100]),
    loadMs,
    troubleEveryMs: random.pick([loadMs / 40, loadMs / 10]),
    troubles: chosen.length > 0 ? chosen : ["crash broker"],
    killShare: random.pick([0.1, 0.5]),
    coldReadChance: random.pick([0, 0.1, 0.9]),
    syncDelayMs: random.pick([0.2, 1, 5]),
    slowSyncChance: random.pick([0, 0, 0.02]),
    writeBackChance: random.pick([0, 0.02, 0.3]),
    isFolderNew: random.chance(0.3),
    wires: {
      latencyMs: random.pick([0.1, 1, 20]),
      slowMs: random.pick([5, 300]),
      slowChance: random.pick([0, 0.01]),
      bufferBytes: random.pick([2_048, 65_536, 262_144]),
      cutChance: random.pick([0.05, 0.5]),
    },
  };
}
