/** Help from the spec: for people, and as JSON for programs. */
import type { ZodType } from "zod";
import type { ArgumentSpec, CommandEntry, CommandSpec } from "./command.ts";
import { usageError } from "./command-error.ts";
import { type Flag, flagName, type Zod } from "./flag.ts";
import { flagsOf, flagUsage, globalFlagsOf, type NamedFlag } from "./parse.ts";

/** What was asked for in place of running the command. */
export async function helpText(
  spec: CommandSpec,
  wanted: "text" | "json" | "schema",
): Promise<string> {
  switch (wanted) {
    case "text":
      return commandHelp(spec);
    case "json":
      return `${JSON.stringify(described(spec, await schemaDescriber()))}\n`;
    case "schema":
      return await outputSchema(spec);
  }
}

/** Help of one command. */
export function commandHelp(spec: CommandSpec): string {
  const words = (spec.arguments ?? []).map(argumentUsage);
  const tail = spec.takesCommand === true ? " [-- COMMAND…]" : "";
  const usage = ["mq", ...spec.path, ...words, "[flags]"].join(" ") + tail;
  const own = flagsOf(spec).map(flagRow);
  const common = globalFlagsOf(spec).map(flagRow);
  return [
    `${spec.summary}\n`,
    ...(spec.description === undefined ? [] : [`${spec.description}\n`]),
    `Usage: ${usage}\n`,
    ...section(
      "Arguments",
      (spec.arguments ?? []).map(({ name, about }) => row(name, about)),
    ),
    ...section("Flags", own),
    ...section("Flags of every command", common),
    ...section(
      "Examples",
      spec.examples.map((example) => `  ${example}`),
    ),
  ].join("\n");
}

/** Help of a word that begins several commands, or of all of them. */
export function groupHelp(prefix: readonly string[], entries: readonly CommandEntry[]): string {
  const head =
    prefix.length === 0
      ? "mq: a RocketMQ-compatible broker, nameserver and toolkit in one executable\n"
      : `mq ${prefix.join(" ")}\n`;
  const rows = entries.map(({ path, summary }) => row(`mq ${path.join(" ")}`, summary));
  return [
    head,
    ...section("Commands", rows),
    "mq COMMAND --help tells more; mq shell runs them without the word mq.\n",
  ].join("\n");
}

/** The same for programs: the spec of each of the commands, as its own `--help-json` prints it. */
export async function groupHelpJson(entries: readonly CommandEntry[]): Promise<string> {
  const describe = await schemaDescriber();
  const all = await Promise.all(entries.map(({ load }) => load()));
  return `${JSON.stringify({ commands: all.map(({ spec }) => described(spec, describe)) })}\n`;
}

/** The JSON schema of what a command prints: of one row for a list. Throws a usage error for a command that prints none. */
async function outputSchema(spec: CommandSpec): Promise<string> {
  if (spec.output === undefined) {
    throw usageError(`mq ${spec.path.join(" ")} prints no data`, "--help-json describes its flags");
  }
  const describe = await schemaDescriber();
  return `${JSON.stringify(describe(spec.output))}\n`;
}

type Describe = (schema: (zod: Zod) => ZodType) => unknown;

/** The spec for programs: arguments, flags, and the JSON schemas of what goes in and comes out. */
function described(spec: CommandSpec, describe: Describe): Readonly<Record<string, unknown>> {
  return {
    command: ["mq", ...spec.path].join(" "),
    summary: spec.summary,
    arguments: spec.arguments ?? [],
    flags: flagsOf(spec).map(([key, { type, details }]) => ({
      name: `--${flagName(key)}`,
      kind: type.kind,
      about: details.about,
      required: type.isRequired,
      ...(type.fallback === undefined ? {} : { default: type.fallback }),
      schema: describe(type.schema),
    })),
    output: spec.output === undefined ? undefined : describe(spec.output),
    examples: spec.examples,
  };
}

/** The schema library, imported when somebody asks. */
async function schemaDescriber(): Promise<Describe> {
  const { z } = await import("zod");
  z.config({ jitless: true });
  return (schema) => z.toJSONSchema(schema(z), { unrepresentable: "any" });
}

export function argumentUsage({ name, isOptional, isMany }: ArgumentSpec): string {
  const shown = isMany === true ? `${name}…` : name;
  return isOptional === true ? `[${shown}]` : shown;
}

function flagRow(named: NamedFlag): string {
  return row(flagUsage(named), aboutFlag(named[1]));
}

function aboutFlag({ details, type: { choices } }: Flag<unknown>): string {
  const env = details.env === undefined ? "" : ` [${details.env}]`;
  return `${details.about}${choices.length > 0 ? ` (${choices.join(", ")})` : ""}${env}`;
}

function section(title: string, rows: readonly string[]): string[] {
  return rows.length === 0 ? [] : [`${title}:`, ...rows, ""];
}

function row(left: string, right: string): string {
  return `  ${left.padEnd(34)} ${right}`;
}
