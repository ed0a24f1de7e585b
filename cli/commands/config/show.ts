/** `mq config show`: what the configuration says, as it was understood. */
import { defineCommand } from "../../command.ts";
import { readConfig } from "../../profile/config-file.ts";

export const command = defineCommand({
  spec: {
    path: ["config", "show"],
    summary: "show the configuration",
    flags: {},
    output: (z) =>
      z.object({
        current: z.string().nullable(),
        nameserver: z.string().nullable(),
        output: z.string().nullable(),
        timeout: z.string().nullable(),
        profile: z.record(z.string(), z.record(z.string(), z.unknown())),
      }),
    examples: ["mq config show", "mq config show -o json"],
  },
  async run({ process, output }) {
    const config = readConfig(process);
    const { current = null, nameserver = null, timeout = null, profile } = config;
    const item = { current, nameserver, output: config.output ?? null, timeout, profile };
    output.item("Config", item, { text: process.formatToml({ ...config }) });
    return undefined;
  },
});
