/** cleanExpiredCQ, cleanUnusedTopic and deleteExpiredCommitLog: work that brokers also do by themselves, now. */
import type { Upkeep } from "../../src/client/index.ts";
import { notFound } from "../command-error.ts";
import { option } from "./option.ts";
import type { AdminCall, Subcommand } from "./subcommand.ts";
import { replicasOfCluster } from "./targets.ts";

/** A subcommand that asks one broker, the brokers of a cluster, or all brokers to do so. */
export function upkeepSubcommand(upkeep: Upkeep): Subcommand {
  return {
    options: [
      option("b", "brokerAddr", "the broker, HOST:PORT"),
      option("c", "cluster", "all brokers of a cluster; without either, all there are"),
    ],
    isFinal: true,
    spelling: () => undefined,
    async run(call) {
      const { client, printer } = call;
      const brokers = await brokersOf(call);
      if (brokers.length === 0) {
        throw notFound("there is no broker");
      }
      for (const broker of brokers) {
        await client.admin.brokers.keepUp(broker, upkeep);
        printer.item({ broker });
      }
      printer.print("success");
      return undefined;
    },
  };
}

async function brokersOf({ client, line }: AdminCall): Promise<readonly string[]> {
  const address = line.value("b");
  const cluster = line.value("c") ?? "";
  if (address !== undefined) {
    return [address];
  }
  if (cluster !== "") {
    return await replicasOfCluster(client, cluster);
  }
  const { brokers } = await client.admin.cluster.describe();
  return brokers.flatMap(({ addresses }) => [...addresses.values()]);
}
