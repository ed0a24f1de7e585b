/** `mq shell` */
import type { Terminal } from "../../src/io/terminal.ts";
import { defineCommand } from "../command.ts";
import { usageError } from "../command-error.ts";
import { flag, onOff, text, texts } from "../flag.ts";
import { Shell } from "../shell/shell.ts";
import { readTextFile } from "../text-file.ts";

export const command = defineCommand({
  spec: {
    path: ["shell"],
    summary: "run these commands interactively",
    description:
      "The same commands without the word mq, over one pool of connections. On a terminal with history and completion; " +
      "-e, -f and standard input run scripts.\n" +
      "Inside: help, set NAME VALUE, watch 2s COMMAND, time COMMAND, last, source FILE, exit; what follows | > or >> goes " +
      "to the system's shell. Ctrl-C ends the command, Ctrl-D the shell.",
    arguments: [{ name: "-", about: "the script comes from standard input", isOptional: true }],
    flags: {
      execute: flag(texts().optional(), {
        about: "run these commands, separated by ;",
        short: "e",
        value: "COMMANDS",
      }),
      file: flag(text().optional(), {
        about: "run the lines of a file",
        short: "f",
        value: "FILE",
        completes: "folder",
      }),
      failOnError: flag(onOff().default(true), { about: "go on after a failure in a script" }),
    },
    examples: ["mq shell", "mq shell -e 'topic list; group list'", "mq shell -f maintenance.mq"],
  },
  async run(context, { arguments: [dash], flags }) {
    const { terminal, environment } = context;
    const sources = [flags.execute, flags.file, dash].filter((each) => each !== undefined);
    if (sources.length > 1 || (dash !== undefined && dash !== "-")) {
      throw usageError("one script at a time: -e, -f or -");
    }
    if (sources.length === 0 && terminal.isInputTerminal) {
      const shell = new Shell(context, { stopsAtFailure: false, reports: false, terminal });
      return { passedOn: await shell.interact() };
    }
    const options = { stopsAtFailure: flags.failOnError, reports: true };
    if (flags.execute !== undefined) {
      const shell = new Shell(context, { ...options, terminal });
      return { passedOn: await shell.script(flags.execute) };
    }
    if (flags.file !== undefined) {
      const text = readTextFile(environment, flags.file);
      if (text === undefined) {
        throw usageError(`--file: ${flags.file} is not there`);
      }
      const shell = new Shell(context, { ...options, terminal });
      return { passedOn: await shell.script(text.split("\n")) };
    }
    const shell = new Shell(context, { ...options, terminal: withoutInput(terminal) });
    return { passedOn: await shell.script(terminal.lines()) };
  },
});

/** The terminal without its input, which is the script. */
function withoutInput(terminal: Terminal): Terminal {
  return {
    ...terminal,
    isInputTerminal: false,
    readAll: () => Promise.resolve(Buffer.alloc(0)),
    async *lines() {
      // Nothing is left for the commands.
    },
    async *byteLines() {
      // Nor here.
    },
  };
}
