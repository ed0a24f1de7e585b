/** `mq profile copy` */

import { defineCommand } from "../../command.ts";
import { profileNamed } from "../../profile/config-file.ts";
import { changingConfig } from "../../profile/config-lock.ts";
import { configWithout, keepProfile } from "./profile-change.ts";
import { profileSchema } from "./profile-item.ts";

export const command = defineCommand({
  spec: {
    path: ["profile", "copy"],
    summary: "copy a profile under another name",
    arguments: [
      { name: "NAME", about: "name of the profile", completes: "profile" },
      { name: "COPY", about: "name of the new one" },
    ],
    flags: {},
    output: profileSchema,
    examples: ["mq profile copy prod staging"],
  },
  run: (context, { arguments: [from = "", to = ""] }) =>
    changingConfig(context, async () => {
      const config = configWithout(context, to);
      const profile = profileNamed(config, from);
      keepProfile(context, { ...config, profile: { ...config.profile, [to]: profile } }, [
        to,
        profile,
      ]);
      return undefined;
    }),
});
