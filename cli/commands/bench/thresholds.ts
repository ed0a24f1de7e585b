/** Bounds that a measurement is held against: exit code 10 tells a script or a CI job that one was crossed. */
import { type ExitCode, exitCode } from "../../exit-code.ts";
import { duration, flag, rate, type Zod } from "../../flag.ts";

export interface Threshold {
  readonly name: "p99" | "rate" | "lost";
  readonly unit: "us" | "per second" | "messages";
  readonly limit: number;
  readonly value: number;
  readonly ok: boolean;
}

export const maxP99Flag = flag(duration().optional(), {
  about: "exit code 10 when the 99th percentile is above",
  value: "DURATION",
});

export const minRateFlag = flag(rate().optional(), {
  about: "exit code 10 below so many a second",
  value: "N",
});

export const thresholdsSchema = (z: Zod) =>
  z.array(
    z.object({
      name: z.enum(["p99", "rate", "lost"]),
      unit: z.enum(["us", "per second", "messages"]),
      limit: z.number(),
      value: z.number(),
      ok: z.boolean(),
    }),
  );

/** Those that were asked for. */
export function thresholdsOf(
  limits: { readonly maxP99?: number | undefined; readonly minRate?: number | undefined },
  values: { readonly p99Us: number; readonly perSecond: number },
): readonly Threshold[] {
  const found: Threshold[] = [];
  if (limits.maxP99 !== undefined) {
    const limit = limits.maxP99 * 1_000;
    const value = values.p99Us;
    found.push({ name: "p99", unit: "us", limit, value, ok: value <= limit });
  }
  if (limits.minRate !== undefined) {
    const limit = limits.minRate;
    const value = values.perSecond;
    found.push({ name: "rate", unit: "per second", limit, value, ok: value >= limit });
  }
  return found;
}

/** A note for each that was crossed. */
export function crossed(thresholds: readonly Threshold[]): readonly string[] {
  return thresholds
    .filter(({ ok }) => !ok)
    .map(({ name, unit, limit, value }) => {
      const side = name === "rate" ? "below" : "above";
      return unit === "us"
        ? `${name} ${(value / 1_000).toFixed(2)} ms is ${side} ${(limit / 1_000).toFixed(2)} ms`
        : `${name} ${value} is ${side} ${limit}${unit === "messages" ? "" : ` ${unit}`}`;
    });
}

/** What a measurement ends with. */
export function exitOfThresholds(
  thresholds: readonly Threshold[],
  { isAborted }: { readonly isAborted: boolean },
): ExitCode | undefined {
  if (isAborted) {
    return exitCode.interrupted;
  }
  return thresholds.every(({ ok }) => ok) ? undefined : exitCode.unhealthy;
}
