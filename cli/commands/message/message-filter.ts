/** Which messages are meant, as far as the broker does not decide it. */
import { usageError } from "../../command-error.ts";
import { flag, text, texts } from "../../flag.ts";
import { type MessageTest, parseWhere } from "./where.ts";

export const filterFlags = {
  key: flag(text().optional(), { about: "only messages with the key", value: "KEY" }),
  prop: flag(texts().optional(), { about: "only with the property", value: "K=V" }),
  grep: flag(text().optional(), { about: "only bodies that match", value: "REGEXP" }),
  where: flag(text(1).optional(), {
    about: "only where it holds: body.amount > 100 and region = 'eu'",
    value: "EXPR",
  }),
} as const;

export interface FilterFlags {
  readonly tag?: string | undefined;
  readonly key?: string | undefined;
  readonly prop?: readonly string[] | undefined;
  readonly grep?: string | undefined;
  readonly where?: string | undefined;
}

/** True where some of the messages that the broker sends are not meant. */
export function isFiltering({ key, prop, grep, where }: FilterFlags): boolean {
  return key !== undefined || (prop ?? []).length > 0 || grep !== undefined || where !== undefined;
}

/** The test of all flags together. Throws CommandError for what cannot be read. */
export function messageFilter(flags: FilterFlags, nowMs: number): MessageTest {
  const { key } = flags;
  const tags = wantedTags(flags.tag);
  const properties = (flags.prop ?? []).map(readProperty);
  const pattern = readPattern(flags.grep);
  const where = flags.where === undefined ? undefined : parseWhere(flags.where, nowMs);
  return (message) =>
    (tags === undefined || tags.has(message.tag ?? "")) &&
    (key === undefined || message.keys.includes(key) || message.uniqueKey === key) &&
    properties.every(([name, value]) => message.properties.get(name) === value) &&
    (pattern === undefined || pattern.test(message.body.toString("utf8"))) &&
    (where === undefined || where(message));
}

/** `NAME=VALUE`. Throws CommandError. */
export function readProperty(typed: string): readonly [string, string] {
  const at = typed.indexOf("=");
  if (at <= 0) {
    throw usageError(`--prop '${typed}' is no NAME=VALUE`);
  }
  return [typed.slice(0, at), typed.slice(at + 1)];
}

/** The tags of an expression; the broker compares only their hashes. Undefined takes all. */
function wantedTags(expression: string | undefined): ReadonlySet<string> | undefined {
  const tags = (expression ?? "*").split("||").map((tag) => tag.trim());
  return tags.includes("*") ? undefined : new Set(tags);
}

function readPattern(typed: string | undefined): RegExp | undefined {
  try {
    return typed === undefined ? undefined : new RegExp(typed, "u");
  } catch (error) {
    throw usageError(`--grep: ${error instanceof Error ? error.message : String(error)}`);
  }
}
