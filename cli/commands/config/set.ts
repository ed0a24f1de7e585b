/** `mq config set`: a setting for every command that has no flag, variable or profile that says otherwise. */
import { defineCommand } from "../../command.ts";
import { usageError } from "../../command-error.ts";
import { parseDuration } from "../../flag.ts";
import { readNameservers } from "../../global-flags.ts";
import { readConfig, settingNames, writeConfig } from "../../profile/config-file.ts";
import { changingConfig } from "../../profile/config-lock.ts";
import { checkFormat } from "../../render/output.ts";

export const command = defineCommand({
  spec: {
    path: ["config", "set"],
    summary: "set what holds for every command",
    description: `Settings: ${settingNames.join(", ")}. Without VALUE it is taken back. The file is written anew, without its comments.`,
    arguments: [
      { name: "NAME", about: settingNames.join(", ") },
      { name: "VALUE", about: "as its flag takes it", isOptional: true },
    ],
    flags: {},
    output: (z) => z.object({ name: z.string(), value: z.string().nullable() }),
    examples: ["mq config set timeout 5s", "mq config set output json", "mq config set output"],
  },
  run: (context, { arguments: [asked = "", value] }) =>
    changingConfig(context, async () => {
      const { process, output, global } = context;
      const name = settingNames.find((each) => each === asked);
      if (name === undefined) {
        throw usageError(`'${asked}' is no setting: ${settingNames.join(", ")}`);
      }
      if (name === "output") {
        checkFormat(value);
      }
      if (name === "nameserver" && value !== undefined) {
        readNameservers(value);
      }
      if (name === "timeout" && value !== undefined && parseDuration(value) === undefined) {
        throw usageError(`'${value}' is no duration: 500ms, 5s, 1m`);
      }
      const { [name]: _, ...others } = readConfig(process);
      if (!global.dryRun) {
        writeConfig(process, { ...(value === undefined ? {} : { [name]: value }), ...others });
      }
      output.item("Setting", { name, value: value ?? null });
      return undefined;
    }),
});
