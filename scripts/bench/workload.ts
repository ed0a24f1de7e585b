/** The loads that every contender is put under, and how each of the two clients is told to make them. */
import type { WorkloadId } from "./options.ts";

export interface Workload {
  readonly id: WorkloadId;
  readonly title: string;
  /** What counts: throughput and processor time, or the latency at a rate that is no strain. */
  readonly kind: "throughput" | "latency";
  /** Messages that one request carries. */
  readonly messagesPerSend: number;
  /** Upper bound that the issue sets for broker CPU a message against the better peer. */
  readonly cpuRatioMax: number | undefined;
  /** Arguments of the Java client. */
  readonly java: readonly string[];
  /** Arguments of `mq bench produce`. */
  readonly mq: readonly string[];
}

/** Threads that submit: the official client needs several to keep its one connection busy. */
const batchSenders = "8";
const asyncSubmitters = "4";

export const workloads: readonly Workload[] = [
  {
    id: "sync64",
    title: "64 synchronous senders, 1 KiB",
    kind: "throughput",
    messagesPerSend: 1,
    cpuRatioMax: 0.5,
    java: ["--mode", "sync", "--senders", "64", "--size", "1024"],
    mq: ["--senders", "64", "--size", "1K"],
  },
  {
    id: "async1024",
    title: "1,024 in flight, 1 KiB",
    kind: "throughput",
    messagesPerSend: 1,
    cpuRatioMax: 0.5,
    java: ["--mode", "async", "--senders", asyncSubmitters, "--window", "1024", "--size", "1024"],
    mq: ["--window", "1024", "--size", "1K"],
  },
  {
    id: "batch32",
    title: "batches of 32 x 100 B",
    kind: "throughput",
    messagesPerSend: 32,
    cpuRatioMax: 0.5,
    java: ["--mode", "batch", "--senders", batchSenders, "--batch", "32", "--size", "100"],
    mq: ["--senders", batchSenders, "--batch", "32", "--size", "100"],
  },
  {
    id: "batch512",
    title: "batches of 512 x 100 B",
    kind: "throughput",
    messagesPerSend: 512,
    cpuRatioMax: 0.8,
    java: ["--mode", "batch", "--senders", batchSenders, "--batch", "512", "--size", "100"],
    mq: ["--senders", batchSenders, "--batch", "512", "--size", "100"],
  },
  {
    id: "paced",
    title: "1,000 a second, open loop, 1 KiB",
    kind: "latency",
    messagesPerSend: 1,
    cpuRatioMax: undefined,
    java: ["--mode", "paced", "--rate", "1000", "--size", "1024"],
    mq: ["--window", "1024", "--rate", "1000", "--size", "1K"],
  },
];
