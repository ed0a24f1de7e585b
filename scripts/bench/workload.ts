/** The loads that contenders are put under, and how each of the two clients is told to make them. */
import type { Durability, LoadClient, RowId, WorkloadId } from "./options.ts";

export interface Workload {
  readonly id: WorkloadId;
  readonly title: string;
  /**
   * What counts: throughput and processor time of sends, throughput of reading, or the latency at a rate that is no
   * strain.
   */
  readonly kind: "throughput" | "reading" | "latency";
  /** What each client is told; one that is missing does not run the load. */
  readonly arguments: Readonly<Partial<Record<LoadClient, readonly string[]>>>;
  /** Only these classes; both when absent. */
  readonly durabilities?: readonly Durability[];
  /** Compared with another load of `mq` or with a number: peers have nothing to say. */
  readonly isOursAlone?: boolean;
  /** The load of ours that this one is set beside. */
  readonly reference?: WorkloadId;
  /** Of this length, without a warm-up. */
  readonly burstMs?: number;
  /** Topics that are made before; the client names them after the load's topic. */
  readonly topicCount?: number;
  /** Needs a topic full of messages that are not in memory: to read them, or to be disturbed by who reads them. */
  readonly backlog?: "read" | "beside";
}

/** Threads that submit: the official client needs several to keep its one connection busy. */
const batchSenders = "8";
const asyncSubmitters = "4";
/** Of eight queues each. */
const manyTopics = 1_250;

export const workloads: readonly Workload[] = [
  {
    id: "sync64",
    title: "64 synchronous senders, 1 KiB",
    kind: "throughput",
    arguments: {
      java: ["--mode", "sync", "--senders", "64", "--size", "1024"],
      mq: ["--senders", "64", "--size", "1K"],
    },
  },
  {
    id: "async1024",
    title: "1,024 in flight, 1 KiB",
    kind: "throughput",
    arguments: {
      java: ["--mode", "async", "--senders", asyncSubmitters, "--window", "1024", "--size", "1024"],
      mq: ["--window", "1024", "--size", "1K"],
    },
  },
  {
    id: "batch32",
    title: "batches of 32 x 100 B",
    kind: "throughput",
    arguments: {
      java: ["--mode", "batch", "--senders", batchSenders, "--batch", "32", "--size", "100"],
      mq: ["--senders", batchSenders, "--batch", "32", "--size", "100"],
    },
  },
  {
    id: "batch512",
    title: "batches of 512 x 100 B",
    kind: "throughput",
    arguments: {
      java: ["--mode", "batch", "--senders", batchSenders, "--batch", "512", "--size", "100"],
      mq: ["--senders", batchSenders, "--batch", "512", "--size", "100"],
    },
  },
  {
    id: "burst512",
    title: "5 s of batches of 512 x 100 B",
    kind: "throughput",
    arguments: { mq: ["--senders", batchSenders, "--batch", "512", "--size", "100"] },
    durabilities: ["async"],
    isOursAlone: true,
    burstMs: 5_000,
  },
  {
    id: "queues10k",
    title: "1,024 in flight over 10,000 queues, 1 KiB",
    kind: "throughput",
    arguments: { mq: ["--topics", String(manyTopics), "--window", "1024", "--size", "1K"] },
    isOursAlone: true,
    reference: "async1024",
    topicCount: manyTopics,
  },
  {
    id: "paced",
    title: "1,000 a second, open loop, 1 KiB",
    kind: "latency",
    arguments: {
      java: ["--mode", "paced", "--rate", "1000", "--size", "1024"],
      mq: ["--window", "1024", "--rate", "1000", "--size", "1K"],
    },
  },
  {
    id: "tail",
    title: "1,000 a second to a push consumer, 1 KiB",
    kind: "latency",
    arguments: { java: ["--mode", "tail", "--rate", "1000", "--size", "1024"] },
  },
  {
    id: "backlog",
    title: "a cold backlog of 1 KiB messages",
    kind: "reading",
    arguments: { java: ["--mode", "drain"], mq: ["--batch", "256"] },
    durabilities: ["async"],
    backlog: "read",
  },
  {
    id: "catchup",
    title: "1,000 a second beside a reader that catches up",
    kind: "latency",
    arguments: { mq: ["--window", "1024", "--rate", "1000", "--size", "1K"] },
    isOursAlone: true,
    reference: "paced",
    backlog: "beside",
  },
];

/** The loads of the rows, and those that they are set beside: without these they would have no verdict. */
export function workloadsFor(rows: readonly RowId[]): readonly Workload[] {
  const wanted = new Set<RowId>(rows);
  for (const { id, reference } of workloads) {
    if (reference !== undefined && rows.includes(id)) {
      wanted.add(reference);
    }
  }
  return workloads.filter(({ id }) => wanted.has(id));
}
