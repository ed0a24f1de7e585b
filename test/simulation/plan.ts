/** What a seed decides before anything runs: how the machine misbehaves, and with what load. */
import type { CrashKind } from "./disk-image.ts";
import type { CutOdds } from "./inode.ts";
import type { SeededRandom } from "./random.ts";

export interface StorePlan {
  readonly flush: "sync" | "async";
  readonly segmentBytes: number;
  readonly topicCount: number;
  readonly queueCount: number;
  readonly writerCount: number;
  /** One size makes stale records fit; some seeds mix sizes. */
  readonly bodyBytes: number;
  readonly isBodyMixed: boolean;
  readonly epochCount: number;
  readonly coldReadChance: number;
  readonly syncDelayMs: number;
  readonly slowSyncChance: number;
  readonly writeBackChance: number;
  readonly killShare: number;
  readonly crashInsideShare: number;
  readonly crashInRecoveryShare: number;
  readonly failedSyncShare: number;
  readonly failedWriteShare: number;
  readonly fullDiskShare: number;
  readonly cleanStopShare: number;
  readonly clockJumpShare: number;
  /** Chance that a bit flips on the device while the store is cleanly stopped. */
  readonly rotShare: number;
  /** Stretches all waiting, so that minutes pass and slow timers have their turn. */
  readonly tempo: number;
  /** The store makes its own folder, instead of finding one that the device has. */
  readonly isFolderNew: boolean;
  /** The log forgets what lies further back; 0: nothing. */
  readonly retainedBytes: number;
}

/** Draws the plan of a run on one store. */
export function drawStorePlan(random: SeededRandom): StorePlan {
  const plan = {
    flush: random.chance(0.75) ? "sync" : "async",
    segmentBytes: random.pick([64, 64, 128, 512]) * 1_024,
    topicCount: 1 + random.below(3),
    queueCount: 1 + random.below(4),
    writerCount: 1 + random.below(12),
    bodyBytes: random.pick([16, 100, 300, 421, 1_000, 3_000]),
    isBodyMixed: random.chance(0.25),
    epochCount: 3 + random.below(8),
    coldReadChance: random.pick([0, 0.1, 0.9]),
    syncDelayMs: random.pick([0.2, 1, 5]),
    slowSyncChance: random.pick([0, 0, 0.02]),
    writeBackChance: random.pick([0, 0.02, 0.3]),
    killShare: random.pick([0.1, 0.3, 0.6]),
    crashInsideShare: random.pick([0.2, 0.7]),
    crashInRecoveryShare: random.pick([0, 0.3]),
    failedSyncShare: random.pick([0, 0.2]),
    failedWriteShare: random.pick([0, 0.1]),
    fullDiskShare: random.pick([0, 0.2]),
    cleanStopShare: random.pick([0, 0.15]),
    clockJumpShare: random.pick([0, 0.2]),
    rotShare: random.pick([0, 0.7]),
    tempo: random.pick([1, 1, 1, 400]),
    isFolderNew: random.chance(0.3),
  } as const;
  // Retention looks every few seconds: runs in which minutes pass are where it has work.
  const retainedBytes = plan.tempo > 1 || random.chance(0.1) ? random.pick([0, 1, 3]) : 0;
  return { ...plan, retainedBytes: retainedBytes * plan.segmentBytes };
}

/** How one crash of a run happens. */
export function drawCrash(
  random: SeededRandom,
  killShare: number,
): { kind: CrashKind; odds: CutOdds } {
  return {
    kind: random.chance(killShare) ? "kill" : "power",
    odds: {
      kept: random.pick([0, 0.1, 0.5, 0.9, 1]),
      torn: random.pick([0, 0.3, 1]),
    },
  };
}
