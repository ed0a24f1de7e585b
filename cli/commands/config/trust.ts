/** `mq config trust`: a project's settings count once somebody looked at them. */
import { defineCommand } from "../../command.ts";
import { notFound } from "../../command-error.ts";
import { toggle } from "../../flag.ts";
import { projectConfigPath, trustOf, trustProject } from "../../profile/config-layers.ts";

export const command = defineCommand({
  spec: {
    path: ["config", "trust"],
    summary: "let the settings of this folder's .mq.toml count",
    description:
      "A .mq.toml in the current folder may say nameserver, output and timeout for who works there. It counts only after\nthis, and only as it is now: when it changes it has to be trusted again. Look at it first, it says which cluster\ncommands talk to.",
    flags: { revoke: toggle("not any more") },
    output: (z) => z.object({ path: z.string(), trusted: z.boolean() }),
    examples: ["mq config trust", "mq config trust --revoke"],
  },
  async run({ process, output, global }, { flags }) {
    const path = projectConfigPath(process);
    if (!flags.revoke && trustOf(process) === "missing") {
      throw notFound(`there is no ${path}`);
    }
    if (!global.dryRun) {
      trustProject(process, !flags.revoke);
    }
    const trusted = trustOf(process) === "trusted";
    const text = `${path} is ${trusted ? "trusted" : "not trusted"}\n`;
    output.item("ConfigTrust", { path, trusted }, { text });
    return undefined;
  },
});
