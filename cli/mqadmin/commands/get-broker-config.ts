/** `mqadmin getBrokerConfig`: the settings of a broker, or of all brokers of a cluster and their replicas. */
import { concurrentOrder } from "../java-order.ts";
import { option } from "../option.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { noLeader, replicasByLeader } from "../targets.ts";

export const subcommand: Subcommand = {
  options: [
    option("b", "brokerAddr", "the broker, HOST:PORT", { oneOf: "target" }),
    option("c", "clusterName", "all brokers of a cluster", { oneOf: "target" }),
  ],
  spelling: () => undefined,
  async run(call) {
    const { client, line } = call;
    if (line.has("b")) {
      await printConfig(call, "", line.text("b"));
      return undefined;
    }
    for (const { leader, replicas } of await replicasByLeader(client, line.text("c"))) {
      if (leader === undefined) {
        call.printer.print("============Master: %s============%n", noLeader);
      } else {
        await printConfig(call, "Master: ", leader);
      }
      for (const replica of replicas) {
        await printConfig(call, `My Master: ${leader ?? noLeader}=====Slave: `, replica);
      }
    }
    return undefined;
  },
};

async function printConfig(
  { client, printer }: AdminCall,
  what: string,
  address: string,
): Promise<void> {
  const settings = await client.admin.brokers.config(address);
  printer.print("============%s%s============%n", what, address);
  for (const [name, value] of concurrentOrder([...settings], ([key]) => key)) {
    printer.item({ broker: address, name, value });
    printer.print("%-50s=  %s%n", name, value);
  }
  printer.print("%n");
}
