/** `mq config edit`: the user's editor on the configuration, which is checked before it counts. */
import { defineCommand } from "../../command.ts";
import { editText } from "../../editing.ts";
import { configPath, readConfigText } from "../../profile/config-file.ts";

const template = `# mq: see docs/cli.md, "Profiles and configuration"
# timeout = "5s"
# [profile.local]
# nameserver = "127.0.0.1:9876"
`;

export const command = defineCommand({
  spec: {
    path: ["config", "edit"],
    summary: "change the configuration in an editor",
    description:
      "Runs VISUAL, else EDITOR, else vi, on a copy. The copy replaces the configuration when it is right; one that is wrong\nstays where it is told, and the configuration stays as it was. Comments are kept.",
    flags: {},
    output: (z) => z.object({ path: z.string(), changed: z.boolean() }),
    examples: ["mq config edit"],
  },
  async run({ process, output, terminal, global }) {
    const path = configPath(process);
    const copy = `${path}.edit.toml`;
    const before = process.files.read(path);
    const after = await editText(
      { process, terminal, global },
      copy,
      before ?? template,
      "mq config set NAME VALUE works without one",
    );
    const changed = after !== (before ?? template);
    if (changed) {
      readConfigText(process, copy, after);
      if (!global.dryRun) {
        process.files.replace(path, after);
      }
    }
    output.item(
      "ConfigEdit",
      { path, changed },
      { text: `${path} ${changed ? "changed" : "is as it was"}\n` },
    );
    return undefined;
  },
});
