/** The raw lines of a run: one for each load, each start and each reading of memory, printed as they come. */
import type { Durability, LoadClient, WorkloadId } from "./options.ts";

interface Measured {
  /** "mq", or the version of RocketMQ. */
  readonly contender: string;
  readonly durability: Durability;
  /** Which start of this contender, counted from 1. */
  readonly session: number;
  /** Why the figures should not count, if they should not: the machine was not this run's own. */
  readonly void?: string;
}

export interface LoadLine extends Measured {
  readonly kind: "load";
  readonly client: LoadClient;
  readonly workload: WorkloadId;
  readonly messages: number;
  readonly failures: number;
  readonly perSecond: number;
  /** Of bodies, where a backlog was read. */
  readonly megabytesPerSecond?: number;
  readonly cpuUsPerMessage: number;
  /** As the kernel charges the process: see process-usage.ts for what large folios do to it. */
  readonly writtenBytesPerMessage: number;
  /** As the device counts, whoever wrote. Absent where no device is to be seen. */
  readonly deviceBytesPerMessage?: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly p999Us: number;
  /** Of broker and nameserver at the end of the window: which load drives the memory of a session. */
  readonly anonymousBytes?: number;
  readonly brokerCores: number;
  readonly clientCores: number;
  readonly idleShare: number;
  readonly stealShare: number;
  /** Share of the machine that neither broker nor client used. */
  readonly othersShare: number;
}

export interface StartLine extends Measured {
  readonly kind: "start";
  readonly startMs: number;
}

export interface MemoryLine extends Measured {
  readonly kind: "memory";
  readonly idleAnonymousBytes: number;
  /** The most that was seen at the end of a load's window; 0 when no load ran. */
  readonly loadedAnonymousBytes: number;
}

export type RawLine = LoadLine | StartLine | MemoryLine;

/** Steal above this means that the host gave the processor to somebody else. */
const stealShareMax = 0.02;
/** Kernel threads write to the disk on a broker's behalf; more than this is somebody else's work. */
const othersShareMax = 0.15;

export function reasonToVoid(shares: {
  readonly stealShare: number;
  readonly othersShare: number;
}): string | undefined {
  if (shares.stealShare > stealShareMax) {
    return `steal ${(shares.stealShare * 100).toFixed(1)} %`;
  }
  if (shares.othersShare > othersShareMax) {
    return `other processes used ${(shares.othersShare * 100).toFixed(0)} % of the machine`;
  }
  return undefined;
}

/** Four significant digits: what comes behind them is noise, and raw lines are read by people too. */
export function roundFigures(line: RawLine): RawLine {
  return JSON.parse(
    JSON.stringify(line, (_key, value) =>
      typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value,
    ),
  );
}
