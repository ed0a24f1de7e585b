/** `mq profile use` */

import { defineCommand } from "../../command.ts";
import { profileNamed, readConfig } from "../../profile/config-file.ts";
import { readLayers } from "../../profile/config-layers.ts";
import { changingConfig } from "../../profile/config-lock.ts";
import { keepProfile } from "./profile-change.ts";
import { profileSchema } from "./profile-item.ts";

export const command = defineCommand({
  spec: {
    path: ["profile", "use"],
    summary: "make a profile the current one",
    description: "Every command works with it that names no other by -P, MQ_PROFILE or an address.",
    arguments: [{ name: "NAME", about: "name of the profile", completes: "profile" }],
    flags: {},
    output: profileSchema,
    examples: ["mq profile use prod"],
  },
  run: (context, { arguments: [name = ""] }) =>
    changingConfig(context, async () => {
      const config = readConfig(context.process);
      const profile = profileNamed(readLayers(context.process).merged, name);
      keepProfile(context, { ...config, current: name }, [name, profile]);
      return undefined;
    }),
});
