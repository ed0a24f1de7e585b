/** `mq profile delete` */

import { defineCommand } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { profileNamed, readConfig } from "../../profile/config-file.ts";
import { changingConfig } from "../../profile/config-lock.ts";
import { keepProfile } from "./profile-change.ts";
import { profileSchema } from "./profile-item.ts";

export const command = defineCommand({
  spec: {
    path: ["profile", "delete"],
    summary: "forget a profile",
    description: "The cluster stays as it is. A current profile leaves none behind.",
    arguments: [{ name: "NAME", about: "name of the profile", completes: "profile" }],
    flags: {},
    output: profileSchema,
    examples: ["mq profile delete staging --yes"],
  },
  run: (context, { arguments: [name = ""] }) =>
    changingConfig(context, async () => {
      const { current, ...config } = readConfig(context.process);
      const profile = profileNamed(config, name);
      if (!context.global.dryRun && !(await context.confirm(`Forget profile '${name}'?`))) {
        context.output.note("nothing changed");
        return exitCode.precondition;
      }
      const left = Object.entries(config.profile).filter(([each]) => each !== name);
      const changed = { ...config, profile: Object.fromEntries(left) };
      const isKept = current !== undefined && current !== name;
      keepProfile(context, isKept ? { current, ...changed } : changed, [name, profile]);
      return undefined;
    }),
});
