/** What rows have to reach. Between durability classes only the rate of single messages is judged. */
import type { Durability, LoadClient, WorkloadId } from "./options.ts";

/** Of our figure against the better peer's (or another one of ours), or of the figure itself. */
export interface Bound {
  readonly of: "ratio" | "value";
  readonly min?: number;
  readonly max?: number;
  /** Met as well when the device wrote at this share of what the machine can write in this run. */
  readonly orWriteShareMin?: number;
}

export interface Judged {
  readonly workload: WorkloadId;
  readonly client: LoadClient;
  readonly durability: Durability;
  readonly isAcrossClasses: boolean;
}

const singles: readonly WorkloadId[] = ["sync64", "async1024"];
/** Header, topic and properties of a message of 1 KiB come on top of its body. */
const singleRecordBytes = 1_250;

export function rateBound(judged: Judged): Bound | undefined {
  const { workload, client, durability, isAcrossClasses } = judged;
  if (isAcrossClasses) {
    return singles.includes(workload) ? { of: "ratio", min: 1 } : undefined;
  }
  if (workload === "burst512") {
    return { of: "value", min: 800_000 };
  }
  if (workload === "batch512") {
    return { of: "ratio", min: 1.3, orWriteShareMin: 0.9 };
  }
  if (durability === "sync") {
    return singles.includes(workload) ? { of: "ratio", min: 1.5 } : undefined;
  }
  if (client === "java" && singles.includes(workload)) {
    return { of: "ratio", min: workload === "sync64" ? 1.2 : 1.5 };
  }
  return undefined;
}

export function processorBound(judged: Judged): Bound | undefined {
  if (judged.isAcrossClasses) {
    return undefined;
  }
  const isDurableSingle = judged.durability === "sync" && singles.includes(judged.workload);
  return { of: "ratio", max: isDurableSingle ? 0.4 : 0.5 };
}

export function deviceBound(judged: Judged): Bound | undefined {
  const { workload, durability, isAcrossClasses } = judged;
  return durability === "sync" && !isAcrossClasses && singles.includes(workload)
    ? { of: "value", max: 3 * singleRecordBytes }
    : undefined;
}

export function latencyBound(judged: Judged): Bound | undefined {
  return judged.isAcrossClasses ? undefined : { of: "ratio", max: 0.5 };
}

/** In megabytes of bodies a second. */
export function readingBound(judged: Judged): Bound | undefined {
  if (judged.isAcrossClasses) {
    return undefined;
  }
  return judged.client === "java" ? { of: "ratio", min: 1 } : { of: "value", min: 180 };
}

/** Against the same load over eight queues. */
export const manyQueuesBound: Bound = { of: "ratio", min: 0.9 };
/** Against the same load without a reader. */
export const besideReaderBound: Bound = { of: "ratio", max: 2 };
export const memoryBound: Bound = { of: "ratio", max: 1 / 8 };
export const startBound: Bound = { of: "ratio", max: 1 / 50 };
