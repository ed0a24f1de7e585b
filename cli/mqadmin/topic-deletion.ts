/** Drops a topic on the brokers of a cluster and at the nameservers, as deleteTopic and deleteSubGroup do. */
import type { Client } from "../../src/client/index.ts";
import type { AdminCall } from "./subcommand.ts";
import { leadersOfCluster } from "./targets.ts";

/** Throws what the first broker or nameserver says that refuses. */
export async function deleteTopicEverywhere(
  { client, printer }: AdminCall,
  topic: string,
  clusterName: string,
): Promise<void> {
  for (const address of await leadersOfCluster(client, clusterName)) {
    await client.admin.topics.delete(address, topic);
    printer.item({ topic, broker: address });
  }
  printer.print("delete topic [%s] from cluster [%s] success.%n", topic, clusterName);
  for (const nameserver of client.admin.cluster.nameservers) {
    await client.admin.topics.deleteRoute(nameserver, topic, clusterName);
    printer.item({ topic, nameserver });
  }
  printer.print("delete topic [%s] from NameServer success.%n", topic);
}

/** The same without a word, for the topics of a deleted group. */
export async function deleteTopicQuietly(
  client: Client,
  topic: string,
  clusterName: string,
): Promise<void> {
  for (const address of await leadersOfCluster(client, clusterName)) {
    await client.admin.topics.delete(address, topic);
  }
  for (const nameserver of client.admin.cluster.nameservers) {
    await client.admin.topics.deleteRoute(nameserver, topic, clusterName);
  }
}
