/** `mq profile create` */

import { defineCommand } from "../../command.ts";
import { usageError } from "../../command-error.ts";
import { changingConfig } from "../../profile/config-lock.ts";
import { changedProfile, configWithout, keepProfile, profileFlags } from "./profile-change.ts";
import { profileSchema } from "./profile-item.ts";

export const command = defineCommand({
  spec: {
    path: ["profile", "create"],
    summary: "give a cluster a name",
    description:
      "Where none is current the new one is from then on, unless it is protected: that one wants mq profile use.",
    arguments: [{ name: "NAME", about: "letters, digits, and - _ . between them" }],
    flags: profileFlags,
    output: profileSchema,
    examples: [
      "mq profile create local --at 127.0.0.1:9876",
      "mq profile create prod --at ns1:9876,ns2:9876 --protected --prompt-color red",
      "mq profile create docker --at 127.0.0.1:9876 --rewrite 172.17.0.5:10911=127.0.0.1:10911",
    ],
  },
  run: (context, { arguments: [name = ""], flags }) =>
    changingConfig(context, async () => {
      if (flags.at === undefined) {
        throw usageError("--at is missing: the nameservers of the cluster");
      }
      const config = configWithout(context, name);
      const profile = changedProfile({}, flags);
      const isCurrent = config.current === undefined && profile.protected !== true;
      keepProfile(
        context,
        {
          ...config,
          ...(isCurrent ? { current: name } : {}),
          profile: { ...config.profile, [name]: profile },
        },
        [name, profile],
      );
      if (context.global.output === undefined && !context.global.dryRun) {
        context.output.note(
          isCurrent
            ? `commands work with '${name}' from now on, those without -n, -P or MQ_PROFILE`
            : `-P ${name} works with it; mq profile use ${name} makes it the current one`,
        );
      }
      return undefined;
    }),
});
