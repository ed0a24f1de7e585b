/** Flags as zod schemas with what help and the parser need beside the type. */
import { z } from "zod";
import type { Completes } from "./command.ts";

z.config({ jitless: true });

export interface FlagDetails {
  readonly about: string;
  readonly short?: string;
  /** What help shows for the value: `--queue N`. */
  readonly value?: string;
  readonly env?: string;
  /** What Tab offers for the value. */
  readonly completes?: Completes;
}

/** A flag: its schema, and how it is shown and typed. */
export function flag<S extends z.ZodType>(schema: S, details: FlagDetails): S {
  return schema.meta({ ...details }) as S;
}

/** An on–off flag. */
export function toggle(about: string, short?: string): z.ZodDefault<z.ZodBoolean> {
  return flag(z.boolean().default(false), short === undefined ? { about } : { about, short });
}

/** A whole number from a text. */
export function wholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER): z.ZodType<number> {
  return z.coerce.number().int().min(min).max(max);
}

const byteUnits: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  K: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
};

/** A size: `512`, `1K`, `4MiB`. */
export function byteSize(): z.ZodType<number> {
  return z.string().transform((text, issues) => {
    const match = /^(\d+(?:\.\d+)?)([BKMG]?)(?:i?B)?$/i.exec(text);
    if (match === null) {
      issues.addIssue({ code: "custom", message: `'${text}' is no size: 512, 1K, 4MiB` });
      return z.NEVER;
    }
    return Math.round(Number(match[1]) * (byteUnits[(match[2] ?? "").toUpperCase()] ?? 1));
  });
}

const durationUnits: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Milliseconds from `250ms`, `30s`, `15m`, `2h`, `1d`; undefined for other texts. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  return match === null ? undefined : Number(match[1]) * (durationUnits[match[2] ?? ""] ?? 0);
}

/** A duration in milliseconds. */
export function duration(): z.ZodType<number> {
  return z.string().transform((text, issues) => {
    const ms = parseDuration(text);
    if (ms === undefined) {
      issues.addIssue({ code: "custom", message: `'${text}' is no duration: 250ms, 30s, 15m, 2h` });
      return z.NEVER;
    }
    return ms;
  });
}

/** How the parser sees a flag. */
export interface FlagForm {
  readonly kind: "toggle" | "value" | "list";
  readonly details: FlagDetails;
  /** Allowed values, when they are few. */
  readonly choices: readonly string[];
  /** A toggle that is on unless `--no-…` is typed. */
  readonly isOn: boolean;
}

/** Reads a flag's form from its schema. */
export function flagForm(schema: z.ZodType): FlagForm {
  const details = { about: "", ...(schema.meta() as Partial<FlagDetails> | undefined) };
  let inner: z.ZodType = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault) {
    inner = inner.unwrap() as z.ZodType;
  }
  if (inner instanceof z.ZodBoolean) {
    const isOn = schema instanceof z.ZodDefault && schema.safeParse(undefined).data === true;
    return { kind: "toggle", details, choices: [], isOn };
  }
  const choices = inner instanceof z.ZodEnum ? inner.options.map(String) : [];
  return { kind: inner instanceof z.ZodArray ? "list" : "value", details, choices, isOn: false };
}

/** `queueCount` as it is typed: `queue-count`. */
export function flagName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
