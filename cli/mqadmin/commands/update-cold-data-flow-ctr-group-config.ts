/** `mqadmin updateColdDataFlowCtrGroupConfig`: how many bytes of old messages a group may read. */
import { usageError } from "../../command-error.ts";
import { askRocketmq } from "../../rocketmq-only.ts";
import { coldDataTargets, noColdDataFlow } from "../cold-data-flow.ts";
import { required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";
import { chosenLeaders } from "../targets.ts";
import { wholeNumber } from "../values.ts";

export const subcommand: Subcommand = {
  options: [
    ...coldDataTargets,
    required("g", "consumerGroup", "name of the group"),
    required("v", "threshold", "bytes that it may read until it is slowed down"),
  ],
  spelling: () => undefined,
  async run(call) {
    const { client, line, printer } = call;
    const group = line.text("g");
    const bytes = wholeNumber(line, "v", 0);
    if (!/^[^\s=:#!]+$/.test(group)) {
      // It travels as the name of a setting.
      throw usageError(`-g: '${group}' is no name of a group`);
    }
    for (const broker of await chosenLeaders(call)) {
      const answer = client.admin.stores.limitColdReads(broker, group, bytes);
      await askRocketmq(broker, noColdDataFlow, answer);
      printer.item({ broker, group, bytes });
      printer.print("updateColdDataFlowCtrGroupConfig success, %s%n", broker);
    }
    return undefined;
  },
};
