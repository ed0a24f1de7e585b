/** A broker under test: `mq`, or a version of RocketMQ, in one of the two durability classes. */
import type { Durability } from "./options.ts";

export interface RunningContender {
  /** HOST:PORT that clients are given. */
  readonly nameserver: string;
  readonly brokerPort: number;
  /** The process that handles messages; its processor time and written bytes are charged. */
  readonly brokerPids: readonly number[];
  /** All processes that an operator has to run, whose memory counts. */
  readonly allPids: readonly number[];
  readonly storeFolder: string;
  /** From exec of the broker on an empty store to its first acknowledged send. */
  readonly startMs: number;
  /** Ends all processes and removes the store. */
  stop(): Promise<void>;
}

export interface Contender {
  /** "mq", or the version of RocketMQ. */
  readonly name: string;
  readonly durability: Durability;
  /** The setting that makes the class, as its operator would write it. */
  readonly setting: string;
  start(): Promise<RunningContender>;
}

export const ourName = "mq";
