/** Latencies as the reports of `mq bench` print them: whole microseconds. */
import type { Latencies } from "../../../src/client/index.ts";
import type { Zod } from "../../flag.ts";

/** How a report describes them. */
export const latencyShape = (z: Zod) =>
  ({
    meanUs: z.number(),
    p50Us: z.number(),
    p90Us: z.number(),
    p99Us: z.number(),
    p999Us: z.number(),
    maxUs: z.number(),
  }) as const;

export type LatencyFields = { readonly [Name in keyof ReturnType<typeof latencyShape>]: number };

/** The fields of a report. */
export function latencyFields(latencies: Latencies): LatencyFields {
  const us = (ms: number): number => Math.round(ms * 1_000);
  return {
    meanUs: us(latencies.meanMs),
    p50Us: us(latencies.percentileMs(0.5)),
    p90Us: us(latencies.percentileMs(0.9)),
    p99Us: us(latencies.percentileMs(0.99)),
    p999Us: us(latencies.percentileMs(0.999)),
    maxUs: us(latencies.maxMs),
  };
}

const showMs = (value: unknown): string => `${(Number(value) / 1_000).toFixed(2)} ms`;

/** For people: milliseconds. */
export const latencyColumns = [
  { key: "meanUs", head: "mean", show: showMs },
  { key: "p50Us", head: "p50", show: showMs },
  { key: "p90Us", head: "p90", show: showMs },
  { key: "p99Us", head: "p99", show: showMs },
  { key: "p999Us", head: "p99.9", show: showMs },
  { key: "maxUs", head: "max", show: showMs },
];
