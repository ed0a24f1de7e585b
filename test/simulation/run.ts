/** The kinds of runs, by the name under which a seed is replayed. */
import { runClusterSeed } from "./cluster-run.ts";
import type { RunReport } from "./report.ts";
import { runStoreSeed } from "./store-run.ts";

export const runKinds = {
  store: (seed: number): RunReport => runStoreSeed(seed),
  cluster: (seed: number): RunReport => runClusterSeed(seed),
} as const satisfies Record<string, (seed: number) => RunReport>;

export type RunKind = keyof typeof runKinds;

/** Runs a seed, and counts what nobody in the simulated processes awaited as their death. */
export async function runSeed(kind: RunKind, seed: number): Promise<RunReport> {
  const unawaited: unknown[] = [];
  const note = (error: unknown): void => {
    unawaited.push(error);
  };
  process.on("unhandledRejection", note);
  try {
    const report = runKinds[kind](seed);
    await new Promise((resolve) => setImmediate(resolve));
    const violations = unawaited.map((error) => ({
      checker: "process",
      message: `a rejection that nobody handles: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    }));
    return { ...report, violations: [...report.violations, ...violations] };
  } finally {
    process.off("unhandledRejection", note);
  }
}
