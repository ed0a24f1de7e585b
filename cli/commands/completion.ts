/** `mq completion`: the script that makes Tab work in the system's shell. */
import { defineCommand } from "../command.ts";
import { CommandError, usageError } from "../command-error.ts";
import {
  type CompletedShell,
  completedShells,
  completionPath,
  completionScripts,
} from "../completion-scripts.ts";
import { exitCode } from "../exit-code.ts";
import { toggle } from "../flag.ts";

export const command = defineCommand({
  spec: {
    path: ["completion"],
    summary: "print or install the completion of bash, zsh or fish",
    description:
      "Tab then completes commands, flags, their values, and the cluster's topics, groups and brokers, which are waited for no\nlonger than 150 ms. bash needs the package bash-completion to load an installed script by itself.",
    arguments: [{ name: "SHELL", about: completedShells.join(", ") }],
    flags: { install: toggle("write it where the shell looks for it, in place of printing it") },
    output: (z) =>
      z.object({ shell: z.enum(completedShells), path: z.string(), script: z.string() }),
    examples: [
      "mq completion bash > /etc/bash_completion.d/mq",
      "mq completion zsh --install",
      "mq completion fish --install --dry-run",
    ],
  },
  async run({ output, terminal, process, global }, { arguments: [asked = ""], flags }) {
    const shell = completedShells.find((each) => each === asked);
    if (shell === undefined) {
      throw usageError(`'${asked}' is none of ${completedShells.join(", ")}`);
    }
    const script = completionScripts[shell];
    const path = completionPath(shell, process);
    if (!flags.install) {
      // The script is what is redirected to a file: only who asks for data gets data.
      if (output.isJson && global.output !== undefined) {
        output.item("Completion", { shell, path, script });
      } else {
        terminal.write(script);
      }
      return undefined;
    }
    if (!global.dryRun) {
      process.files.replace(path, script);
      if (process.files.read(path) !== script) {
        throw new CommandError("MQ-E-FAILED", exitCode.failed, `${path} cannot be written`, {
          hint: `mq completion ${shell} prints it; put it where your shell looks`,
        });
      }
    }
    output.item(
      "Completion",
      { shell, path, script },
      { text: `${global.dryRun ? "would write" : "wrote"} ${path}\n` },
    );
    output.note(nextStep(shell, path));
    return undefined;
  },
});

function nextStep(shell: CompletedShell, path: string): string {
  return shell === "zsh"
    ? `~/.zshrc needs, before compinit: fpath+=(${path.slice(0, path.lastIndexOf("/"))})`
    : "a new shell has it";
}
