/** `mq profile rename` */

import { defineCommand } from "../../command.ts";
import { profileNamed } from "../../profile/config-file.ts";
import { changingConfig } from "../../profile/config-lock.ts";
import { configWithout, keepProfile } from "./profile-change.ts";
import { profileSchema } from "./profile-item.ts";

export const command = defineCommand({
  spec: {
    path: ["profile", "rename"],
    summary: "give a profile another name",
    arguments: [
      { name: "NAME", about: "name of the profile", completes: "profile" },
      { name: "OTHER", about: "its name from now on" },
    ],
    flags: {},
    output: profileSchema,
    examples: ["mq profile rename prod production"],
  },
  run: (context, { arguments: [from = "", to = ""] }) =>
    changingConfig(context, async () => {
      const { current, ...config } = configWithout(context, to);
      const profile = profileNamed(config, from);
      const renamed = Object.entries(config.profile).map(
        ([name, each]) => [name === from ? to : name, each] as const,
      );
      const kept = current === from ? to : current;
      const changed = { ...config, profile: Object.fromEntries(renamed) };
      keepProfile(context, kept === undefined ? changed : { current: kept, ...changed }, [
        to,
        profile,
      ]);
      return undefined;
    }),
});
