/** `mq nameserver kv delete` */
import { defineCommand } from "../../command.ts";
import { settingChangeSchema } from "../setting-plan.ts";
import { changeValue } from "./kv-change.ts";

export const command = defineCommand({
  spec: {
    path: ["nameserver", "kv", "delete"],
    summary: "drop a value at every nameserver",
    arguments: [
      { name: "NAMESPACE", about: "where" },
      { name: "KEY", about: "under which name" },
    ],
    flags: {},
    output: settingChangeSchema,
    examples: ["mq nameserver kv delete MY_NAMESPACE colour --yes"],
  },
  run: (context, { arguments: [namespace = "", key = ""] }) =>
    changeValue(context, {
      kind: "NameserverValueDelete",
      namespace,
      key,
      value: undefined,
      question: `Drop ${namespace}/${key} at every nameserver?`,
    }),
});
