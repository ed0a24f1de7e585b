/** `mq shell` */
import { z } from "zod";
import { type CommandContext, defineCommand } from "../command.ts";
import { usageError } from "../command-error.ts";
import { flag } from "../flag.ts";
import { Shell } from "../shell/shell.ts";

export const command = defineCommand({
  spec: {
    path: ["shell"],
    summary: "run these commands interactively",
    description:
      "The same commands without the word mq. On a terminal with history and completion; -e, -f and standard input run scripts.\nInside: help, set FLAG VALUE, watch 2s COMMAND, time COMMAND, last, source FILE, exit; | and > go to the system's shell.",
    flags: {
      execute: flag(z.array(z.string()).optional(), {
        about: "run these commands, separated by ;",
        short: "e",
        value: "COMMANDS",
      }),
      file: flag(z.string().optional(), {
        about: "run the lines of a file",
        short: "f",
        value: "FILE",
      }),
      failOnError: flag(z.boolean().default(true), { about: "go on after a failure in a script" }),
    },
    examples: ["mq shell", "mq shell -e 'topic list; group list'", "mq shell -f maintenance.mq"],
  },
  async run(context, { flags }) {
    const isScript =
      flags.execute !== undefined || flags.file !== undefined || !context.terminal.isInputTerminal;
    const shell = new Shell(context, isScript && flags.failOnError);
    if (flags.execute !== undefined) {
      return await shell.script(flags.execute);
    }
    if (flags.file !== undefined) {
      return await shell.script(readLines(context, flags.file));
    }
    return isScript ? await shell.script(context.terminal.lines()) : await shell.interact();
  },
});

function readLines({ environment: { disk } }: CommandContext, path: string): readonly string[] {
  if (!disk.exists(path)) {
    throw usageError(`--file: ${path} is not there`);
  }
  const file = disk.open(path, "read");
  const bytes = Buffer.alloc(file.bytes());
  file.readInto(bytes, 0, bytes.length, 0);
  file.close();
  return bytes.toString("utf8").split("\n");
}
