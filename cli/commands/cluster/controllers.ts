/** RocketMQ's controllers, which say who leads each broker: the flag that names one, and what they know of a broker. */
import type { Client } from "../../../src/client/index.ts";
import { notFound } from "../../command-error.ts";
import type { Lack } from "../../rocketmq-only.ts";

export const controllerDetails = {
  about: "a controller; its leader is asked",
  value: "HOST:PORT",
} as const;

export const controllersLack: Lack = {
  why: "mq has no controllers and no epochs",
  instead: "RocketMQ 5 has them, with enableControllerMode=true in its brokers' files",
};

type SyncState = Awaited<ReturnType<Client["admin"]["controllers"]["syncStates"]>>[number];

export interface ControlledReplicaState {
  readonly id: number;
  readonly address: string | undefined;
  readonly isLeader: boolean;
  readonly isInSync: boolean;
  readonly isAlive: boolean;
}

/** By id. */
export function replicasOf({
  leaderId,
  inSync,
  notInSync,
}: SyncState): readonly ControlledReplicaState[] {
  const all = [...inSync, ...notInSync].map((replica) => ({
    id: replica.brokerId,
    address: replica.address,
    isLeader: replica.brokerId === leaderId,
    isInSync: inSync.includes(replica),
    isAlive: replica.isAlive,
  }));
  return all.sort((left, right) => left.id - right.id);
}

/** What the controllers know of one broker. Throws CommandError `MQ-E-NOTFOUND` where they know nothing. */
export async function syncStateOf(
  { admin }: Client,
  controller: string,
  broker: string,
): Promise<SyncState> {
  const states = await admin.controllers.syncStates(controller, [broker]);
  const found = states.find(({ brokerName }) => brokerName === broker);
  if (found === undefined || found.inSync.length + found.notInSync.length === 0) {
    throw notFound(
      `the controllers know no broker '${broker}'`,
      "mq broker list shows the names; a broker tells its controllers when it starts in controller mode",
    );
  }
  return found;
}
