/** `mqadmin setConsumeMode`: whether the members of a group are to pull or to pop from a topic. */
import { usageError } from "../../command-error.ts";
import { askRocketmq, type Lack } from "../../rocketmq-only.ts";
import { option, required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";
import { chosenLeaders } from "../targets.ts";
import { wholeNumber } from "../values.ts";

const lack: Lack = {
  why: "mq's brokers have no POP, all groups pull",
  instead: "there is nothing to set: every group pulls",
};

export const subcommand: Subcommand = {
  options: [
    option("b", "brokerAddr", "the broker, HOST:PORT"),
    option("c", "clusterName", "all leaders of a cluster"),
    required("t", "topicName", "name of the topic"),
    required("g", "groupName", "name of the group"),
    required("m", "mode", "PULL or POP"),
    option("q", "popShareQueueNum", "with POP: of how many members each takes as well"),
  ],
  spelling: () => undefined,
  async run(call) {
    const { client, line, printer } = call;
    const [topic, group] = [line.text("t"), line.text("g")];
    const mode = line.text("m");
    if (mode !== "PULL" && mode !== "POP") {
      throw usageError(`-m: '${mode}' is neither PULL nor POP`);
    }
    const popShareQueueCount = wholeNumber(line, "q", 0);
    for (const broker of await chosenLeaders(call)) {
      const setting = { topic, group, mode, popShareQueueCount } as const;
      await askRocketmq(broker, lack, client.admin.groups.setRequestMode(broker, setting));
      printer.item({ broker, ...setting });
      printer.print("set consume mode to %s success.%n", broker);
    }
    printer.print(
      "topic[%s] group[%s] consume mode[%s] popShareQueueNum[%d]",
      ...[topic, group, mode, popShareQueueCount],
    );
    return undefined;
  },
};
