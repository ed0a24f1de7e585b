/** What a leader says of its replicas (907). */
import { encodeJson } from "../json.ts";
import { flag, integer, list, objectOf, parseObject } from "../json-members.ts";

export interface HaStatus {
  readonly isLeader: boolean;
  readonly logMaxOffset: number;
  readonly inSyncReplicaCount: number;
  /** Connected replicas; what each of them is told has no place here until there are some. */
  readonly replicaCount: number;
}

/** A leader without replicas: nobody connected, nothing received. */
export function encodeHaStatus(status: HaStatus): Buffer {
  return encodeJson(
    objectOf([
      [
        "haClientRuntimeInfo",
        objectOf([
          ["lastReadTimestamp", 0],
          ["lastWriteTimestamp", 0],
          ["masterFlushOffset", 0],
          ["maxOffset", 0],
          ["transferredByteInSecond", 0],
        ]),
      ],
      ["haConnectionInfo", []],
      ["inSyncSlaveNums", status.inSyncReplicaCount],
      ["master", status.isLeader],
      ["masterCommitLogMaxOffset", status.logMaxOffset],
    ]),
  );
}

export function decodeHaStatus(source: Buffer, start: number, end: number): HaStatus {
  const object = parseObject(source, start, end);
  return {
    isLeader: flag(object, "master", false),
    logMaxOffset: integer(object, "masterCommitLogMaxOffset", 0),
    inSyncReplicaCount: integer(object, "inSyncSlaveNums", 0),
    replicaCount: list(object, "haConnectionInfo").length,
  };
}
