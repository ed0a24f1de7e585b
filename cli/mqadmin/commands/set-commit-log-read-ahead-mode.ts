/** `mqadmin setCommitLogReadAheadMode`: whether the system reads a broker's log ahead. */
import { usageError } from "../../command-error.ts";
import { askRocketmq, type Lack } from "../../rocketmq-only.ts";
import { option, required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";
import { eachReplica } from "../targets.ts";

const lack: Lack = {
  why: "mq's brokers leave reading ahead to the system",
  instead: "blockdev --setra sets it for the disk of the store",
};

export const subcommand: Subcommand = {
  options: [
    option("b", "brokerAddr", "the broker, HOST:PORT"),
    option("c", "clusterName", "all brokers of a cluster and their replicas"),
    required("m", "commitLogReadAheadMode", "0: read ahead, 1: do not"),
  ],
  spelling: () => undefined,
  async run(call) {
    const { client, line, printer } = call;
    const mode = line.text("m");
    if (mode !== "0" && mode !== "1") {
      printer.print("set the read mode error; 0 is default, 1 random read%n");
      throw usageError(`-m: '${mode}' is neither 0 nor 1`);
    }
    for (const { address, title } of await eachReplica(call)) {
      const answer = client.admin.stores.setLogReadAhead(address, mode === "0");
      const remark = await askRocketmq(address, lack, answer);
      printer.item({ broker: address, isAhead: mode === "0" });
      printer.print(" %s%ncommitLog set readAhead mode rstStr%s%n", title, remark ?? null);
    }
    return undefined;
  },
};
