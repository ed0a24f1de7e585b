/** `mq group pause`: brokers refuse to hand out messages to a group until `mq group resume`. */
import { defineCommand } from "../../command.ts";
import { brokerChoiceFlags } from "../cluster/chosen-brokers.ts";
import { settingChangeSchema } from "../setting-plan.ts";
import { changeGroup } from "./change-group.ts";

export const command = defineCommand({
  spec: {
    path: ["group", "pause"],
    summary: "stop handing out messages to a group",
    description:
      "Sets consumeEnable to false on every broker that has the group, or on those that --cluster or --broker name.\nMembers are not told: their next pull is refused (code 16), they log it and try again, official clients every\n3 seconds. What they already hold they still consume, and commit. Offsets stay; lag grows.",
    arguments: [{ name: "GROUP", about: "name of the group", completes: "group" }],
    flags: brokerChoiceFlags,
    output: settingChangeSchema,
    examples: ["mq group pause billing --dry-run", "mq group pause billing --yes"],
  },
  run: (context, { arguments: [group = ""], flags }) =>
    changeGroup(context, {
      kind: "GroupPause",
      group,
      brokers: flags,
      settings: { consumeEnable: false },
      question: (where) => `Stop handing out messages to group '${group}' on ${where}?`,
    }),
});
