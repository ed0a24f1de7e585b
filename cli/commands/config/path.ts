/** `mq config path` */
import { defineCommand } from "../../command.ts";
import { configPath } from "../../profile/config-file.ts";

export const command = defineCommand({
  spec: {
    path: ["config", "path"],
    summary: "print where the configuration lies",
    flags: {},
    output: (z) => z.object({ path: z.string() }),
    examples: ["mq config path -o table"],
  },
  async run({ process, output }) {
    const path = configPath(process);
    output.item("ConfigPath", { path }, { text: `${path}\n` });
    return undefined;
  },
});
