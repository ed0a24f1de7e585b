/** `mqadmin electMaster`: makes a replica the leader of its broker. */
import { required } from "../option.ts";
import { lacks, needs } from "../rocketmq-only.ts";
import type { Subcommand } from "../subcommand.ts";
import { wholeNumber } from "../values.ts";

export const subcommand: Subcommand = {
  options: [
    required("a", "controllerAddress", "a controller, HOST:PORT"),
    required("b", "brokerId", "the replica's id at the controllers"),
    required("bn", "brokerName", "the broker by its name"),
    required("c", "clusterName", "its cluster"),
  ],
  spelling: (line) =>
    `cluster elect-master ${line.text("bn")} --id ${line.text("b")} --controller ${line.text("a")}`,
  run: needs(lacks.controllers, async ({ client, line, printer }) => {
    const replica = {
      clusterName: line.text("c"),
      brokerName: line.text("bn"),
      brokerId: wholeNumber(line, "b", 0),
    };
    const done = await client.admin.controllers.elect(line.text("a"), replica);
    const { leaderAddress, leaderEpoch, syncStateEpoch } = done;
    const addresses = [...done.addresses];
    printer.item({ ...replica, leaderAddress, leaderEpoch, syncStateEpoch });
    printer.print("\n#ClusterName\t%s", replica.clusterName);
    printer.print("\n#BrokerName\t%s", replica.brokerName);
    printer.print("\n#BrokerMasterAddr\t%s", leaderAddress);
    printer.print("\n#MasterEpoch\t%s", leaderEpoch);
    printer.print("\n#SyncStateSetEpoch\t%s\n", syncStateEpoch);
    for (const [id, address] of addresses.sort(([left], [right]) => left - right)) {
      printer.print("\t#Broker\t%d\t%s\n", id, address);
    }
    return undefined;
  }),
};
