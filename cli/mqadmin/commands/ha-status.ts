/** `mqadmin haStatus`: how far the replicas of a broker are behind, once or again and again. */
import { format } from "../java-format.ts";
import { option } from "../option.ts";
import { intervalOption, repeatedly } from "../repeating.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { chosenLeaders } from "../targets.ts";
import { millisecondsText } from "../values.ts";

export const subcommand: Subcommand = {
  options: [
    option("c", "clusterName", "all leaders of a cluster"),
    option("b", "brokerAddr", "the broker, HOST:PORT"),
    intervalOption,
  ],
  spelling: (line) =>
    line.has("b")
      ? `cluster replicas ${line.text("b")}`
      : `cluster replicas --cluster ${line.value("c") ?? "NAME"}`,
  async run(call) {
    const brokers = await chosenLeaders(call);
    return await repeatedly(call, async () => {
      for (const broker of brokers) {
        await printStatus(call, broker);
      }
    });
  },
};

async function printStatus({ client, printer }: AdminCall, broker: string): Promise<void> {
  const found = await client.admin.brokers.replication(broker);
  printer.item({ broker, ...found });
  if (!found.isLeader) {
    const { leader } = found;
    printer.print(
      "%n#MasterAddr\t%s%n#CommitLogMaxOffset\t%d%n",
      leader.address,
      leader.logMaxOffset,
    );
    printer.print("#TransferSpeed(KB/s)\t%.2f%n", leader.bytesPerSecond / 1024);
    printer.print("#LastReadTime\t%s%n", millisecondsText(leader.readAtMs));
    printer.print("#LastWriteTime\t%s%n", millisecondsText(leader.wroteAtMs));
    printer.print("#MasterFlushOffset\t%s%n", leader.flushedOffset);
    return;
  }
  printer.print(
    "%n#MasterAddr\t%s%n#MasterCommitLogMaxOffset\t%d%n#SlaveNum\t%d%n#InSyncSlaveNum\t%d%n",
    ...[broker, found.logMaxOffset, found.replicas.length, found.inSyncReplicaCount],
  );
  printer.print(
    "%-32s  %-16s %16s %16s %16s %16s%n",
    ...["#SlaveAddr", "#SlaveAckOffset", "#Diff", "#TransferSpeed(KB/s)"],
    ...["#Status", "#TransferFromWhere"],
  );
  for (const replica of found.replicas) {
    printer.print(
      "%-32s  %-16d %16d %16s %16s %16d%n",
      ...[replica.address, replica.ackOffset, replica.diff],
      ...[format("%.2f", replica.bytesPerSecond / 1024), replica.isInSync ? "OK" : "Fall Behind"],
      replica.fromOffset,
    );
  }
}
