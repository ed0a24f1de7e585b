/** `mqadmin getBrokerConfig`: the settings of a broker, or of all brokers of a cluster and their replicas. */
import { concurrentOrder, hashOrder } from "../java-order.ts";
import { option } from "../option.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { brokersOfCluster } from "../targets.ts";

/** The official tool collects a cluster's leaders in a table of this size. */
const leaderBuckets = 4;

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
    const brokers = await brokersOfCluster(client, line.text("c"));
    const leaders = brokers.map(({ addresses }) => ({
      leader: addresses.get(0) ?? "NO_MASTER",
      replicas: [...addresses].filter(([id]) => id !== 0).map(([, address]) => address),
    }));
    for (const { leader, replicas } of hashOrder(leaders, (each) => each.leader, leaderBuckets)) {
      if (leader === "NO_MASTER") {
        call.printer.print("============Master: %s============%n", leader);
      } else {
        await printConfig(call, "Master: ", leader);
      }
      for (const replica of replicas) {
        await printConfig(call, `My Master: ${leader}=====Slave: `, replica);
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
