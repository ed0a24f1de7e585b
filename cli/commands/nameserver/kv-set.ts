/** `mq nameserver kv set` */
import { defineCommand } from "../../command.ts";
import { settingChangeSchema } from "../setting-plan.ts";
import { changeValue } from "./kv-change.ts";

export const command = defineCommand({
  spec: {
    path: ["nameserver", "kv", "set"],
    summary: "keep a value at every nameserver",
    arguments: [
      { name: "NAMESPACE", about: "where" },
      { name: "KEY", about: "under which name" },
      { name: "VALUE", about: "the text" },
    ],
    flags: {},
    output: settingChangeSchema,
    examples: ["mq nameserver kv set MY_NAMESPACE colour blue --yes"],
  },
  run: (context, { arguments: [namespace = "", key = "", value = ""] }) =>
    changeValue(context, {
      kind: "NameserverValueSet",
      namespace,
      key,
      value,
      question: `Set ${namespace}/${key} at every nameserver?`,
    }),
});
