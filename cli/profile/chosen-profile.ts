/**
 * Which profile a command runs with, and what that means for it: settings stand for variables that are not set,
 * addresses are rewritten, and protection goes by address, so that naming a protected cluster's nameserver by hand
 * does not get around it.
 */
import { readHostPort } from "../../src/core/host-port.ts";
import type { Environment } from "../../src/io/environment.ts";
import type { ProcessPort } from "../../src/io/process.ts";
import { splitNameservers, type Variables } from "../global-flags.ts";
import {
  type Config,
  type Profile,
  profileNamed,
  type SettingName,
  settingNames,
} from "./config-file.ts";
import { readLayers } from "./config-layers.ts";

/** The variable of each setting's flag. */
export const settingVariables = {
  nameserver: "MQ_NAMESERVER",
  output: "MQ_OUTPUT",
  timeout: "MQ_TIMEOUT",
} as const satisfies Readonly<Record<SettingName, string>>;

export interface ChosenProfile {
  /** Undefined when none is used. */
  readonly name: string | undefined;
  readonly profile: Profile;
  readonly config: Config;
}

export const noProfile: ChosenProfile = { name: undefined, profile: {}, config: { profile: {} } };

/** The profile that was named, or the current one. Throws CommandError when it is not there or the file is broken. */
export function chooseProfile(process: ProcessPort, named: string | undefined): ChosenProfile {
  const { merged: config } = readLayers(process);
  const name = named ?? config.current;
  return { name, profile: name === undefined ? {} : profileNamed(config, name), config };
}

/** The process's variables, completed by the profile and then by the file's settings for every command. */
export function variablesWith({ profile, config }: ChosenProfile, variables: Variables): Variables {
  const completed: Record<string, string | undefined> = { ...variables };
  for (const name of settingNames) {
    completed[settingVariables[name]] ||= profile[name] ?? config[name];
  }
  return completed;
}

/** Names of protected profiles that share a nameserver with those in use. */
export function protectedAt(
  { config }: ChosenProfile,
  nameservers: readonly string[],
): readonly string[] {
  return Object.entries(config.profile)
    .filter(
      ([, each]) =>
        each.protected === true &&
        splitNameservers(each.nameserver ?? config.nameserver ?? "").some((address) =>
          nameservers.includes(address),
        ),
    )
    .map(([name]) => name);
}

/** The environment in which addresses of the profile's table lead to where they can be reached from here. */
export function rewritten(environment: Environment, { rewrite }: Profile): Environment {
  if (rewrite === undefined) {
    return environment;
  }
  const { network } = environment;
  return {
    ...environment,
    network: {
      listen: (address, accept) => network.listen(address, accept),
      connect(address, options, events) {
        const other = readHostPort(rewrite[`${address.host}:${address.port}`] ?? "");
        return network.connect(other ?? address, options, events);
      },
    },
  };
}
