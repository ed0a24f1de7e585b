/**
 * JSON as the official tool's library (fastjson2) lays it out for people: one member a line, indented with tabs. Keys
 * of maps that are numbers stand without quotes. An empty set takes three lines where an empty list takes none, and so
 * does a map whose members are all absent.
 */
import { javaDouble } from "./java-format.ts";

export type JavaValue =
  | string
  | number
  | boolean
  | JavaDouble
  | readonly JavaValue[]
  | ReadonlySet<string | number>
  | ReadonlyMap<string | number, JavaValue | undefined>
  | { readonly [name: string]: JavaValue };

/** A number that Java writes with a point: `0.0`. */
export class JavaDouble {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** The value on several lines. */
export function javaJson(value: JavaValue, depth = 0): string {
  if (typeof value !== "object") {
    return JSON.stringify(value);
  }
  if (value instanceof JavaDouble) {
    return javaDouble(value.value);
  }
  const below = (item: JavaValue): string => javaJson(item, depth + 1);
  if (value instanceof Set) {
    return enclosed("[]", [...value].map(below), depth);
  }
  if (isJavaList(value)) {
    return value.length === 0 ? "[]" : enclosed("[]", value.map(below), depth);
  }
  const members = membersOf(value);
  const shown = members.flatMap(([name, member]) =>
    member === undefined ? [] : [`${JSON.stringify(name)}:${below(member)}`],
  );
  return members.length === 0 ? "{}" : enclosed("{}", shown, depth);
}

function enclosed(brackets: "[]" | "{}", parts: readonly string[], depth: number): string {
  const outer = `\n${"\t".repeat(depth)}`;
  return `${brackets.charAt(0)}${outer}\t${parts.join(`,${outer}\t`)}${outer}${brackets.charAt(1)}`;
}

/** Numbers as names stand without quotes. */
function membersOf(value: object): readonly (readonly [string | number, JavaValue | undefined])[] {
  return value instanceof Map ? [...value] : Object.entries(value);
}

function isJavaList(value: object): value is readonly JavaValue[] {
  return Array.isArray(value);
}
