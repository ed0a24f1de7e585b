/** `mqadmin topicList`: names of topics, with `-c` also their cluster and who consumes them. */

import { front } from "../java-format.ts";
import { hashOrder } from "../java-order.ts";
import { toggled } from "../option.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { brokersOfTopic } from "../targets.ts";

const ownTopics = /^%(RETRY|DLQ)%/;

export const subcommand: Subcommand = {
  options: [toggled("c", "clusterModel", "with clusters and consumer groups")],
  spelling: () => "topic list",
  async run(call) {
    const names = await call.client.admin.topics.names();
    const topics = hashOrder(names, (name) => name);
    if (call.line.has("c")) {
      await printGroups(call, topics);
    } else {
      for (const topic of topics) {
        call.printer.row("%s%n", { topic });
      }
    }
    return undefined;
  },
};

async function printGroups(call: AdminCall, topics: readonly string[]): Promise<void> {
  const { client, printer } = call;
  const { clusters } = await client.admin.cluster.describe();
  const clustersByHash = hashOrder([...clusters], ([name]) => name);
  printer.print("%-20s  %-48s  %-48s%n", "#Cluster Name", "#Topic", "#Consumer Group");
  for (const topic of topics.filter((name) => !ownTopics.test(name))) {
    // As the official tool: a topic that cannot be asked about keeps its line.
    const route = await client.admin.topics.route(topic).catch(() => undefined);
    const first = route?.brokers[0]?.brokerName ?? "";
    const cluster = clustersByHash.find(([, brokers]) => brokers.includes(first))?.[0] ?? "";
    const groups = await groupsOf(call, topic).catch(() => []);
    for (const group of groups.length === 0 ? [""] : groups) {
      printer.row("%-20s  %-64s  %-64s%n", {
        cluster: front(cluster, 20),
        topic: front(topic, 64),
        group: front(group, 64),
      });
    }
  }
}

/** As the first of the topic's brokers knows them. */
async function groupsOf({ client }: AdminCall, topic: string): Promise<readonly string[]> {
  const [address] = await brokersOfTopic(client, topic);
  const groups = address === undefined ? [] : await client.admin.topics.groups(address, topic);
  return hashOrder(groups, (group) => group);
}
