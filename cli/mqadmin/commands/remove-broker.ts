/** `mqadmin removeBroker`: stops a broker of a container. */
import { usageError } from "../../command-error.ts";
import { required } from "../option.ts";
import { lacks, needs } from "../rocketmq-only.ts";
import type { Subcommand } from "../subcommand.ts";

export const subcommand: Subcommand = {
  options: [
    required("c", "brokerContainerAddr", "the container, HOST:PORT"),
    required("b", "brokerIdentity", "the broker: CLUSTER:NAME:ID"),
  ],
  spelling: () => undefined,
  run: needs(lacks.containers, async ({ client, line, printer }) => {
    const container = line.text("c");
    const [clusterName, brokerName, id] = line
      .text("b")
      .split(":")
      .map((part) => part.trim());
    if (clusterName === undefined || brokerName === undefined || !/^\d{1,15}$/.test(id ?? "")) {
      throw usageError(
        `-b: '${line.text("b")}' is no broker`,
        "CLUSTER:NAME:ID, and the id is 0 or more",
      );
    }
    const broker = { clusterName, brokerName, brokerId: Number(id) };
    await client.admin.containers.removeBroker(container, broker);
    printer.item({ container, ...broker });
    printer.print("remove broker from %s success%n", container);
    return undefined;
  }),
};
