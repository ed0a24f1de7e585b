/**
 * Flags and other settings as plain data: reading a text needs nothing else, so that a server starts without a
 * schema library. The zod schema of a value is made when somebody asks what it looks like.
 */
import type { z } from "zod";
import { readHostPort } from "../src/core/host-port.ts";

/** The library, handed in by whoever loads it. */
export type Zod = typeof z;

/** What Tab offers in a value's place. */
export type Completes = "topic" | "group" | "broker" | "profile" | "folder";

export interface FlagDetails {
  readonly about: string;
  readonly short?: string;
  /** What help shows for the value: `--queue N`. */
  readonly value?: string;
  readonly env?: string;
  /** What Tab offers for the value. */
  readonly completes?: Completes;
}

/** A text that is no such value; the message says what would be. */
export class ValueError extends Error {
  override readonly name = "ValueError";
}

/** What a value may be, and what stands for a missing one. */
export interface ValueType<T> {
  readonly kind: "toggle" | "value" | "list";
  /** Allowed values, when they are few. */
  readonly choices: readonly string[];
  readonly isRequired: boolean;
  readonly fallback: T | undefined;
  /** Reads one text; throws ValueError. A list is read text by text. */
  readonly read: (text: string) => unknown;
  readonly schema: (zod: Zod) => z.ZodType;
  optional(): ValueType<T | undefined>;
  default(value: T): ValueType<T>;
}

/** What a type's values are. */
export type ValueOf<V> = V extends ValueType<infer T> ? T : never;

export interface Flag<T> {
  readonly type: ValueType<T>;
  readonly details: FlagDetails;
}

export type FlagShape = Readonly<Record<string, Flag<unknown>>>;

/** The values of a shape's flags. */
export type FlagValues<S extends FlagShape> = {
  readonly [Key in keyof S]: S[Key] extends Flag<infer T> ? T : never;
};

/** A flag: what it takes, and how it is shown and typed. */
export function flag<T>(type: ValueType<T>, details: FlagDetails): Flag<T> {
  return { type, details };
}

/** An on–off flag. */
export function toggle(about: string, short?: string): Flag<boolean> {
  return flag(onOff().default(false), short === undefined ? { about } : { about, short });
}

interface Rule {
  readonly kind: ValueType<unknown>["kind"];
  readonly choices?: readonly string[];
  readonly read: (text: string) => unknown;
  readonly schema: (zod: Zod) => z.ZodType;
}

function valueType<T>(rule: Rule, isRequired = true, fallback?: T): ValueType<T> {
  return {
    choices: [],
    ...rule,
    isRequired,
    fallback,
    optional: () => valueType<T | undefined>(rule, false),
    default: (value) => valueType<T>(rule, false, value),
  };
}

/** Any text, of at least so many characters. */
export function text(charactersMin = 0): ValueType<string> {
  return valueType({
    kind: "value",
    read(typed) {
      if (typed.length < charactersMin) {
        throw new ValueError("is empty");
      }
      return typed;
    },
    schema: (zod) => zod.string().min(charactersMin),
  });
}

/** `HOST:PORT`. */
export function address(): ValueType<string> {
  return valueType({
    kind: "value",
    read(typed) {
      if (readHostPort(typed) === undefined) {
        throw new ValueError("is no HOST:PORT");
      }
      return typed;
    },
    schema: (zod) => zod.string(),
  });
}

/** Texts: the flag may be given several times. */
export function texts(): ValueType<readonly string[]> {
  return valueType({
    kind: "list",
    read: (typed) => typed,
    schema: (zod) => zod.array(zod.string()),
  });
}

/** One of a few words. */
export function choice<const Choice extends string>(choices: readonly Choice[]): ValueType<Choice> {
  return valueType({
    kind: "value",
    choices,
    read(typed) {
      if (!choices.some((each) => each === typed)) {
        throw new ValueError(`is none of ${choices.join(", ")}`);
      }
      return typed;
    },
    schema: (zod) => zod.enum(choices),
  });
}

/** On or off. */
export function onOff(): ValueType<boolean> {
  return valueType({
    kind: "toggle",
    read(typed) {
      if (!/^(true|false|yes|no|on|off|1|0)$/i.test(typed)) {
        throw new ValueError("is neither true nor false");
      }
      return /^(true|yes|on|1)$/i.test(typed);
    },
    schema: (zod) => zod.boolean(),
  });
}

const thousands: Readonly<Record<string, number>> = { "": 1, k: 1e3, m: 1e6, g: 1e9 };

/** A whole number. */
export function wholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER): ValueType<number> {
  return numberType(/^([+-]?\d+)$/, min, max);
}

/** How many of something: `10k` is 10,000, `2M` two millions. */
export function count(min: number, max: number = Number.MAX_SAFE_INTEGER): ValueType<number> {
  return numberType(/^(\d+)([kmg]?)$/i, min, max);
}

/** So many a second, with or without `/s` behind. */
export function rate(): ValueType<number> {
  return numberType(/^(\d+)([kmg]?)(?:\/s)?$/i, 1, Number.MAX_SAFE_INTEGER);
}

function numberType(form: RegExp, min: number, max: number): ValueType<number> {
  return valueType({
    kind: "value",
    read(typed) {
      const [, digits = "", unit = ""] = form.exec(typed) ?? [];
      const value =
        digits === "" ? Number.NaN : Number(digits) * (thousands[unit.toLowerCase()] ?? 1);
      if (!(value >= min && value <= max)) {
        const bounds = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `${min} to ${max}`;
        throw new ValueError(`is no whole number of ${bounds}`);
      }
      return value;
    },
    schema: (zod) => zod.int().min(min).max(max),
  });
}

const byteUnits: Readonly<Record<string, number>> = {
  "": 1,
  K: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
};

/** A size: `512`, `1K`, `4MiB`. */
export function byteSize(): ValueType<number> {
  const pattern = /^(\d+(?:\.\d+)?)([KMG]?)(?:i?B)?$/i;
  return valueType({
    kind: "value",
    read(typed) {
      const match = pattern.exec(typed);
      if (match === null) {
        throw new ValueError("is no size: 512, 1K, 4MiB");
      }
      return Math.round(Number(match[1]) * (byteUnits[(match[2] ?? "").toUpperCase()] ?? 1));
    },
    schema: (zod) => zod.string().regex(pattern),
  });
}

const durationPattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;
const durationUnits: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Milliseconds from `250ms`, `30s`, `15m`, `2h`, `1d`; undefined for other texts. */
export function parseDuration(typed: string): number | undefined {
  const match = durationPattern.exec(typed);
  return match === null ? undefined : Number(match[1]) * (durationUnits[match[2] ?? ""] ?? 0);
}

/** A duration in milliseconds. */
export function duration(): ValueType<number> {
  return valueType({
    kind: "value",
    read(typed) {
      const ms = parseDuration(typed);
      if (ms === undefined) {
        throw new ValueError("is no duration: 250ms, 30s, 15m, 2h");
      }
      return ms;
    },
    schema: (zod) => zod.string().regex(durationPattern),
  });
}

/** A time zone: `Asia/Shanghai`, `UTC`, `+08:00`. */
export function timeZone(): ValueType<string> {
  return valueType({
    kind: "value",
    read(typed) {
      try {
        new Intl.DateTimeFormat("en-US", { timeZone: typed });
        return typed;
      } catch {
        throw new ValueError("is no time zone: Asia/Shanghai, UTC, +08:00");
      }
    },
    schema: (zod) => zod.string(),
  });
}

/** True for a toggle that is typed as `--no-…`. */
export function isOnByDefault({ type }: Flag<unknown>): boolean {
  return type.kind === "toggle" && type.fallback === true;
}

/** `queueCount` as it is typed: `queue-count`. */
export function flagName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
