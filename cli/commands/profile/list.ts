/** `mq profile list` */
import { defineCommand } from "../../command.ts";
import { configPath } from "../../profile/config-file.ts";
import { readLayers } from "../../profile/config-layers.ts";
import { profileColumns, profileItem, profileSchema } from "./profile-item.ts";

export const command = defineCommand({
  spec: {
    path: ["profile", "list"],
    summary: "list profiles",
    description: "A profile is a cluster under a name; -P NAME or mq profile use NAME chooses it.",
    flags: {},
    output: profileSchema,
    examples: ["mq profile list", "mq profile list -o wide"],
  },
  async run({ process, output }) {
    const { merged: config } = readLayers(process);
    const items = Object.entries(config.profile).map(([name, profile]) =>
      profileItem(config, name, profile),
    );
    await output.list({
      kind: "ProfileList",
      noun: "profile",
      nameKey: "name",
      columns: profileColumns,
      items,
      summary: `${items.length} profiles in ${configPath(process)}`,
    });
    return undefined;
  },
});
