/** `mqadmin brokerStatus`: what a broker, or each broker of a cluster, says of itself. */
import { option } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";
import { replicasOfCluster } from "../targets.ts";

export const subcommand: Subcommand = {
  options: [
    option("b", "brokerAddr", "the broker, HOST:PORT", { oneOf: "target" }),
    option("c", "clusterName", "all brokers of a cluster", { oneOf: "target" }),
  ],
  spelling: () => "cluster health",
  async run({ client, line, printer }) {
    const address = line.value("b");
    const brokers =
      address === undefined ? await replicasOfCluster(client, line.text("c")) : [address];
    for (const broker of brokers) {
      const facts = await client.admin.cluster.runtimeInfo(broker);
      for (const [name, value] of [...facts].sort(([left], [right]) => (left < right ? -1 : 1))) {
        printer.item({ broker, name, value });
        if (address === undefined) {
          printer.print("%-24s %-32s: %s%n", broker, name, value);
        } else {
          printer.print("%-32s: %s%n", name, value);
        }
      }
    }
    return undefined;
  },
};
