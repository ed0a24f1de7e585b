/** All that a broker of RocketMQ says of its replication (907): a leader of each replica, a replica of its leader. */
import type { JsonValue } from "../json.ts";
import {
  asObject,
  flag,
  integer,
  list,
  optionalText,
  parseObject,
  table,
} from "../json-members.ts";

export interface ReplicaProgress {
  readonly address: string;
  /** Up to where the replica has the log. */
  readonly ackOffset: number;
  /** Bytes that it lacks. */
  readonly diff: number;
  readonly isInSync: boolean;
  readonly bytesPerSecond: number;
  /** Where it began to be sent the log. */
  readonly fromOffset: number;
}

/** What a replica knows of its leader. Times are milliseconds since 1970. */
export interface LeaderProgress {
  readonly address: string | undefined;
  readonly logMaxOffset: number;
  readonly bytesPerSecond: number;
  readonly readAtMs: number;
  readonly wroteAtMs: number;
  readonly flushedOffset: number;
}

export interface Replication {
  readonly isLeader: boolean;
  readonly logMaxOffset: number;
  readonly inSyncReplicaCount: number;
  readonly replicas: readonly ReplicaProgress[];
  readonly leader: LeaderProgress;
}

export function decodeReplication(source: Buffer, start: number, end: number): Replication {
  const object = parseObject(source, start, end);
  const leader = table(object, "haClientRuntimeInfo");
  return {
    isLeader: flag(object, "master", false),
    logMaxOffset: integer(object, "masterCommitLogMaxOffset", 0),
    inSyncReplicaCount: integer(object, "inSyncSlaveNums", 0),
    replicas: list(object, "haConnectionInfo").map(readReplica),
    leader: {
      address: optionalText(leader, "masterAddr"),
      logMaxOffset: integer(leader, "maxOffset", 0),
      bytesPerSecond: integer(leader, "transferredByteInSecond", 0),
      readAtMs: integer(leader, "lastReadTimestamp", 0),
      wroteAtMs: integer(leader, "lastWriteTimestamp", 0),
      flushedOffset: integer(leader, "masterFlushOffset", 0),
    },
  };
}

function readReplica(value: JsonValue): ReplicaProgress {
  const row = asObject(value, "a replica");
  return {
    address: optionalText(row, "addr") ?? "",
    ackOffset: integer(row, "slaveAckOffset", 0),
    diff: integer(row, "diff", 0),
    isInSync: flag(row, "inSync", false),
    bytesPerSecond: integer(row, "transferredByteInSecond", 0),
    fromOffset: integer(row, "transferFromWhere", 0),
  };
}
