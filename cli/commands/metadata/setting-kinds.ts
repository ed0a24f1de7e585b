/** What a setting of a document may be: how a value is read, and what is said of one that is none. */
import type { SettingValue } from "./document.ts";

export interface SettingKind {
  /** What is allowed, as a message says it. */
  readonly allowed: string;
  /** The value as it is kept; undefined for one that is not allowed. */
  readonly read: (value: unknown) => SettingValue | undefined;
}

export const truth: SettingKind = {
  allowed: "true or false",
  read: (value) => (typeof value === "boolean" ? value : undefined),
};

export function wholeNumber(min: number, max: number): SettingKind {
  return {
    allowed: `a whole number of ${min} to ${max}`,
    read: (value) =>
      typeof value === "number" && Number.isInteger(value) && value >= min && value <= max
        ? value
        : undefined,
  };
}

export function oneOf(words: readonly string[]): SettingKind {
  return {
    allowed: `one of ${words.join(", ")}`,
    read: (value) => words.find((word) => word === value),
  };
}

/** Texts by name. */
export const textTable: SettingKind = {
  allowed: "names with texts: {message.type: FIFO}",
  read(value) {
    const members = membersOf(value);
    // Only a value that looks like one is a number in YAML; the wire knows texts.
    const texts = members?.map(([name, each]) => [name, plainText(each)] as const);
    return texts === undefined || texts.some(([name, each]) => name === "" || each === undefined)
      ? undefined
      : (Object.fromEntries(texts) as Readonly<Record<string, string>>);
  },
};

const permWords = ["rw", "r", "w", "-"] as const;

/** A word, or RocketMQ's bits where they say more: 4 read, 2 write, 1 inherited. */
export const permission: SettingKind = {
  allowed: "one of rw, r, w, - or RocketMQ's number of 0 to 15",
  read(value) {
    if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 15) {
      return permValue(value);
    }
    return permWords.find((word) => word === value);
  },
};

export function permValue(bits: number): SettingValue {
  if ((bits & ~6) !== 0) {
    return bits;
  }
  return bits === 6 ? "rw" : bits === 4 ? "r" : bits === 2 ? "w" : "-";
}

export function permBitsOf(value: SettingValue): number {
  return typeof value === "number" ? value : ({ rw: 6, r: 4, w: 2, "-": 0 }[String(value)] ?? 6);
}

/** The members of an object; undefined for what is none. */
export function membersOf(value: unknown): readonly (readonly [string, unknown])[] | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.entries(value)
    : undefined;
}

/** A text, also where YAML made a number or a truth of it. */
export function plainText(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : undefined;
}
