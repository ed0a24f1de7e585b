/** `mqadmin cleanBrokerMetadata`: makes the controllers forget replicas of a broker, or all of them. */
import { usageError } from "../../command-error.ts";
import { option, required, toggled } from "../option.ts";
import { lacks, needs } from "../rocketmq-only.ts";
import type { Subcommand } from "../subcommand.ts";

export const subcommand: Subcommand = {
  options: [
    required("a", "controllerAddress", "a controller, HOST:PORT"),
    option("b", "brokerControllerIdsToClean", "ids of replicas, 1;2;3; all without it"),
    required("bn", "brokerName", "the broker by its name"),
    option("c", "clusterName", "its cluster; needed without -l"),
    toggled("l", "cleanLivingBroker", "forget them even when they live"),
  ],
  spelling: () => undefined,
  isFinal: true,
  run: needs(lacks.controllers, async ({ client, line, printer }) => {
    const [ids, clusterName] = [line.value("b"), line.value("c")];
    if (ids !== undefined && !/^\d{1,15}(;\d{1,15})*;?$/.test(ids)) {
      throw usageError(`-b: '${ids}' is no list of ids`, "1;2;3");
    }
    if (!line.has("l") && (clusterName ?? "") === "") {
      throw usageError("without -l the cluster is needed", "-c CLUSTER");
    }
    const broker = {
      clusterName,
      brokerName: line.text("bn"),
      brokerIds: ids
        ?.split(";")
        .filter((id) => id !== "")
        .map(Number),
      alsoLiving: line.has("l"),
    };
    await client.admin.controllers.forget(line.text("a"), broker);
    printer.item(broker);
    printer.print("clear broker %s metadata from controller success! \n", broker.brokerName);
    return undefined;
  }),
};
