/** `mqadmin topicClusterList`: clusters that the first broker of a topic belongs to. */
import { hashOrder } from "../java-order.ts";
import { required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";

export const subcommand: Subcommand = {
  options: [required("t", "topic", "name of the topic")],
  spelling: (line) => `topic route ${line.text("t")}`,
  async run({ client, line, printer }) {
    const { clusters } = await client.admin.cluster.describe();
    const { brokers } = await client.admin.topics.route(line.text("t"));
    const first = brokers[0]?.brokerName ?? "";
    const found = [...clusters].filter(([, names]) => names.includes(first));
    for (const [cluster] of hashOrder(found, ([name]) => name)) {
      printer.row("%s%n", { cluster });
    }
    return undefined;
  },
};
