/** Which replicas of brokers are in step, as a controller knows it (1006). */
import type { JsonObject } from "../json.ts";
import {
  asObject,
  flag,
  integer,
  list,
  member,
  optionalText,
  parseObject,
  table,
} from "../json-members.ts";

export interface ControlledReplica {
  readonly brokerName: string | undefined;
  readonly brokerId: number;
  readonly address: string | undefined;
  readonly isAlive: boolean;
}

export interface SyncState {
  readonly brokerName: string;
  /** Undefined while there is no leader. */
  readonly leaderId: number | undefined;
  readonly leaderAddress: string | undefined;
  readonly leaderEpoch: number;
  readonly syncStateEpoch: number;
  readonly inSync: readonly ControlledReplica[];
  readonly notInSync: readonly ControlledReplica[];
}

/** By broker, in the order of the body. */
export function decodeSyncStates(source: Buffer, start: number, end: number): readonly SyncState[] {
  const rows = table(parseObject(source, start, end), "replicasInfoTable");
  return [...rows].map(([brokerName, value]) => {
    const object = asObject(value, brokerName);
    return {
      brokerName,
      leaderId:
        member(object, "masterBrokerId") === undefined
          ? undefined
          : integer(object, "masterBrokerId"),
      leaderAddress: optionalText(object, "masterAddress"),
      leaderEpoch: integer(object, "masterEpoch", 0),
      syncStateEpoch: integer(object, "syncStateSetEpoch", 0),
      inSync: replicas(object, "inSyncReplicas"),
      notInSync: replicas(object, "notInSyncReplicas"),
    };
  });
}

function replicas(object: JsonObject, name: string): readonly ControlledReplica[] {
  return list(object, name).map((each) => {
    const replica = asObject(each, name);
    return {
      brokerName: optionalText(replica, "brokerName"),
      brokerId: integer(replica, "brokerId"),
      address: optionalText(replica, "brokerAddress"),
      isAlive: flag(replica, "alive", false),
    };
  });
}
