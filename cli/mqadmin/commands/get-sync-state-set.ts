/** `mqadmin getSyncStateSet`: which replicas are in step, as the leader of the controllers knows it. */
import { usageError } from "../../command-error.ts";
import { hashOrder } from "../java-order.ts";
import { option, required } from "../option.ts";
import { intervalOption, repeatedly } from "../repeating.ts";
import { lacks, needs } from "../rocketmq-only.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { brokersOfCluster } from "../targets.ts";

export const subcommand: Subcommand = {
  options: [
    required("a", "controllerAddress", "a controller, HOST:PORT"),
    option("c", "clusterName", "all brokers of a cluster"),
    option("b", "brokerName", "one broker by its name"),
    intervalOption,
  ],
  spelling: (line) =>
    `cluster replicas ${line.value("b") ?? `--cluster ${line.value("c") ?? "NAME"}`} --controller ${line.text("a")}`,
  run: needs(lacks.controllers, (call) => repeatedly(call, () => printStates(call))),
};

async function printStates(call: AdminCall): Promise<void> {
  const { client, line, printer } = call;
  const [controller = ""] = line.text("a").split(";");
  const states = await client.admin.controllers.syncStates(controller, await brokerNames(call));
  for (const state of hashOrder(states, ({ brokerName }) => brokerName)) {
    printer.item({ ...state });
    printer.print("\n#brokerName\t%s\n#MasterBrokerId\t%d\n", state.brokerName, state.leaderId);
    printer.print("#MasterAddr\t%s\n#MasterEpoch\t%d\n", state.leaderAddress, state.leaderEpoch);
    printer.print("#SyncStateSetEpoch\t%d\n", state.syncStateEpoch);
    printer.print("#SyncStateSetNums\t%d\n", state.inSync.length);
    for (const [title, replicas] of [
      ["InSyncReplica", state.inSync],
      ["NotInSyncReplica", state.notInSync],
    ] as const) {
      for (const { brokerName, brokerId, address, isAlive } of replicas) {
        printer.print(
          `\n${title}:\tReplicaIdentity{brokerName='%s', brokerId=%d, brokerAddress='%s', alive=%s}\n`,
          ...[brokerName, brokerId, address, isAlive],
        );
      }
    }
  }
}

async function brokerNames({ client, line }: AdminCall): Promise<readonly string[]> {
  if (line.has("b")) {
    return [line.text("b")];
  }
  if (!line.has("c")) {
    throw usageError("-b or -c is missing", "mq mqadmin help getSyncStateSet shows both");
  }
  const brokers = await brokersOfCluster(client, line.text("c"));
  return brokers.map(({ brokerName }) => brokerName);
}
