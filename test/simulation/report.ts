/** What one seed showed, and how it is told. */
import type { Violation } from "./history.ts";

export interface RunReport {
  readonly kind: "store" | "cluster";
  readonly seed: number;
  /** Everything that the seed decided before the run. */
  readonly plan: object;
  readonly violations: readonly Violation[];
  /** Hash of all disk writes, deliveries and client steps. */
  readonly hash: string;
  readonly faults: ReadonlyMap<string, number>;
  readonly crashCount: number;
  readonly messageCount: number;
  readonly acknowledgedCount: number;
  readonly eventCount: number;
  readonly virtualMs: number;
  readonly logLines: readonly string[];
}

const shownMax = 8;

/** The command that runs the seed again, and nothing else. */
export function replayCommand({ kind, seed }: RunReport): string {
  return `make simulate SEED=${kind}:${seed}`;
}

/** Why a seed failed, for people: the rules broken, the plan, the last log lines and the command. */
export function describeFailure(report: RunReport): string {
  const { violations } = report;
  const shown = violations
    .slice(0, shownMax)
    .map(({ checker, message }) => `  ${checker}: ${message}`);
  const rest = violations.length > shownMax ? [`  … and ${violations.length - shownMax} more`] : [];
  return [
    `seed ${report.kind}:${report.seed} broke ${violations.length} rules`,
    ...shown,
    ...rest,
    `  plan: ${JSON.stringify(report.plan)}`,
    ...report.logLines.slice(-20).map((line) => `  log: ${line.split("\n", 1)[0]}`),
    `replay it with: ${replayCommand(report)}`,
  ].join("\n");
}
