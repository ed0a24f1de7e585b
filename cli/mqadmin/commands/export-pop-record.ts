/** `mqadmin exportPopRecord`: makes brokers write what they know of popped messages out of RocksDB into topics. */

import { askRocketmq } from "../../rocketmq-only.ts";
import { option } from "../option.ts";
import { noRocksdb } from "../rocksdb.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { brokersOfCluster, clusterOrBrokerMissing } from "../targets.ts";
import { truth } from "../values.ts";

interface Target {
  readonly brokerName: string | undefined;
  readonly address: string;
}

export const subcommand: Subcommand = {
  options: [
    option("c", "clusterName", "all brokers of a cluster and their replicas"),
    option("b", "brokerAddr", "the broker, HOST:PORT"),
    option("d", "dryRun", "true: only says which brokers it would be"),
  ],
  spelling: () => undefined,
  async run(call) {
    const { client, line, printer } = call;
    const isDry = truth(line, "d", false);
    for (const { brokerName, address } of await targetsOf(call)) {
      if (!isDry) {
        await askRocketmq(address, noRocksdb, client.admin.stores.exportPopRecords(address));
      }
      printer.item({ brokerName: brokerName ?? null, broker: address, isDry });
      printer.print(
        "Export broker records, brokerName=%s, brokerAddr=%s, dryRun=%s%n",
        brokerName,
        address,
        String(isDry),
      );
    }
    return undefined;
  },
};

async function targetsOf({ client, line }: AdminCall): Promise<readonly Target[]> {
  const address = line.value("b");
  if (address !== undefined) {
    const settings = await client.admin.brokers.config(address);
    return [{ brokerName: settings.get("brokerName"), address }];
  }
  const clusterName = line.value("c");
  if (clusterName === undefined) {
    throw clusterOrBrokerMissing();
  }
  const brokers = await brokersOfCluster(client, clusterName);
  return brokers.flatMap(({ brokerName, addresses }) =>
    [...addresses]
      .sort(([left], [right]) => left - right)
      .map(([, each]) => ({ brokerName, address: each })),
  );
}
