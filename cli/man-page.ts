/** Man pages from specs, in the man(7) macros that every system's man reads. */
import { version } from "../src/core/version.ts";
import type { CommandEntry, CommandSpec } from "./command.ts";
import type { Flag } from "./flag.ts";
import { argumentUsage } from "./help.ts";
import { flagsOf, flagUsage, globalFlagsOf, type NamedFlag } from "./parse.ts";

/** The name of a command's page: mq-topic-list; mq for the overview. */
export function pageName(path: readonly string[]): string {
  return ["mq", ...path].join("-");
}

/** The page of one command. */
export function commandPage(spec: CommandSpec): string {
  const words = (spec.arguments ?? []).map(argumentUsage).map(escaped);
  const usage = [`.B ${escaped(["mq", ...spec.path].join(" "))}`, ...words, "[flags]"];
  return [
    ...head(spec.path, spec.summary),
    ".SH SYNOPSIS",
    usage.join("\n"),
    ".SH DESCRIPTION",
    paragraph(spec.description ?? `${spec.summary[0]?.toUpperCase()}${spec.summary.slice(1)}.`),
    ...section(
      "ARGUMENTS",
      (spec.arguments ?? []).map(({ name, about }) => item(name, about)),
    ),
    ...section("FLAGS", flagsOf(spec).map(flagItem)),
    ...section("FLAGS OF EVERY COMMAND", globalFlagsOf(spec).map(flagItem)),
    ...section("EXAMPLES", [
      ".EX",
      ...spec.examples.map((example) => guarded(escaped(example))),
      ".EE",
    ]),
    ...section("SEE ALSO", [".BR mq (1)"]),
    "",
  ].join("\n");
}

/** The page that lists the commands. */
export function overviewPage(entries: readonly CommandEntry[]): string {
  return [
    ...head([], "RocketMQ-compatible broker, nameserver and toolkit"),
    ".SH SYNOPSIS",
    ".B mq\nCOMMAND\n[arguments]\n[flags]",
    ".SH COMMANDS",
    ...entries.map(({ path, summary }) => item(`mq ${path.join(" ")}`, summary)),
    ...section("FLAGS OF EVERY COMMAND", globalFlagsOf().map(flagItem)),
    "",
  ].join("\n");
}

function head(path: readonly string[], summary: string): readonly string[] {
  const name = pageName(path);
  return [
    `.TH "${name.toUpperCase()}" "1" "" "mq ${version}" "mq"`,
    ".SH NAME",
    `${escaped(name)} \\- ${escaped(summary)}`,
  ];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`.SH ${title}`, ...lines];
}

function flagItem(named: NamedFlag): string {
  return item(flagUsage(named), aboutFlag(named[1]));
}

function aboutFlag({ details, type: { choices } }: Flag<unknown>): string {
  const env = details.env === undefined ? "" : `; variable ${details.env}`;
  return `${details.about}${choices.length > 0 ? `: ${choices.join(", ")}` : ""}${env}`;
}

function item(term: string, about: string): string {
  return `.TP\n.B ${escaped(term)}\n${paragraph(about)}`;
}

function paragraph(text: string): string {
  return text
    .split("\n")
    .map((line) => guarded(escaped(line)))
    .join("\n");
}

/** A line that begins as a request would is one only to the eye. */
function guarded(line: string): string {
  return /^[.']/.test(line) ? `\\&${line}` : line;
}

/** Backslashes and hyphens as themselves; what is not ASCII by its number, which every man understands. */
function escaped(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/[^\n -~]/gu, (character) => {
      const code = character.codePointAt(0) ?? 0;
      return `\\[u${code.toString(16).toUpperCase().padStart(4, "0")}]`;
    });
}
