/**
 * `mq mqadmin`: RocketMQ's mqadmin without its JVM. Words, layout and order of its output are those of mqadmin 5.5.0;
 * errors, exit codes and `-o json` are ours.
 */
import type { CommandContext } from "../command.ts";
import { CommandError, toCommandError, usageError } from "../command-error.ts";
import { closestWord } from "../did-you-mean.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import { type CommandLine, CommandLineError, parseCommandLine } from "./command-line.ts";
import { format } from "./java-format.ts";
import { type AdminOption, commonOptions } from "./option.ts";
import { Printer } from "./printer.ts";
import { findSubcommand, type SubcommandEntry, subcommands } from "./subcommand-list.ts";
import { usageText } from "./usage.ts";

/** Runs one subcommand given as words. Throws CommandError. */
async function runSubcommand(
  context: CommandContext,
  words: readonly string[],
): Promise<ExitCode | undefined> {
  const [name, ...others] = words;
  if (name === undefined) {
    context.terminal.write(overview());
    return undefined;
  }
  const wantsHelp = name === "help" && others.length === 1;
  const entry = find(context, wantsHelp ? (others[0] ?? "") : name);
  const { subcommand } = await entry.load();
  const options = [...commonOptions, ...subcommand.options];
  if (wantsHelp) {
    context.terminal.write(usageText(entry.name, options));
    return undefined;
  }
  const line = parsed(context, entry, options, withoutOutput(others));
  if (line.has("h")) {
    context.terminal.write(usageText(entry.name, options));
    return undefined;
  }
  const spelling = subcommand.spelling(line);
  const isJson = context.output.format === "json" && context.global.output !== undefined;
  // With -o json standard error is JSON as well.
  if (spelling !== undefined && !isJson) {
    context.output.note(`mqadmin ${entry.name} → mq ${spelling}`);
  }
  if (subcommand.isFinal === true) {
    refuseProtected(context, entry, line);
  }
  const printer = new Printer({
    subcommand: entry.name,
    isJson,
    write: (text) => context.terminal.write(text),
    note: (text) => context.output.note(text),
  });
  const code = await subcommand.run({
    line,
    client: context.clientAt(line.value("n")),
    printer,
    environment: context.environment,
    signal: context.signal,
    process: context.process,
  });
  printer.flush();
  return code;
}

/** Runs as `runSubcommand`, but ends with 0 as the official tool does, whatever went wrong, when that is asked for. */
export async function runMqadmin(
  context: CommandContext,
  words: readonly string[],
): Promise<ExitCode | undefined> {
  if (context.process.environment["MQ_MQADMIN_EXIT0"] !== "1") {
    return await runSubcommand(context, words);
  }
  try {
    await runSubcommand(context, words);
  } catch (error) {
    if (context.signal.aborted) {
      throw error;
    }
    context.output.error(toCommandError(error));
  }
  return undefined;
}

function overview(): string {
  const rows = subcommands.map(({ name, summary }) => format("   %-35s %s%n", name, summary));
  return [
    "The most commonly used mqadmin commands are:\n",
    ...rows,
    "\nSee 'mqadmin help <command>' for more information on a specific command.\n",
  ].join("");
}

function find(context: CommandContext, name: string): SubcommandEntry {
  const entry = findSubcommand(name);
  if (entry !== undefined) {
    return entry;
  }
  context.terminal.write(`The sub command ${name} not exist.\n`);
  const meant = closestWord(
    name,
    subcommands.map((each) => each.name),
  );
  throw usageError(
    `'${name}' is no subcommand of mqadmin`,
    meant === undefined ? "mq mqadmin lists them" : `did you mean '${meant}'?`,
  );
}

/** The official tool's words leave no room for a question, and scripts would not answer it. */
function refuseProtected(
  context: CommandContext,
  { name }: SubcommandEntry,
  line: CommandLine,
): void {
  const profiles = context.protectedBy(line.value("n"));
  if (profiles.length > 0) {
    throw new CommandError(
      "MQ-E-PROTECTED",
      exitCode.precondition,
      `profile '${profiles.join("', '")}' is protected: mqadmin ${name} asks nobody`,
      {
        hint: "mq's own command of this kind asks for the name; the arrow above or docs/mqadmin.md names it",
      },
    );
  }
}

/** Without `-o json`, our only addition. No option of the official tool takes that word as its value. */
function withoutOutput(words: readonly string[]): readonly string[] {
  return words.filter(
    (word, index) =>
      word !== "--output=json" &&
      !(/^(-o|--output)$/.test(word) && words[index + 1] === "json") &&
      !(word === "json" && /^(-o|--output)$/.test(words[index - 1] ?? "")),
  );
}

function parsed(
  context: CommandContext,
  { name }: SubcommandEntry,
  options: readonly AdminOption[],
  words: readonly string[],
): CommandLine {
  try {
    return parseCommandLine(options, words);
  } catch (error) {
    if (!(error instanceof CommandLineError)) {
      throw error;
    }
    context.terminal.write(usageText(name, options));
    throw usageError(error.message);
  }
}
