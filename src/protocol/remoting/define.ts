/**
 * One definition of a request serves its types, the server that reads it and the client that writes it.
 *
 * Ext fields are text on the wire whatever the header's form (remoting 1.8). A field is one of
 *
 * - `string`: as it is;
 * - `int32`: decimal;
 * - `int64`: a decimal that a number holds exactly (below 2^53). Java's Long.MAX_VALUE, which clients send for
 *   "no end", becomes `int64Max`; anything else beyond is refused;
 * - `text64`: an int64 that is only handed back or compared as text, and may exceed 2^53;
 * - `boolean`: `true` or `false` in any case; `1` or `0`, as RocketMQ's client for C++ writes them.
 *
 * A missing field that is not optional is refused by name. Unknown fields are passed over: clients add their own.
 */
import { DecodeError } from "../../core/error.ts";
import { longMaxText } from "../../core/int64.ts";

/** Java's Long.MAX_VALUE as a number: larger than any offset or time, and written back as it came. */
export const int64Max = 2 ** 63;

export interface FieldDefinition {
  readonly type: "string" | "int32" | "int64" | "text64" | "boolean";
  readonly optional?: true;
  /** The value when the field is absent: the binary form cannot tell an empty text from none. */
  readonly absent?: "";
  /** The key on the wire, when it is not the field's name. */
  readonly wire?: string;
}

export type FieldDefinitions = Readonly<Record<string, FieldDefinition>>;

type ValueOf<F extends FieldDefinition> = F["type"] extends "string" | "text64"
  ? string
  : F["type"] extends "boolean"
    ? boolean
    : number;

type OptionalKeys<D extends FieldDefinitions> = {
  [K in keyof D]: D[K] extends { readonly optional: true } ? K : never;
}[keyof D];

/** The values of a header: required fields are there, optional ones may be undefined. */
export type ValuesOf<D extends FieldDefinitions> = {
  readonly [K in Exclude<keyof D, OptionalKeys<D>>]: ValueOf<D[K]>;
} & { readonly [K in OptionalKeys<D>]?: ValueOf<D[K]> | undefined };

export interface RequestDefinition<
  Q extends FieldDefinitions = FieldDefinitions,
  A extends FieldDefinitions = FieldDefinitions,
> {
  readonly code: number;
  /** RocketMQ's name. */
  readonly name: string;
  readonly request: Q;
  readonly reply: A;
  decode(fields: ReadonlyMap<string, string>): ValuesOf<Q>;
  encode(values: ValuesOf<Q>): Map<string, string>;
  decodeReply(fields: ReadonlyMap<string, string>): ValuesOf<A>;
  encodeReply(values: ValuesOf<A>): Map<string, string>;
}

type Fields = ReadonlyMap<string, string>;

export type RequestOf<D> = D extends { decode(fields: Fields): infer V } ? V : never;
export type ReplyOf<D> = D extends { decodeReply(fields: Fields): infer V } ? V : never;

export function defineRequest<
  const Q extends FieldDefinitions,
  const A extends FieldDefinitions,
>(definition: {
  readonly code: number;
  readonly name: string;
  readonly request: Q;
  readonly reply: A;
}): RequestDefinition<Q, A> {
  const { request, reply } = definition;
  return {
    ...definition,
    decode: (fields) => decodeFields(request, fields),
    encode: (values) => encodeFields(request, values),
    decodeReply: (fields) => decodeFields(reply, fields),
    encodeReply: (values) => encodeFields(reply, values),
  };
}

function decodeFields<D extends FieldDefinitions>(
  definitions: D,
  fields: ReadonlyMap<string, string>,
): ValuesOf<D>;
function decodeFields(
  definitions: FieldDefinitions,
  fields: ReadonlyMap<string, string>,
): Record<string, string | number | boolean> {
  const values: Record<string, string | number | boolean> = {};
  for (const name of Object.keys(definitions)) {
    const definition = definitions[name] as FieldDefinition;
    const key = definition.wire ?? name;
    const text = fields.get(key);
    if (text !== undefined) {
      values[name] = decodeValue(definition.type, key, text);
    } else if (definition.absent !== undefined) {
      values[name] = definition.absent;
    } else if (definition.optional !== true) {
      throw new DecodeError(`field '${key}' is missing`);
    }
  }
  return values;
}

function decodeValue(
  type: FieldDefinition["type"],
  key: string,
  text: string,
): string | number | boolean {
  switch (type) {
    case "string":
      return text;
    case "int32":
      return decodeInt32(key, text);
    case "int64":
      return decodeInt64(key, text);
    case "text64":
      return decodeText64(key, text);
    case "boolean":
      return decodeBoolean(key, text);
  }
}

function decodeInt32(key: string, text: string): number {
  const value = /^-?\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value !== (value | 0)) {
    throw new DecodeError(`field '${key}' is no int32: '${shown(text)}'`);
  }
  return value + 0;
}

function decodeInt64(key: string, text: string): number {
  if (text === longMaxText) {
    return int64Max;
  }
  const value = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) {
    throw new DecodeError(`field '${key}' is no integer below 2^53: '${shown(text)}'`);
  }
  return value + 0;
}

function decodeText64(key: string, text: string): string {
  if (!/^-?\d{1,19}$/.test(text) || BigInt.asIntN(64, BigInt(text)) !== BigInt(text)) {
    throw new DecodeError(`field '${key}' is no int64: '${shown(text)}'`);
  }
  return text;
}

function decodeBoolean(key: string, text: string): boolean {
  switch (text.toLowerCase()) {
    case "true":
    case "1":
      return true;
    case "false":
    case "0":
      return false;
    default:
      throw new DecodeError(`field '${key}' is neither true nor false: '${shown(text)}'`);
  }
}

/** Enough of a stranger's text to recognise it in a remark. */
function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function encodeFields<D extends FieldDefinitions>(
  definitions: D,
  values: ValuesOf<D>,
): Map<string, string>;
function encodeFields(
  definitions: FieldDefinitions,
  values: Readonly<Record<string, string | number | boolean | undefined>>,
): Map<string, string> {
  const fields = new Map<string, string>();
  for (const name of Object.keys(definitions)) {
    const definition = definitions[name] as FieldDefinition;
    const value = values[name];
    if (value !== undefined) {
      fields.set(definition.wire ?? name, value === int64Max ? longMaxText : String(value));
    }
  }
  return fields;
}
