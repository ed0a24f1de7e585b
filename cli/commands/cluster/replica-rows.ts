/** Leaders and replicas of brokers, as the leaders or the controllers tell of them. */
import { type Client, gather } from "../../../src/client/index.ts";
import type { MissingPart } from "../../render/listing.ts";
import { isUnknownRequest } from "../../rocketmq-only.ts";
import type { BrokerProcess } from "./all-brokers.ts";
import { missingParts } from "./chosen-brokers.ts";
import { replicasOf } from "./controllers.ts";

export interface ReplicaRow {
  readonly broker: string;
  readonly role: "leader" | "replica";
  /** Null for a connection to the leader that belongs to no replica that is registered. */
  readonly id: number | null;
  readonly address: string;
  /** Null where nobody tells. */
  readonly isInSync: boolean | null;
  readonly behindBytes: number | null;
  /** Told by controllers only, as `epoch`. */
  readonly isAlive: boolean | null;
  readonly epoch: number | null;
}

/** What the controllers know of the brokers, by name. */
export async function toldByController(
  { admin }: Client,
  controller: string,
  brokers: readonly string[],
): Promise<readonly ReplicaRow[]> {
  const states = await admin.controllers.syncStates(controller, brokers);
  return states
    .toSorted((left, right) => (left.brokerName < right.brokerName ? -1 : 1))
    .flatMap((state) =>
      replicasOf(state).map(({ id, address, isLeader, isInSync, isAlive }) => ({
        broker: state.brokerName,
        role: isLeader ? "leader" : "replica",
        id,
        address: address ?? "",
        isInSync,
        behindBytes: null,
        isAlive,
        epoch: state.leaderEpoch,
      })),
    );
}

/** What each leader knows of those who read from it, held against the replicas that are registered. */
export async function toldByLeaders(
  client: Client,
  processes: readonly BrokerProcess[],
): Promise<{ readonly rows: readonly ReplicaRow[]; readonly missing: readonly MissingPart[] }> {
  const leaders = processes.filter(({ brokerId }) => brokerId === 0);
  const { answers, failures } = await gather(leaders, ({ address }) => readers(client, address));
  const rows = [...new Set(processes.map(({ brokerName }) => brokerName))].flatMap((broker) => {
    const ofBroker = processes.filter(({ brokerName }) => brokerName === broker);
    const told = answers.find((answer) => ofBroker.includes(answer.broker))?.value;
    const replicas = ofBroker.filter(({ brokerId }) => brokerId !== 0);
    return [
      ...ofBroker
        .filter(({ brokerId }) => brokerId === 0)
        .map((leader) => row(leader, told === undefined ? undefined : { isInSync: true, diff: 0 })),
      ...(told === undefined
        ? replicas.map((replica) => row(replica, undefined))
        : matched(broker, replicas, told)),
    ];
  });
  return { rows, missing: missingParts(failures) };
}

interface Reader {
  readonly address: string;
  readonly isInSync: boolean;
  readonly diff: number;
}

/** Undefined from brokers before RocketMQ 5, which do not tell. */
async function readers({ admin }: Client, leader: string): Promise<readonly Reader[] | undefined> {
  try {
    return (await admin.brokers.replication(leader)).replicas;
  } catch (error) {
    if (isUnknownRequest(error)) {
      return undefined;
    }
    throw error;
  }
}

/** Who reads does so from a port of its own: a replica is known by its host. */
function matched(
  broker: string,
  replicas: readonly BrokerProcess[],
  told: readonly Reader[],
): readonly ReplicaRow[] {
  const others = [...told];
  const rows = replicas.map((replica) => {
    const at = others.findIndex(({ address }) => hostOf(address) === hostOf(replica.address));
    const [reader] = at < 0 ? [] : others.splice(at, 1);
    return row(replica, reader ?? { isInSync: false, diff: null });
  });
  return [
    ...rows,
    ...others.map(({ address, isInSync, diff }) => ({
      ...{ broker, role: "replica" as const, id: null, address },
      ...{ isInSync, behindBytes: diff, isAlive: null, epoch: null },
    })),
  ];
}

function row(
  { brokerName, brokerId, address }: BrokerProcess,
  told: { readonly isInSync: boolean; readonly diff: number | null } | undefined,
): ReplicaRow {
  return {
    broker: brokerName,
    role: brokerId === 0 ? "leader" : "replica",
    id: brokerId,
    address,
    isInSync: told?.isInSync ?? null,
    behindBytes: told?.diff ?? null,
    isAlive: null,
    epoch: null,
  };
}

function hostOf(address: string): string {
  return address.slice(0, Math.max(0, address.lastIndexOf(":")));
}
