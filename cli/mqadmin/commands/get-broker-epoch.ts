/** `mqadmin getBrokerEpoch`: the epochs in the logs of a broker and its replicas. */
import { usageError } from "../../command-error.ts";
import { option } from "../option.ts";
import { intervalOption, repeatedly } from "../repeating.ts";
import { lacks, needs } from "../rocketmq-only.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { replicasOfBroker, replicasOfCluster } from "../targets.ts";

export const subcommand: Subcommand = {
  options: [
    option("c", "clusterName", "all brokers of a cluster"),
    option("b", "brokerName", "one broker by its name, and its replicas"),
    intervalOption,
  ],
  spelling: (line) =>
    line.has("b")
      ? `cluster epoch ${line.text("b")}`
      : `cluster epoch --cluster ${line.value("c") ?? "NAME"}`,
  run: needs(lacks.controllers, (call) => repeatedly(call, () => printEpochs(call))),
};

async function printEpochs(call: AdminCall): Promise<void> {
  const { client, printer } = call;
  for (const address of await addresses(call)) {
    const found = await client.admin.controllers.epochs(address);
    // The epoch that lasts ends, for now, where the log does.
    const epochs = found.epochs.map((each, index) =>
      index === found.epochs.length - 1 ? { ...each, endOffset: String(found.maxOffset) } : each,
    );
    printer.item({ address, ...found, epochs });
    printer.print("\n#clusterName\t%s\n#brokerName\t%s", found.clusterName, found.brokerName);
    printer.print("\n#brokerAddr\t%s\n#brokerId\t%d", address, found.brokerId);
    for (const { epoch, startOffset, endOffset } of epochs) {
      printer.print(
        "\n#Epoch: EpochEntry{epoch=%d, startOffset=%d, endOffset=%s}",
        ...[epoch, startOffset, endOffset],
      );
    }
    printer.print("\n");
  }
}

async function addresses({ client, line }: AdminCall): Promise<readonly string[]> {
  if (line.has("b")) {
    return await replicasOfBroker(client, line.text("b"));
  }
  if (!line.has("c")) {
    throw usageError("-b or -c is missing", "mq mqadmin help getBrokerEpoch shows both");
  }
  return await replicasOfCluster(client, line.text("c"));
}
