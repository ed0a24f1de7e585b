/** Help from the spec: for people, and as JSON for programs. */
import { z } from "zod";
import type { ArgumentSpec, CommandSpec } from "./command.ts";
import type { CommandEntry } from "./command-list.ts";
import { type FlagForm, flagName } from "./flag.ts";
import { flagsOf, flagUsage, globalFlagsOf } from "./parse.ts";

/** Help of one command. */
export function commandHelp(spec: CommandSpec): string {
  const words = (spec.arguments ?? []).map(argumentUsage);
  const tail = spec.takesCommand === true ? " [-- COMMAND…]" : "";
  const usage = ["mq", ...spec.path, ...words, "[flags]"].join(" ") + tail;
  const own = flagsOf(spec).map(([key, form]) => row(flagUsage(key, form), aboutFlag(form)));
  const common = globalFlagsOf(spec).map(([key, form]) =>
    row(flagUsage(key, form), aboutFlag(form)),
  );
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

/** The spec for programs: arguments, flags, and the JSON schemas of what goes in and comes out. */
export function helpJson(spec: CommandSpec): string {
  return `${JSON.stringify({
    command: ["mq", ...spec.path].join(" "),
    summary: spec.summary,
    arguments: spec.arguments ?? [],
    flags: flagsOf(spec).map(([key, form]) => ({
      name: `--${flagName(key)}`,
      kind: form.kind,
      about: form.details.about,
      ...(form.choices.length > 0 ? { choices: form.choices } : {}),
    })),
    output:
      spec.output === undefined
        ? undefined
        : z.toJSONSchema(spec.output, { unrepresentable: "any" }),
    examples: spec.examples,
  })}\n`;
}

function argumentUsage({ name, isOptional, isMany }: ArgumentSpec): string {
  const shown = isMany === true ? `${name}…` : name;
  return isOptional === true ? `[${shown}]` : shown;
}

function aboutFlag({ details, choices }: FlagForm): string {
  const env = details.env === undefined ? "" : ` [${details.env}]`;
  return `${details.about}${choices.length > 0 ? ` (${choices.join(", ")})` : ""}${env}`;
}

function section(title: string, rows: readonly string[]): string[] {
  return rows.length === 0 ? [] : [`${title}:`, ...rows, ""];
}

function row(left: string, right: string): string {
  return `  ${left.padEnd(34)} ${right}`;
}
