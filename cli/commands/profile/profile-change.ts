/** What the commands that change a profile share: flags, writing, showing the result. */
import { readHostPort } from "../../../src/core/host-port.ts";
import type { CommandContext } from "../../command.ts";
import { usageError } from "../../command-error.ts";
import { choice, duration, type FlagValues, flag, text, texts, toggle } from "../../flag.ts";
import { readNameservers } from "../../global-flags.ts";
import {
  type Config,
  checkProfileName,
  type Profile,
  promptColors,
  readConfig,
  writeConfig,
} from "../../profile/config-file.ts";
import { profileColumns, profileItem } from "./profile-item.ts";

export const profileFlags = {
  at: flag(text(1).optional(), {
    about: "its nameservers, separated by comma or semicolon",
    value: "HOST:PORT[,…]",
  }),
  protected: toggle("destructive commands want --yes and a typed name"),
  unprotected: toggle("lift the protection"),
  promptColor: flag(choice(promptColors).optional(), {
    about: "of the shell's prompt",
    value: "COLOR",
  }),
  defaultOutput: flag(text(1).optional(), { about: "in place of --output", value: "FORMAT" }),
  defaultTimeout: flag(duration().optional(), {
    about: "in place of --timeout",
    value: "DURATION",
  }),
  rewrite: flag(texts().default([]), {
    about: "reach the broker that advertises FROM at TO; --rewrite FROM= takes it back",
    value: "FROM=TO",
  }),
} as const;

/** The profile with what the flags say. */
export function changedProfile(profile: Profile, flags: FlagValues<typeof profileFlags>): Profile {
  if (flags.protected && flags.unprotected) {
    throw usageError("--protected and --unprotected contradict each other");
  }
  if (flags.at !== undefined) {
    readNameservers(flags.at);
  }
  const rewrite = new Map(Object.entries(profile.rewrite ?? {}));
  for (const pair of flags.rewrite) {
    const [from = "", to, ...others] = pair.split("=");
    const isAddress = (each: string): boolean => readHostPort(each) !== undefined;
    if (to === undefined || others.length > 0 || ![from, to || from].every(isAddress)) {
      throw usageError(`--rewrite: '${pair}' is no HOST:PORT=HOST:PORT`);
    }
    if (to === "") {
      rewrite.delete(from);
    } else {
      rewrite.set(from, to);
    }
  }
  const { rewrite: _, ...others } = profile;
  return {
    ...others,
    ...(flags.at === undefined ? {} : { nameserver: flags.at }),
    ...(flags.protected === flags.unprotected ? {} : { protected: flags.protected }),
    ...(flags.promptColor === undefined ? {} : { color: flags.promptColor }),
    ...(flags.defaultOutput === undefined ? {} : { output: flags.defaultOutput }),
    ...(flags.defaultTimeout === undefined ? {} : { timeout: `${flags.defaultTimeout}ms` }),
    ...(rewrite.size === 0 ? {} : { rewrite: Object.fromEntries(rewrite) }),
  };
}

/** The configuration, and a check that no profile of the new name is there. */
export function configWithout({ process }: CommandContext, name: string): Config {
  checkProfileName(name);
  const config = readConfig(process);
  if (Object.hasOwn(config.profile, name)) {
    throw usageError(`there is a profile '${name}' already`, "mq profile edit changes it");
  }
  return config;
}

/** Writes the configuration unless this is a dry run, and shows the profile. */
export function keepProfile(
  { process, global, output }: CommandContext,
  config: Config,
  [name, profile]: readonly [string, Profile],
): void {
  if (!global.dryRun) {
    writeConfig(process, config);
  }
  const item = profileItem(config, name, profile);
  output.item("Profile", item, { columns: profileColumns });
  if (global.dryRun) {
    output.note("nothing changed (--dry-run)");
  }
}
