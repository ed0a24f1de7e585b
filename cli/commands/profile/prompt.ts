/** `mq profile prompt`: the profile in use, for the prompt of the system's shell. */
import { defineCommand } from "../../command.ts";
import { profileNamed } from "../../profile/config-file.ts";
import { readLayers } from "../../profile/config-layers.ts";
import { isColored, paint } from "../../render/color.ts";

export const command = defineCommand({
  spec: {
    path: ["profile", "prompt"],
    summary: "print the profile in use for a shell's prompt",
    description:
      "The name, with ! behind a protected one, in its colour with --color always. Nothing when none is in use.",
    flags: {},
    output: (z) => z.object({ name: z.string(), protected: z.boolean() }),
    examples: ["mq profile prompt", "mq profile prompt --color always"],
  },
  async run({ process, output, global, terminal }) {
    const { merged: config } = readLayers(process);
    const name = global.profile ?? config.current;
    if (name === undefined) {
      return undefined;
    }
    const { color, protected: isProtected = false } = profileNamed(config, name);
    if (output.isJson && global.output !== undefined) {
      output.item("ProfilePrompt", { name, protected: isProtected });
      return undefined;
    }
    const text = `${name}${isProtected ? "!" : ""}`;
    const isOn = isColored({
      color: global.color,
      variables: process.environment,
      isTerminal: terminal.isOutputTerminal,
    });
    terminal.write(`${color === undefined ? text : paint(text, color, isOn)}\n`);
    return undefined;
  },
});
