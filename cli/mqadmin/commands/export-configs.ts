/** `mqadmin exportConfigs`: those settings of a cluster's leaders by which clusters differ, as a file. */
import { exportFile, folderOption } from "../export-file.ts";
import type { JavaValue } from "../java-json.ts";
import { concurrentOrder, hashMap } from "../java-order.ts";
import { required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";
import { replicasByLeader } from "../targets.ts";

const settingNames = [
  ...["brokerClusterName", "brokerId", "brokerName", "brokerRole", "fileReservedTime"],
  ...["filterServerNums", "flushDiskType", "maxMessageSize", "messageDelayLevel"],
  ...["msgTraceTopicName", "slaveReadEnable", "traceOn", "traceTopicEnable", "useTLS"],
  ...["autoCreateTopicEnable", "autoCreateSubscriptionGroup"],
];

export const subcommand: Subcommand = {
  options: [required("c", "clusterName", "the cluster"), folderOption],
  spelling: () => undefined,
  async run(call) {
    const { client, line, printer } = call;
    const rows: (readonly [string, JavaValue])[] = [];
    let replicaCount = 0;
    for (const { leader, replicas } of await replicasByLeader(client, line.text("c"))) {
      replicaCount += replicas.length;
      // Nobody knows the settings where nobody leads.
      if (leader !== undefined) {
        const settings = await client.admin.brokers.config(leader);
        rows.push([settings.get("brokerName") ?? leader, chosenSettings(settings)]);
      }
    }
    const scale = hashMap([
      ["namesrvSize", client.admin.cluster.nameservers.length],
      ["masterBrokerSize", rows.length],
      ["slaveBrokerSize", replicaCount],
    ]);
    const document = hashMap<JavaValue>([
      ["brokerConfigs", hashMap(rows)],
      ["clusterScale", scale],
    ]);
    const path = exportFile(call, "configs.json", document);
    printer.item({ path });
    printer.print("export %s success", path);
    return undefined;
  },
};

function chosenSettings(settings: ReadonlyMap<string, string>): JavaValue {
  const rows = settingNames.flatMap((name) => {
    const value = settings.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return new Map(concurrentOrder(rows, ([name]) => name));
}
