/** `mq profile edit` */

import { defineCommand } from "../../command.ts";
import { profileNamed, readConfig } from "../../profile/config-file.ts";
import { changingConfig } from "../../profile/config-lock.ts";
import { changedProfile, keepProfile, profileFlags } from "./profile-change.ts";
import { profileSchema } from "./profile-item.ts";

export const command = defineCommand({
  spec: {
    path: ["profile", "edit"],
    summary: "change a profile",
    description: "What no flag names stays as it is.",
    arguments: [{ name: "NAME", about: "name of the profile", completes: "profile" }],
    flags: profileFlags,
    output: profileSchema,
    examples: ["mq profile edit prod --at ns3:9876", "mq profile edit prod --unprotected"],
  },
  run: (context, { arguments: [name = ""], flags }) =>
    changingConfig(context, async () => {
      const config = readConfig(context.process);
      const profile = changedProfile(profileNamed(config, name), flags);
      keepProfile(context, { ...config, profile: { ...config.profile, [name]: profile } }, [
        name,
        profile,
      ]);
      return undefined;
    }),
});
