/** `mqadmin rocksDBConfigToJson`: makes brokers write settings that they have in RocksDB into files of JSON. */
import type { RocksdbConfig } from "../../../src/client/index.ts";
import { usageError } from "../../command-error.ts";
import { askRocketmq } from "../../rocketmq-only.ts";
import { option } from "../option.ts";
import { cannotReadRocksdb, noRocksdb } from "../rocksdb.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { brokersOfCluster } from "../targets.ts";

const configNames = ["topics", "subscriptionGroups", "consumerOffsets"] as const;

export const subcommand: Subcommand = {
  options: [
    option("t", "configType", `which of ${configNames.join(", ")}; all unless told`),
    option("p", "configPath", "files of RocksDB on this machine: mq cannot read them"),
    option("e", "exportFile", "goes with -p"),
    option("j", "jsonEnable", "goes with -p"),
    option("n", "nameserverAddr", "nameservers, separated by semicolons"),
    option("c", "cluster", "all leaders of a cluster"),
    option("b", "brokerAddr", "the broker, HOST:PORT"),
  ],
  spelling: () => undefined,
  async run(call) {
    const { client, line, printer } = call;
    const configs = chosenConfigs(line.value("t"));
    const brokers = await brokersOf(call);
    for (const broker of brokers) {
      await askRocketmq(
        broker,
        noRocksdb,
        client.admin.stores.exportRocksdbConfig(broker, configs),
      );
      printer.item({ broker, configs });
    }
    printer.print("broker export done.");
    return undefined;
  },
};

/** With the line that the official tool says first. */
async function brokersOf({ client, line, printer }: AdminCall): Promise<readonly string[]> {
  const clusterName = line.value("c");
  if (clusterName !== undefined) {
    printer.print("Use [rpc mode] call all brokers in cluster to export to json file %n");
    const brokers = await brokersOfCluster(client, clusterName);
    return brokers.flatMap(({ addresses }) => addresses.get(0) ?? []);
  }
  if (line.has("n")) {
    throw usageError("-n wants -c as well", "-b HOST:PORT asks a single broker");
  }
  const broker = line.value("b");
  if (broker !== undefined) {
    printer.print("Use [rpc mode] call broker to export to json file %n");
    return [broker];
  }
  if (line.has("p")) {
    throw cannotReadRocksdb(line.text("p"));
  }
  throw usageError("-b or -c is missing", "mq mqadmin help rocksDBConfigToJson shows both");
}

function chosenConfigs(text: string | undefined): readonly RocksdbConfig[] {
  const names = (text ?? configNames.join(";")).split(";").filter((name) => name !== "");
  return names.map((name) => {
    const wanted = name.trim().toLowerCase();
    const found = configNames.find((each) => each.toLowerCase() === wanted);
    if (found === undefined) {
      throw usageError(`-t: '${name}' is none of ${configNames.join(", ")}`);
    }
    return found;
  });
}
