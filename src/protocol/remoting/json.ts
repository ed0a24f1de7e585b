/**
 * The one JSON reader and writer for bodies: JSON as fastjson speaks it.
 *
 * Beyond the standard it knows integers as keys (`{0:"host:port"}`) and objects as keys
 * (`{{"queueId":0,…}:5}`). Objects become Maps, so that no name can reach a prototype. Integers that a number
 * does not hold stay text. Refused with DecodeError: repeated keys, the key `__proto__`, nesting and counts
 * beyond the limits, numbers that are no finite double, lone surrogates, bytes that are not UTF-8, anything
 * behind the value.
 */
import { assert } from "../../core/assert.ts";
import { DecodeError } from "../../core/error.ts";
import { limits } from "../../core/limits.ts";
import { closingQuote, textBetween } from "./json-text.ts";

/** An integer beyond 2^53, as its digits. */
export interface JsonInteger {
  readonly kind: "integer";
  readonly text: string;
}

/** A map whose keys are objects. */
export interface JsonPairs {
  readonly kind: "pairs";
  readonly entries: readonly (readonly [key: JsonValue, value: JsonValue])[];
}

/** For the writer: an object whose integer keys stand without quotes. */
export interface JsonUnquoted {
  readonly kind: "unquoted";
  readonly entries: ReadonlyMap<string, JsonValue>;
}

export type JsonObject = ReadonlyMap<string, JsonValue>;

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | JsonInteger
  | JsonPairs
  | JsonUnquoted
  | readonly JsonValue[]
  | JsonObject;

export interface JsonLimits {
  readonly depthMax: number;
  readonly containersMax: number;
  readonly valuesMax: number;
}

const bodyLimits: JsonLimits = {
  depthMax: limits.jsonDepthMax,
  containersMax: limits.jsonContainersMax,
  valuesMax: limits.jsonValuesMax,
};

/** Reads source[start, end) as one value. Throws DecodeError. */
export function parseJson(
  source: Buffer,
  start: number,
  end: number,
  bounds: JsonLimits = bodyLimits,
): JsonValue {
  return new JsonReader(source, start, end, bounds).whole();
}

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

class JsonReader {
  private readonly source: Buffer;
  private readonly end: number;
  private readonly bounds: JsonLimits;
  private at: number;
  private values = 0;
  private containers = 0;

  constructor(source: Buffer, start: number, end: number, bounds: JsonLimits) {
    this.source = source;
    this.at = start;
    this.end = end;
    this.bounds = bounds;
  }

  whole(): JsonValue {
    const value = this.value(0);
    this.passSpace();
    if (this.at !== this.end) {
      throw new DecodeError(`bytes behind a JSON value, at byte ${this.at}`);
    }
    return value;
  }

  private value(depth: number): JsonValue {
    this.values++;
    if (this.values > this.bounds.valuesMax) {
      throw new DecodeError(`JSON of more than ${this.bounds.valuesMax} values`);
    }
    this.passSpace();
    switch (this.peek()) {
      case quote:
        return this.text();
      case openBrace:
        this.enter(depth);
        return this.object(depth + 1);
      case openBracket:
        this.enter(depth);
        return this.array(depth + 1);
      default:
        return this.scalar();
    }
  }

  private enter(depth: number): void {
    this.containers++;
    if (depth >= this.bounds.depthMax || this.containers > this.bounds.containersMax) {
      throw new DecodeError("JSON that is nested too deeply or has too many objects");
    }
    this.at++;
    this.passSpace();
  }

  private array(depth: number): readonly JsonValue[] {
    const items: JsonValue[] = [];
    if (this.takes(closeBracket)) {
      return items;
    }
    do {
      items.push(this.value(depth));
      this.passSpace();
    } while (this.takes(comma));
    this.expect(closeBracket);
    return items;
  }

  /** Objects with texts or integers as keys; with an object as first key, a map of pairs. */
  private object(depth: number): JsonValue {
    if (this.peek() === openBrace) {
      return this.pairs(depth);
    }
    const members = new Map<string, JsonValue>();
    if (this.takes(closeBrace)) {
      return members;
    }
    do {
      this.passSpace();
      const key = this.peek() === quote ? this.text() : this.integerKey();
      if (key === "__proto__" || members.has(key)) {
        throw new DecodeError(`a JSON key that is refused: '${key.slice(0, 40)}'`);
      }
      this.passColon();
      members.set(key, this.value(depth));
      this.passSpace();
    } while (this.takes(comma));
    this.expect(closeBrace);
    return members;
  }

  private pairs(depth: number): JsonPairs {
    const entries: (readonly [JsonValue, JsonValue])[] = [];
    do {
      this.passSpace();
      if (this.peek() !== openBrace) {
        throw new DecodeError("a JSON map that mixes kinds of keys");
      }
      const key = this.value(depth);
      this.passColon();
      entries.push([key, this.value(depth)]);
      this.passSpace();
    } while (this.takes(comma));
    this.expect(closeBrace);
    return { kind: "pairs", entries };
  }

  private passColon(): void {
    this.passSpace();
    this.expect(colon);
  }

  private text(): string {
    const start = this.at + 1;
    const close = closingQuote(this.source, start, this.end);
    const end = close < 0 ? ~close : close;
    this.at = end + 1;
    return textBetween(this.source, start, end, close < 0);
  }

  private integerKey(): string {
    const word = this.word();
    if (!/^(0|-?[1-9]\d{0,18})$/.test(word)) {
      throw new DecodeError(`a JSON key that is neither text nor integer, at byte ${this.at}`);
    }
    return word;
  }

  private scalar(): JsonValue {
    const word = this.word();
    switch (word) {
      case "true":
        return true;
      case "false":
        return false;
      case "null":
        return null;
      default:
        return this.number(word);
    }
  }

  private number(word: string): number | JsonInteger {
    if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(word)) {
      throw new DecodeError(`no JSON value at byte ${this.at - word.length}`);
    }
    const value = Number(word);
    if (/^-?\d+$/.test(word) && !Number.isSafeInteger(value)) {
      return { kind: "integer", text: word };
    }
    if (!Number.isFinite(value)) {
      throw new DecodeError(
        `a JSON number without a finite value at byte ${this.at - word.length}`,
      );
    }
    return value + 0;
  }

  /** The letters, digits and signs from here on. */
  private word(): string {
    const start = this.at;
    while (this.at < this.end && isWordByte(this.source[this.at] as number)) {
      this.at++;
    }
    if (this.at - start > limits.jsonNumberBytesMax) {
      throw new DecodeError(`a JSON number of ${this.at - start} characters`);
    }
    return this.source.toString("latin1", start, this.at);
  }

  private passSpace(): void {
    while (this.at < this.end) {
      const byte = this.source[this.at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) {
        return;
      }
      this.at++;
    }
  }

  private peek(): number {
    return this.at < this.end ? (this.source[this.at] as number) : -1;
  }

  private takes(byte: number): boolean {
    if (this.peek() !== byte) {
      return false;
    }
    this.at++;
    return true;
  }

  private expect(byte: number): void {
    if (!this.takes(byte)) {
      throw new DecodeError(`JSON lacks '${String.fromCharCode(byte)}' at byte ${this.at}`);
    }
  }
}

function isWordByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    byte === 0x2d ||
    byte === 0x2b ||
    byte === 0x2e
  );
}

/** The value as compact text. Old clients split routes at commas and colons, so there is never a space. */
export function writeJson(value: JsonValue): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") {
    return JSON.stringify(value);
  }
  if (typeof value === "number") {
    assert(Number.isFinite(value), "a number written as JSON is finite");
    return JSON.stringify(value);
  }
  if (value instanceof Map) {
    return writeObject(value);
  }
  if (isArray(value)) {
    return `[${value.map(writeJson).join(",")}]`;
  }
  return writeTagged(value as JsonInteger | JsonPairs | JsonUnquoted);
}

/** As writeJson, in UTF-8. */
export function encodeJson(value: JsonValue): Buffer {
  return Buffer.from(writeJson(value));
}

/** ASCII only: what is outside becomes an escape, as RocketMQ writes standard JSON. */
export function writeAsciiJson(value: JsonValue): string {
  return writeJson(value).replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`,
  );
}

function writeObject(members: JsonObject): string {
  const parts: string[] = [];
  for (const [key, member] of members) {
    parts.push(`${JSON.stringify(key)}:${writeJson(member)}`);
  }
  return `{${parts.join(",")}}`;
}

function writeTagged(value: JsonInteger | JsonPairs | JsonUnquoted): string {
  switch (value.kind) {
    case "integer":
      return value.text;
    case "pairs":
      return `{${value.entries.map(([key, member]) => `${writeJson(key)}:${writeJson(member)}`).join(",")}}`;
    case "unquoted":
      return `{${[...value.entries].map(([key, member]) => `${key}:${writeJson(member)}`).join(",")}}`;
  }
}

function isArray(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}
