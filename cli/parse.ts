/** Turns words into a command's input: commander reads them, zod checks the values. */
import { CommanderError, Option, Command as Parser } from "commander";
import { z } from "zod";
import type { CommandInput, CommandSpec, FlagShape } from "./command.ts";
import { usageError } from "./command-error.ts";
import { type FlagForm, flagForm, flagName } from "./flag.ts";
import { type GlobalFlags, globalFlagShape } from "./global-flags.ts";

export interface ParsedCommand {
  readonly input: CommandInput<FlagShape>;
  readonly global: GlobalFlags;
  readonly wantsHelp: "text" | "json" | undefined;
}

/** Reads the words behind a command's path. Throws CommandError `MQ-E-USAGE`. */
export function parseCommand(
  spec: CommandSpec,
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): ParsedCommand {
  const [own, command] = splitAtDashes(words, spec.takesCommand === true);
  const shape = { ...globalFlagShape, ...spec.flags };
  const parser = createParser(spec);
  try {
    parser.parse([...own], { from: "user" });
  } catch (error) {
    throw error instanceof CommanderError ? usageError(plainMessage(error), hintFor(spec)) : error;
  }
  const given = parser.opts<Record<string, unknown>>();
  const wantsHelp =
    given["helpJson"] === true || given["output"] === "help"
      ? "json"
      : given["help"] === true
        ? "text"
        : undefined;
  const values = withEnvironment(shape, given, environment);
  const global = check(globalFlagShape, values, spec);
  const flags = wantsHelp === undefined ? check(spec.flags, values, spec) : {};
  if (wantsHelp === undefined) {
    checkArguments(spec, parser.args);
  }
  return { input: { arguments: parser.args, flags, command }, global, wantsHelp };
}

/** The flags that every command takes, from words and environment alone. */
export function parseGlobalFlags(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): GlobalFlags {
  const spec = { path: [], summary: "", flags: {}, examples: [] };
  return parseCommand(spec, words, environment).global;
}

/** Moves global flags that were typed before the command behind it: `mq -n HOST:PORT topic list`. */
export function leadingFlags(
  words: readonly string[],
): readonly [flags: readonly string[], others: readonly string[]] {
  const forms = globalFlagsOf();
  let at = 0;
  while (at < words.length && words[at]?.startsWith("-") === true) {
    const word = words[at];
    const named = forms.find(
      ([key, { details }]) => word === `--${flagName(key)}` || word === `-${details.short}`,
    );
    at += named !== undefined && named[1].kind !== "toggle" ? 2 : 1;
  }
  return [words.slice(0, at), words.slice(at)];
}

/** The forms of all flags of a command, its own first. */
export function flagsOf(spec: CommandSpec): readonly (readonly [string, FlagForm])[] {
  return Object.entries(spec.flags).map(([key, schema]) => [key, flagForm(schema as z.ZodType)]);
}

/** The forms of the flags that every command takes; a letter that the command has for itself is not theirs. */
export function globalFlagsOf(spec?: CommandSpec): readonly (readonly [string, FlagForm])[] {
  const own = spec === undefined ? [] : flagsOf(spec);
  const letters = new Set(own.map(([, { details }]) => details.short));
  return Object.entries(globalFlagShape).map(([key, schema]) => {
    const form = flagForm(schema);
    const { short, ...details } = form.details;
    return [key, short !== undefined && letters.has(short) ? { ...form, details } : form];
  });
}

/** How a flag is typed: `-q, --queue <N>`. */
export function flagUsage(key: string, form: FlagForm): string {
  const short = form.details.short === undefined ? "" : `-${form.details.short}, `;
  const name = form.isOn ? `no-${flagName(key)}` : flagName(key);
  const value = form.kind === "toggle" ? "" : ` <${form.details.value ?? "VALUE"}>`;
  return `${short}--${name}${value}`;
}

function createParser(spec: CommandSpec): Parser {
  const parser = new Parser(spec.path.join(" "))
    .exitOverride()
    .configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
    .helpOption(false)
    .allowExcessArguments(true)
    .option("-h, --help")
    .option("--help-json");
  for (const [key, form] of [...globalFlagsOf(spec), ...flagsOf(spec)]) {
    const option = new Option(flagUsage(key, form));
    if (form.kind === "list") {
      option.argParser((value: string, all: readonly string[] | undefined) => [
        ...(all ?? []),
        value,
      ]);
    }
    parser.addOption(option);
  }
  return parser;
}

/** Words before and behind `--`; without a command of its own, `--` only ends the flags. */
function splitAtDashes(
  words: readonly string[],
  takesCommand: boolean,
): readonly [readonly string[], readonly string[]] {
  const at = takesCommand ? words.indexOf("--") : -1;
  return at < 0 ? [words, []] : [words.slice(0, at), words.slice(at + 1)];
}

function withEnvironment(
  shape: FlagShape,
  given: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, unknown> {
  const values: Record<string, unknown> = { ...given };
  for (const [key, schema] of Object.entries(shape)) {
    const form = flagForm(schema as z.ZodType);
    const text = form.details.env === undefined ? undefined : environment[form.details.env];
    if (text !== undefined && text !== "" && given[key] === undefined) {
      values[key] = form.kind === "toggle" ? /^(1|true|yes)$/i.test(text) : text;
    }
  }
  return values;
}

function check<F extends FlagShape>(
  shape: F,
  values: Readonly<Record<string, unknown>>,
  spec: CommandSpec,
): z.infer<z.ZodObject<F>> {
  const checked = z.object(shape).safeParse(values);
  if (checked.success) {
    return checked.data;
  }
  const [issue] = checked.error.issues;
  const key = String(issue?.path[0] ?? "");
  const shown = values[key] === undefined ? "" : ` '${String(values[key])}'`;
  const message = issue?.message ?? "is not valid";
  throw usageError(`--${flagName(key)}${shown}: ${message}`, hintFor(spec));
}

function checkArguments(spec: CommandSpec, words: readonly string[]): void {
  const wanted = spec.arguments ?? [];
  const missing = wanted[words.length];
  if (missing !== undefined && missing.isOptional !== true) {
    throw usageError(`${missing.name} is missing: ${missing.about}`, hintFor(spec));
  }
  const isMany = wanted[wanted.length - 1]?.isMany === true;
  if (words.length > wanted.length && !isMany) {
    throw usageError(`'${words[wanted.length]}' is one word too many`, hintFor(spec));
  }
}

function hintFor(spec: CommandSpec): string {
  return `${["mq", ...spec.path].join(" ")} --help shows what it takes`;
}

/** Commander's message without its prefix; it names a close flag by itself. */
function plainMessage(error: CommanderError): string {
  return error.message.replace(/^error: /, "").replace(/\n/g, " ");
}
