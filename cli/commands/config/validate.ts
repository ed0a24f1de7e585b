/** `mq config validate` */
import { defineCommand } from "../../command.ts";
import { configPath } from "../../profile/config-file.ts";
import { readLayers } from "../../profile/config-layers.ts";

export const command = defineCommand({
  spec: {
    path: ["config", "validate"],
    summary: "check the configuration",
    description:
      "Exit code 2 and what is wrong where; a missing file is fine. /etc/mq/config.toml and\na trusted ./.mq.toml are checked as well.",
    flags: {},
    output: (z) => z.object({ path: z.string(), exists: z.boolean(), profiles: z.number() }),
    examples: ["mq config validate"],
  },
  async run({ process, output }) {
    const path = configPath(process);
    const exists = process.files.read(path) !== undefined;
    const profiles = Object.keys(readLayers(process).merged.profile).length;
    const text = exists ? `${path}: ${profiles} profiles\n` : `${path} is not there\n`;
    output.item("ConfigCheck", { path, exists, profiles }, { text });
    return undefined;
  },
});
