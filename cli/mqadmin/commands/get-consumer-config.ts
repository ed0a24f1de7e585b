/** `mqadmin getConsumerConfig`: the settings of a consumer group on every broker that has it. */
import { groupFields } from "../group-text.ts";
import { hashOrder } from "../java-order.ts";
import { required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";

export const subcommand: Subcommand = {
  options: [required("g", "groupName", "name of the group")],
  spelling: (line) => `group describe ${line.text("g")}`,
  async run({ client, line, printer }) {
    const { brokers } = await client.admin.cluster.describe();
    for (const broker of hashOrder(brokers, ({ brokerName }) => brokerName)) {
      const address = broker.addresses.get(0) ?? [...broker.addresses.values()][0] ?? "";
      const config = await client.admin.groups.config(address, line.text("g"));
      if (config === undefined) {
        continue;
      }
      const { clusterName, brokerName } = broker;
      const rule = "=".repeat(29);
      printer.print("%s%s:%s%s%n", rule, clusterName, brokerName, rule);
      printer.item({
        cluster: clusterName,
        broker: brokerName,
        ...config,
        attributes: Object.fromEntries(config.attributes),
      });
      for (const [name, value] of groupFields(config)) {
        printer.print("%-40s=  %s%n", name, value);
      }
    }
    return undefined;
  },
};
