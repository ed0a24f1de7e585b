/** `mq group resume`: undoes `mq group pause`. */
import { defineCommand } from "../../command.ts";
import { brokerChoiceFlags } from "../cluster/chosen-brokers.ts";
import { settingChangeSchema } from "../setting-plan.ts";
import { changeGroup } from "./change-group.ts";

export const command = defineCommand({
  spec: {
    path: ["group", "resume"],
    summary: "hand out messages to a paused group again",
    description:
      "Sets consumeEnable to true. Members go on at the offsets where they were, with their next pull: official clients\nwithin 3 seconds.",
    arguments: [{ name: "GROUP", about: "name of the group", completes: "group" }],
    flags: brokerChoiceFlags,
    output: settingChangeSchema,
    examples: ["mq group resume billing --yes"],
  },
  run: (context, { arguments: [group = ""], flags }) =>
    changeGroup(context, {
      kind: "GroupResume",
      group,
      brokers: flags,
      settings: { consumeEnable: true },
      question: (where) => `Hand out messages to group '${group}' on ${where} again?`,
    }),
});
