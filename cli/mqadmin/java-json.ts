/**
 * JSON as the official tool's library (fastjson2) lays it out for people: one member a line, indented with tabs. Keys
 * of maps that are numbers stand without quotes, and an empty set takes three lines where an empty list takes none.
 */

export type JavaValue =
  | string
  | number
  | boolean
  | readonly JavaValue[]
  | ReadonlySet<string | number>
  | ReadonlyMap<string | number, JavaValue>
  | { readonly [name: string]: JavaValue };

/** The value on several lines. */
export function javaJson(value: JavaValue, depth = 0): string {
  if (typeof value !== "object") {
    return JSON.stringify(value);
  }
  const inner = "\t".repeat(depth + 1);
  if (value instanceof Set) {
    return value.size > 0 ? javaJson([...value], depth) : `[\n${inner}\n${"\t".repeat(depth)}]`;
  }
  const isList = isJavaList(value);
  const parts = isList
    ? value.map((item) => javaJson(item, depth + 1))
    : membersOf(value).map(
        ([name, member]) => `${JSON.stringify(name)}:${javaJson(member, depth + 1)}`,
      );
  const [open, close] = isList ? "[]" : "{}";
  if (parts.length === 0) {
    return `${open}${close}`;
  }
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${"\t".repeat(depth)}${close}`;
}

/** Numbers as names stand without quotes. */
function membersOf(value: object): readonly (readonly [string | number, JavaValue])[] {
  return value instanceof Map ? [...value] : Object.entries(value);
}

function isJavaList(value: object): value is readonly JavaValue[] {
  return Array.isArray(value);
}
