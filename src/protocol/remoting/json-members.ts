/**
 * Typed members of a JSON object: every body's decoder reads through these, so that a member which is missing or
 * of another kind is refused with its name. null counts as absent; unknown members are passed over.
 */
import { DecodeError } from "../../core/error.ts";
import { type JsonObject, type JsonPairs, type JsonValue, parseJson } from "./json.ts";

/** A whole body that must be an object. */
export function parseObject(source: Buffer, start: number, end: number): JsonObject {
  return asObject(parseJson(source, start, end), "the body");
}

export function asObject(value: JsonValue | undefined, name: string): JsonObject {
  if (value instanceof Map) {
    return value;
  }
  throw new DecodeError(`${name} is no object`);
}

export function asText(value: JsonValue | undefined, name: string): string {
  if (typeof value === "string") {
    return value;
  }
  throw new DecodeError(`${name} is no text`);
}

export function asList(value: JsonValue | undefined, name: string): readonly JsonValue[] {
  if (Array.isArray(value)) {
    return value as readonly JsonValue[];
  }
  throw new DecodeError(`${name} is no list`);
}

/** An integer that a number holds; digits in quotes count as well. */
export function asInteger(value: JsonValue | undefined, name: string): number {
  const number = typeof value === "string" && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof number === "number" && Number.isSafeInteger(number)) {
    return number;
  }
  throw new DecodeError(`${name} is no integer below 2^53`);
}

/** An int64 that stays text, because only its identity matters. */
export function asText64(value: JsonValue | undefined, name: string): string {
  if (typeof value === "number" && Number.isSafeInteger(value)) {
    return String(value);
  }
  const text =
    typeof value === "string"
      ? value
      : value !== null && typeof value === "object" && "kind" in value && value.kind === "integer"
        ? value.text
        : "";
  if (/^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text)) {
    return text;
  }
  throw new DecodeError(`${name} is no int64`);
}

/** A present member that is not null, or undefined. */
export function member(object: JsonObject, name: string): JsonValue | undefined {
  return object.get(name) ?? undefined;
}

export function text(object: JsonObject, name: string): string {
  return asText(object.get(name), name);
}

export function optionalText(object: JsonObject, name: string): string | undefined {
  const value = member(object, name);
  return value === undefined ? undefined : asText(value, name);
}

export function integer(object: JsonObject, name: string, absent?: number): number {
  const value = member(object, name);
  return value === undefined && absent !== undefined ? absent : asInteger(value, name);
}

/** A finite number, whole or not. */
export function decimal(object: JsonObject, name: string, absent: number): number {
  const value = member(object, name) ?? absent;
  if (typeof value === "number") {
    return value;
  }
  throw new DecodeError(`${name} is no number`);
}

export function flag(object: JsonObject, name: string, absent: boolean): boolean {
  const value = member(object, name) ?? absent;
  if (value === true || value === "true") {
    return true;
  }
  if (value === false || value === "false") {
    return false;
  }
  throw new DecodeError(`${name} is neither true nor false`);
}

/** The items of a list; absent means none. */
export function list(object: JsonObject, name: string): readonly JsonValue[] {
  return asList(member(object, name) ?? [], name);
}

export function texts(object: JsonObject, name: string): readonly string[] {
  return list(object, name).map((item) => asText(item, name));
}

/** As `texts`, but undefined when the member is absent. */
export function optionalTexts(object: JsonObject, name: string): readonly string[] | undefined {
  return member(object, name) === undefined ? undefined : texts(object, name);
}

/** The members of an object; absent means none. */
export function table(object: JsonObject, name: string): JsonObject {
  const value = member(object, name);
  return value === undefined ? new Map() : asObject(value, name);
}

/** A table of texts, such as a topic's attributes. */
export function textTable(object: JsonObject, name: string): ReadonlyMap<string, string> {
  return textTableOf(table(object, name), name);
}

/** An object whose members are all texts. */
export function textTableOf(object: JsonObject, name: string): ReadonlyMap<string, string> {
  const rows = new Map<string, string>();
  for (const [key, value] of object) {
    rows.set(key, asText(value, `${name}.${key}`));
  }
  return rows;
}

/** The entries of a map with objects as keys. An empty one looks like an empty object. */
export function pairs(object: JsonObject, name: string): JsonPairs["entries"] {
  const value = member(object, name);
  if (value === undefined || (value instanceof Map && value.size === 0)) {
    return [];
  }
  if (value !== null && typeof value === "object" && "kind" in value && value.kind === "pairs") {
    return value.entries;
  }
  throw new DecodeError(`${name} is no map with objects as keys`);
}

/** Entries that are there, as an object to write: undefined leaves a member out. */
export function objectOf(
  members: Iterable<readonly [string, JsonValue | undefined]>,
): Map<string, JsonValue> {
  const object = new Map<string, JsonValue>();
  for (const [key, value] of members) {
    if (value !== undefined) {
      object.set(key, value);
    }
  }
  return object;
}
