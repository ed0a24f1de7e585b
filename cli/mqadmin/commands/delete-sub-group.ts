/** `mqadmin deleteSubGroup`: drops a consumer group on a broker, or in a cluster with its retry and dead-letter topics. */
import { usageError } from "../../command-error.ts";
import { option, required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";
import { leadersOfCluster } from "../targets.ts";
import { deleteTopicQuietly } from "../topic-deletion.ts";
import { truth } from "../values.ts";

export const subcommand: Subcommand = {
  options: [
    option("b", "brokerAddr", "the broker, HOST:PORT"),
    option("c", "clusterName", "all brokers of a cluster"),
    required("g", "groupName", "name of the group"),
    option("r", "removeOffset", "whether its offsets go as well, true or false"),
  ],
  isFinal: true,
  spelling: (line) =>
    [
      `group delete ${line.text("g")}`,
      ...(truth(line, "r", false) ? [] : ["--no-offsets"]),
      line.has("b") ? `--broker ${line.text("b")}` : `--cluster ${line.text("c")}`,
    ].join(" "),
  async run({ client, line, printer }) {
    const group = line.text("g");
    const removal = { cleanOffset: truth(line, "r", false) };
    const address = line.value("b");
    if (address !== undefined) {
      await client.admin.groups.delete(address, group, removal);
      printer.item({ group, broker: address });
      printer.print("delete subscription group [%s] from broker [%s] success.%n", group, address);
      return undefined;
    }
    const cluster = line.value("c");
    if (cluster === undefined) {
      throw usageError("-b or -c is missing", "mq mqadmin help deleteSubGroup shows both");
    }
    for (const leader of await leadersOfCluster(client, cluster)) {
      await client.admin.groups.delete(leader, group, removal);
      printer.item({ group, broker: leader, cluster });
      printer.print(
        "delete subscription group [%s] from broker [%s] in cluster [%s] success.%n",
        ...[group, leader, cluster],
      );
    }
    await deleteTopicQuietly(client, `%RETRY%${group}`, cluster);
    await deleteTopicQuietly(client, `%DLQ%${group}`, cluster);
    return undefined;
  },
};
