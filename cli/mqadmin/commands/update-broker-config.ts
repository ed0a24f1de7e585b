/** `mqadmin updateBrokerConfig`: changes a setting of a broker, or of all brokers of a cluster. */
import { option, required } from "../option.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { chosenLeaders, replicasOfCluster } from "../targets.ts";

export const subcommand: Subcommand = {
  options: [
    option("b", "brokerAddr", "the broker, HOST:PORT"),
    option("c", "clusterName", "all leaders of a cluster"),
    option("a", "updateAllBroker", "with -c: replicas as well, whatever its value"),
    required("k", "key", "name of the setting"),
    required("v", "value", "its value"),
  ],
  spelling: () => undefined,
  async run(call) {
    const { client, line, printer } = call;
    const settings = new Map([[line.text("k"), line.text("v")]]);
    for (const broker of await brokersOf(call)) {
      await client.admin.brokers.setConfig(broker, settings);
      printer.item({ broker, name: line.text("k"), value: line.text("v") });
      printer.print("update broker config success, %s%n", broker);
    }
    return undefined;
  },
};

async function brokersOf(call: AdminCall): Promise<readonly string[]> {
  const { client, line } = call;
  const isWhole = !line.has("b") && line.has("c") && line.has("a");
  return isWhole ? await replicasOfCluster(client, line.text("c")) : await chosenLeaders(call);
}
