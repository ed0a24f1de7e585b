/** Turns words into a command's input: commander takes them apart, the flags' types read their values. */
import { CommanderError, Option, Command as Parser } from "commander";
import type { CommandInput, CommandSpec } from "./command.ts";
import { usageError } from "./command-error.ts";
import {
  type Flag,
  type FlagShape,
  type FlagValues,
  flagName,
  isOnByDefault,
  ValueError,
} from "./flag.ts";
import { type GlobalFlags, globalFlagShape, type Variables } from "./global-flags.ts";

export interface ParsedCommand {
  readonly input: CommandInput<FlagShape>;
  readonly global: GlobalFlags;
  /** For people, the whole spec for programs, or only the schema of what the command prints. */
  readonly wantsHelp: "text" | "json" | "schema" | undefined;
}

/** A flag under its name in camelCase. */
export type NamedFlag = readonly [key: string, flag: Flag<unknown>];

/** Reads the words behind a command's path. Throws CommandError `MQ-E-USAGE`. */
export function parseCommand(
  spec: CommandSpec,
  words: readonly string[],
  environment: Variables,
): ParsedCommand {
  if (spec.isVerbatim === true) {
    return parseVerbatim(spec, words, environment);
  }
  const [own, command] = splitAtDashes(words, spec.takesCommand === true);
  const parser = createParser(spec);
  let verbosity = 0;
  parser.on("option:verbose", () => verbosity++);
  try {
    parser.parse([...own], { from: "user" });
  } catch (error) {
    throw error instanceof CommanderError ? usageError(plainMessage(error), hintFor(spec)) : error;
  }
  const given = parser.opts<Record<string, unknown>>();
  const wantsHelp = helpWanted(given);
  const reader = { given, environment, hint: hintFor(spec) };
  const flagsOfAll = readFlags(globalFlagShape, reader);
  const global = verbosity > 1 ? { ...flagsOfAll, traceRpc: true } : flagsOfAll;
  if (wantsHelp !== undefined) {
    return { input: { arguments: [], flags: {}, command: [] }, global, wantsHelp };
  }
  const flags = readFlags(spec.flags, reader);
  checkArguments(spec, parser.args);
  return { input: { arguments: parser.args, flags, command }, global, wantsHelp };
}

/**
 * A command whose words are its own: flags of every command only stand before them. `-o json` counts wherever it
 * stands, so that errors are told in the same form as answers.
 */
function parseVerbatim(
  spec: CommandSpec,
  words: readonly string[],
  environment: Variables,
): ParsedCommand {
  const [flags, own] = leadingFlags(words);
  const output = outputAsked(own, {}) === "json" ? ["--output=json"] : [];
  const { isVerbatim: _, ...plain } = spec;
  const parsed = parseCommand(plain, [...flags, ...output], environment);
  return { ...parsed, input: { ...parsed.input, arguments: own } };
}

/** The arguments among the words behind a command's path; undefined for words that it does not take. */
export function argumentsAmong(
  spec: CommandSpec,
  words: readonly string[],
): readonly string[] | undefined {
  const parser = createParser(spec);
  try {
    parser.parse([...splitAtDashes(words, spec.takesCommand === true)[0]], { from: "user" });
    return parser.opts()["help"] === true ? undefined : parser.args;
  } catch {
    return undefined;
  }
}

/** The flags that every command takes, from words and environment alone. */
export function parseGlobalFlags(words: readonly string[], environment: Variables): GlobalFlags {
  const spec = { path: [], summary: "", flags: {}, examples: [] };
  return parseCommand(spec, words, environment).global;
}

/** Moves global flags that were typed before the command behind it: `mq -n HOST:PORT topic list`. */
export function leadingFlags(
  words: readonly string[],
): readonly [flags: readonly string[], others: readonly string[]] {
  const flags = globalFlagsOf();
  let at = 0;
  while (at < words.length && words[at]?.startsWith("-") === true) {
    const word = words[at];
    const named = flags.find(
      ([key, { details }]) => word === `--${flagName(key)}` || word === `-${details.short}`,
    );
    at += named !== undefined && named[1].type.kind !== "toggle" ? 2 : 1;
  }
  return [words.slice(0, at), words.slice(at)];
}

/** The output that was asked for, as far as words that cannot be read any further tell. */
export function outputAsked(words: readonly string[], environment: Variables): string | undefined {
  const at = Math.max(words.lastIndexOf("-o"), words.lastIndexOf("--output"));
  const assigned = words.findLast((word) => word.startsWith("--output="));
  return (at < 0 ? undefined : words[at + 1]) ?? assigned?.slice(9) ?? environment["MQ_OUTPUT"];
}

/** A command's own flags. */
export function flagsOf(spec: CommandSpec): readonly NamedFlag[] {
  return Object.entries(spec.flags);
}

/** The flags that every command takes; a letter that the command has for itself is not theirs. */
export function globalFlagsOf(spec?: CommandSpec): readonly NamedFlag[] {
  const letters = new Set(
    spec === undefined ? [] : flagsOf(spec).map(([, { details }]) => details.short),
  );
  return Object.entries(globalFlagShape).map(([key, flag]): NamedFlag => {
    const { short, ...details } = flag.details;
    return [key, short !== undefined && letters.has(short) ? { ...flag, details } : flag];
  });
}

/** How a flag is typed: `-q, --queue <N>`. */
export function flagUsage([key, flag]: NamedFlag): string {
  const { short, value = "VALUE" } = flag.details;
  const letter = short === undefined ? "" : `-${short}, `;
  const name = isOnByDefault(flag) ? `no-${flagName(key)}` : flagName(key);
  return `${letter}--${name}${flag.type.kind === "toggle" ? "" : ` <${value}>`}`;
}

function createParser(spec: CommandSpec): Parser {
  const parser = new Parser(spec.path.join(" "))
    .exitOverride()
    .configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
    .helpOption(false)
    .allowExcessArguments(true)
    .option("-h, --help")
    .option("--help-json");
  for (const named of [...globalFlagsOf(spec), ...flagsOf(spec)]) {
    const option = new Option(flagUsage(named));
    if (named[1].type.kind === "list") {
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

function helpWanted(given: Readonly<Record<string, unknown>>): ParsedCommand["wantsHelp"] {
  if (given["helpJson"] === true) {
    return "json";
  }
  if (given["output"] === "help") {
    return "schema";
  }
  return given["help"] === true ? "text" : undefined;
}

interface FlagReader {
  /** What commander found. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly environment: Variables;
  readonly hint: string;
}

/** Precedence: what was typed, then the environment, then what is built in. */
function readFlags<S extends FlagShape>(shape: S, reader: FlagReader): FlagValues<S> {
  const values = Object.entries(shape).map(([key, flag]) => [key, readFlag(key, flag, reader)]);
  // The entries of `shape` under their own keys: what each type reads is what the shape says.
  return Object.fromEntries(values) as FlagValues<S>;
}

function readFlag(key: string, { type, details }: Flag<unknown>, reader: FlagReader): unknown {
  const typed = reader.given[key];
  const name = `--${flagName(key)}`;
  if (typeof typed === "boolean") {
    return typed;
  }
  if (typeof typed === "string") {
    return readValue(type.read, name, typed, reader.hint);
  }
  if (Array.isArray(typed)) {
    return typed.map((each) => readValue(type.read, name, String(each), reader.hint));
  }
  const variable = details.env === undefined ? "" : (reader.environment[details.env] ?? "");
  if (variable !== "") {
    return readValue(type.read, details.env ?? name, variable, reader.hint);
  }
  if (type.isRequired) {
    throw usageError(`${name} is missing: ${details.about}`, reader.hint);
  }
  return type.fallback;
}

function readValue(
  read: (text: string) => unknown,
  name: string,
  typed: string,
  hint: string,
): unknown {
  try {
    return read(typed);
  } catch (error) {
    throw error instanceof ValueError
      ? usageError(`${name}: '${typed}' ${error.message}`, hint)
      : error;
  }
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
