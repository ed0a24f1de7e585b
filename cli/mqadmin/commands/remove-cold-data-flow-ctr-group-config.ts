/** `mqadmin removeColdDataFlowCtrGroupConfig`: a group has the broker's own threshold for old messages again. */

import { askRocketmq } from "../../rocketmq-only.ts";
import { coldDataTargets, noColdDataFlow } from "../cold-data-flow.ts";
import { required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";
import { chosenLeaders } from "../targets.ts";

export const subcommand: Subcommand = {
  options: [...coldDataTargets, required("g", "consumerGroup", "name of the group")],
  spelling: () => undefined,
  async run(call) {
    const { client, line, printer } = call;
    const group = line.text("g");
    for (const broker of await chosenLeaders(call)) {
      const answer = client.admin.stores.unlimitColdReads(broker, group);
      await askRocketmq(broker, noColdDataFlow, answer);
      printer.item({ broker, group });
      printer.print("remove broker cold read threshold success, %s%n", broker);
    }
    return undefined;
  },
};
