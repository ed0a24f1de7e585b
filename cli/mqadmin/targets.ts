/** Which brokers a subcommand is for, in the order in which the official tool would ask them. */
import type { Admin, Client } from "../../src/client/index.ts";
import { type CommandError, notFound, usageError } from "../command-error.ts";
import { hashOrder, setOrder } from "./java-order.ts";
import type { AdminCall } from "./subcommand.ts";

type Cluster = Awaited<ReturnType<Admin["cluster"]["describe"]>>;
type Broker = Cluster["brokers"][number];

/** The brokers of one cluster. Throws CommandError `MQ-E-NOTFOUND` for a cluster that nobody knows. */
export async function brokersOfCluster(
  client: Client,
  clusterName: string,
): Promise<readonly Broker[]> {
  const { brokers, clusters } = await client.admin.cluster.describe();
  const names = clusters.get(clusterName);
  if (names === undefined) {
    throw notFound(
      `no cluster is named '${clusterName}'`,
      "mq mqadmin clusterList shows those that there are",
    );
  }
  return hashOrder(names, (name) => name).flatMap(
    (name) => brokers.find(({ brokerName }) => brokerName === name) ?? [],
  );
}

/** Addresses of the leaders of one cluster. Throws as `brokersOfCluster`. */
export async function leadersOfCluster(
  client: Client,
  clusterName: string,
): Promise<readonly string[]> {
  const brokers = await brokersOfCluster(client, clusterName);
  const addresses = brokers.flatMap(({ addresses }) => addresses.get(0) ?? []);
  return setOrder(addresses);
}

/** Addresses of leaders and replicas of one cluster. Throws as `brokersOfCluster`. */
export async function replicasOfCluster(
  client: Client,
  clusterName: string,
): Promise<readonly string[]> {
  const brokers = await brokersOfCluster(client, clusterName);
  return setOrder(brokers.flatMap(inOrderOfIds));
}

function inOrderOfIds({ addresses }: Broker): readonly string[] {
  return [...addresses].sort(([left], [right]) => left - right).map(([, address]) => address);
}

/** The broker of `-b`, or the leaders of the cluster of `-c`. Throws CommandError where neither is given. */
export async function chosenLeaders({ client, line }: AdminCall): Promise<readonly string[]> {
  const address = line.value("b");
  if (address !== undefined) {
    return [address];
  }
  const cluster = line.value("c");
  if (cluster === undefined) {
    throw clusterOrBrokerMissing();
  }
  return await leadersOfCluster(client, cluster);
}

/** For subcommands that are for a broker or a cluster, and were given neither. */
export function clusterOrBrokerMissing(): CommandError {
  return usageError("-b or -c is missing", "mq mqadmin help SUBCOMMAND shows both");
}

/** The official tool collects a cluster's leaders in a table of this size. */
const leaderBuckets = 4;

export interface LeaderWithReplicas {
  /** Undefined where the replicas have none. */
  readonly leader: string | undefined;
  readonly replicas: readonly string[];
}

/** All brokers of a cluster by their leaders. Throws as `brokersOfCluster`. */
export async function replicasByLeader(
  client: Client,
  clusterName: string,
): Promise<readonly LeaderWithReplicas[]> {
  const brokers = await brokersOfCluster(client, clusterName);
  const rows = brokers.map(({ addresses }) => ({
    leader: addresses.get(0),
    replicas: [...addresses].filter(([id]) => id !== 0).map(([, address]) => address),
  }));
  return hashOrder(rows, ({ leader }) => leader ?? noLeader, leaderBuckets);
}

/** What stands for a leader that is not there. */
export const noLeader = "NO_MASTER";

/** Brokers with the line that the official tool puts above what it prints of each: that of `-b`, or those of `-c`. */
export async function eachReplica({
  client,
  line,
}: AdminCall): Promise<readonly { readonly address: string; readonly title: string }[]> {
  const address = line.value("b");
  if (address !== undefined) {
    return [{ address, title: `============${address}============` }];
  }
  const cluster = line.value("c");
  if (cluster === undefined) {
    throw clusterOrBrokerMissing();
  }
  return (await replicasByLeader(client, cluster)).flatMap(({ leader, replicas }) => [
    ...(leader === undefined
      ? []
      : [{ address: leader, title: `============Master: ${leader}============` }]),
    ...replicas.map((replica) => ({
      address: replica,
      title: `============My Master: ${leader ?? noLeader}=====Slave: ${replica}============`,
    })),
  ]);
}

/** As `chosenLeaders`, but with the replicas of the cluster as well. */
export async function chosenReplicas(call: AdminCall): Promise<readonly string[]> {
  const { client, line } = call;
  return line.has("b") || !line.has("c")
    ? await chosenLeaders(call)
    : await replicasOfCluster(client, line.text("c"));
}

/** Addresses of the leader and the replicas of one broker. Throws CommandError `MQ-E-NOTFOUND`. */
export async function replicasOfBroker(
  client: Client,
  brokerName: string,
): Promise<readonly string[]> {
  const { brokers } = await client.admin.cluster.describe();
  const found = brokers.find((broker) => broker.brokerName === brokerName);
  if (found === undefined) {
    throw notFound(`no nameserver knows a broker '${brokerName}'`);
  }
  return setOrder(inOrderOfIds(found));
}

/** Addresses of the brokers that serve a topic: their leaders, or whoever is there without one. Throws ClientError. */
export async function brokersOfTopic(client: Client, topic: string): Promise<readonly string[]> {
  const { brokers } = await client.admin.topics.route(topic);
  return brokers.flatMap(({ addresses }) => addresses.get(0) ?? [...addresses.values()][0] ?? []);
}

/** The name of the broker at an address. Throws CommandError `MQ-E-NOTFOUND`. */
export async function brokerNameAt(client: Client, address: string): Promise<string> {
  const { brokers } = await client.admin.cluster.describe();
  const found = brokers.find(({ addresses }) => [...addresses.values()].includes(address));
  if (found === undefined) {
    throw notFound(`no nameserver knows a broker at ${address}`);
  }
  return found.brokerName;
}
