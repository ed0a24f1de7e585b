/** A broker's settings. One row a setting, with its default. */
import type { Address } from "../io/network.ts";

export interface BrokerOptions {
  readonly storeFolder: string;
  readonly listen: Address;
  /** The address in routes, records and message ids; the listening one when absent. */
  readonly advertise?: Address | undefined;
  readonly nameservers: readonly Address[];
  readonly brokerName?: string | undefined;
  readonly clusterName?: string | undefined;
  readonly brokerId?: number | undefined;
  readonly flush?: "sync" | "async" | undefined;
  readonly autoCreateTopics?: boolean | undefined;
  readonly autoCreateTopicsMax?: number | undefined;
  /** Queues of a topic that a send makes, when the client asks for more or says nothing. */
  readonly autoCreateQueueCount?: number | undefined;
  readonly autoCreateGroups?: boolean | undefined;
  /** Delays by level, as `1s 5s 10m …`; RocketMQ's when absent. */
  readonly messageDelayLevel?: string | undefined;
  readonly segmentBytes?: number | undefined;
  /** Segments of the log go when all their records are older, in hours; 0: age does not matter. */
  readonly reservedHours?: number | undefined;
  /** The oldest segments go while the log has more bytes; 0: no bound. */
  readonly logBytesMax?: number | undefined;
  /** The oldest segments go while more per cent of the disk are used; 0: no bound. */
  readonly cleanDiskPercent?: number | undefined;
  /** Sends are refused while more per cent of the disk are used; 0: no bound. */
  readonly refuseDiskPercent?: number | undefined;
  /** While more bytes are free, neither percentage matters; 0: they always do. */
  readonly ampleDiskBytes?: number | undefined;
  readonly connectionsMax?: number | undefined;
  /** Listen two ports below as well, where clients of up to 4.4 send everything but pulls. */
  readonly vipPort?: boolean | undefined;
  /** Listen beyond loopback although nobody is asked who they are. */
  readonly insecureListen?: boolean | undefined;
  /** Answer admin requests beyond loopback. */
  readonly adminOnDataPort?: boolean | undefined;
}

/** The settings that services ask for, with defaults filled in. Operators may change some while the broker runs. */
export interface BrokerConfig {
  readonly brokerName: string;
  readonly clusterName: string;
  readonly brokerId: number;
  readonly autoCreateTopics: boolean;
  readonly autoCreateTopicsMax: number;
  readonly autoCreateQueueCount: number;
  readonly autoCreateGroups: boolean;
  /** Milliseconds by delay level − 1. */
  readonly delayLevelsMs: readonly number[];
  /** What the broker lets anybody do: bits of a topic's permission. Masks every topic's. */
  readonly brokerPerm: number;
  /** A group is moved by setting its offsets here, not by telling its consumers to move. */
  readonly setsResetOffsets: boolean;
}
