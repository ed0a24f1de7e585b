/** `mq config explain`: each setting's value and where it comes from. */
import { type CommandContext, defineCommand } from "../../command.ts";
import { nameserverDefault } from "../../global-flags.ts";
import { settingVariables } from "../../profile/chosen-profile.ts";
import {
  configPath,
  profileNamed,
  type SettingName,
  settingNames,
} from "../../profile/config-file.ts";
import { projectConfigPath, readLayers, systemConfigPath } from "../../profile/config-layers.ts";

/** Who says a value, highest first. */
type Voice = readonly [origin: string, value: string | undefined];

export const command = defineCommand({
  spec: {
    path: ["config", "explain"],
    summary: "tell where each setting comes from",
    description:
      "Highest first: flag, variable, profile, ./.mq.toml once it is trusted, the user's configuration, /etc/mq/config.toml,\nNAMESRV_ADDR, built in. Flags that are given count.",
    flags: {},
    output: (z) => z.object({ name: z.string(), value: z.string().nullable(), origin: z.string() }),
    examples: ["mq config explain -o table", "mq config explain -P prod --timeout 5s"],
  },
  async run(context) {
    const { process, global, output } = context;
    const { user, system, project, merged: config } = readLayers(process);
    const name = global.profile ?? config.current;
    const profileOrigin =
      process.environment["MQ_PROFILE"] === name && name !== undefined
        ? "variable MQ_PROFILE"
        : global.profile === undefined
          ? user.current === undefined
            ? systemConfigPath(process)
            : configPath(process)
          : "flag --profile";
    const profile = name === undefined ? {} : profileNamed(config, name);
    const items = settingNames.map((setting) => {
      const variable = settingVariables[setting];
      const typed = typedValue(context, setting);
      const voices: readonly Voice[] = [
        [`variable ${variable}`, process.environment[variable] || undefined],
        [`profile ${name}`, profile[setting]],
        [projectConfigPath(process), project?.[setting]],
        [configPath(process), user[setting]],
        [systemConfigPath(process), system[setting]],
        ...(setting === "nameserver"
          ? ([["variable NAMESRV_ADDR", process.environment["NAMESRV_ADDR"]]] as const)
          : []),
        ["built in", builtIn[setting]],
      ];
      const isTyped = typed !== undefined && typed !== process.environment[variable];
      const heard = voices.find(([, value]) => value !== undefined);
      const [origin, value] = isTyped
        ? [`flag --${setting}`, typed]
        : (heard ?? ["built in", undefined]);
      return { name: setting, value: value ?? null, origin };
    });
    await output.list({
      kind: "ConfigExplanation",
      noun: "setting",
      nameKey: "name",
      columns: [
        { key: "name", head: "NAME" },
        { key: "value", head: "VALUE", show: (value) => String(value ?? "-") },
        { key: "origin", head: "ORIGIN" },
      ],
      items: [
        {
          name: "profile",
          value: name ?? null,
          origin: name === undefined ? "built in" : profileOrigin,
        },
        ...items,
      ],
    });
    return undefined;
  },
});

const builtIn: Readonly<Record<SettingName, string | undefined>> = {
  nameserver: nameserverDefault,
  output: undefined,
  timeout: "3s",
};

/** What a flag or its variable says; the configuration is not asked for this command. */
function typedValue({ global, process }: CommandContext, name: SettingName): string | undefined {
  if (name !== "timeout") {
    return global[name];
  }
  const isVariable = Boolean(process.environment[settingVariables.timeout]);
  return global.timeout === undefined || isVariable ? undefined : `${global.timeout}ms`;
}
