/** `mq profile show` */
import { defineCommand } from "../../command.ts";
import { notFound } from "../../command-error.ts";
import { profileNamed } from "../../profile/config-file.ts";
import { readLayers } from "../../profile/config-layers.ts";
import { profileColumns, profileItem, profileSchema } from "./profile-item.ts";

export const command = defineCommand({
  spec: {
    path: ["profile", "show"],
    summary: "show a profile",
    arguments: [
      {
        name: "NAME",
        about: "the profile; without, the one in use",
        completes: "profile",
        isOptional: true,
      },
    ],
    flags: {},
    output: profileSchema,
    examples: ["mq profile show", "mq profile show prod -o json"],
  },
  async run({ process, output, global }, { arguments: [asked] }) {
    const { merged: config } = readLayers(process);
    const name = asked ?? global.profile ?? config.current;
    if (name === undefined) {
      throw notFound("no profile is in use", "mq profile create makes one");
    }
    const item = profileItem(config, name, profileNamed(config, name));
    output.item("Profile", item, { columns: profileColumns });
    return undefined;
  },
});
