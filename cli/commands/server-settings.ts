/** Settings of running brokers and nameservers: reading `NAME=VALUE`, showing them, and setting those that there are. */
import { ClientError } from "../../src/client/index.ts";
import { usageError } from "../command-error.ts";
import { closestWord } from "../did-you-mean.ts";
import type { Zod } from "../flag.ts";
import type { Column } from "../render/listing.ts";
import { Secrets } from "./debug/secrets.ts";
import type { PlannedPlace } from "./setting-plan.ts";

export interface SettingServer {
  /** A broker's name, or a nameserver's address. */
  readonly at: string;
  readonly address: string;
}

export const serverSettingColumns: readonly Column[] = [
  { key: "at", head: "AT" },
  { key: "name", head: "NAME" },
  { key: "value", head: "VALUE" },
];

export const serverSettingSchema = (z: Zod) =>
  z.object({ at: z.string(), name: z.string(), value: z.string() });

/** `NAME=VALUE` words by name. Throws CommandError `MQ-E-USAGE`. */
export function readAssignments(words: readonly string[]): ReadonlyMap<string, string> {
  const wanted = new Map<string, string>();
  for (const word of words) {
    const at = word.indexOf("=");
    const name = word.slice(0, at).trim();
    if (at <= 0 || name === "" || /[\r\n]/.test(word)) {
      throw usageError(`'${word}' is no NAME=VALUE`);
    }
    if (wanted.has(name)) {
      throw usageError(`'${name}' is there twice`);
    }
    wanted.set(name, word.slice(at + 1).trim());
  }
  return wanted;
}

/** `NAME=VALUE` lines of the file, as Java reads properties; later ones count. Throws CommandError `MQ-E-USAGE`, with the line. */
export function readProperties(path: string, content: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const [index, line] of content.split(/\r?\n/).entries()) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#") || trimmed.startsWith("!")) {
      continue;
    }
    const at = trimmed.search(/[=:]/);
    if (at <= 0) {
      throw usageError(`${path}:${index + 1}: '${trimmed}' is no NAME=VALUE`);
    }
    settings.set(trimmed.slice(0, at).trim(), trimmed.slice(at + 1).trim());
  }
  return settings;
}

/** Rows of one server's settings, of the names that are wanted or of all; secrets are masked. Throws as `checkNames`. */
export function settingRows(
  { at }: SettingServer,
  settings: ReadonlyMap<string, string>,
  wanted: readonly string[],
): readonly { readonly at: string; readonly name: string; readonly value: string }[] {
  checkNames(at, settings, wanted);
  const shown = masked(settings);
  const names = wanted.length === 0 ? [...settings.keys()].sort() : wanted;
  return names.map((name) => ({ at, name, value: shown.get(name) ?? "" }));
}

/** The settings with what nobody else should read replaced. */
export function masked(settings: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Secrets().settings(settings);
}

/** What a server has no name for it passes over in silence. Throws CommandError `MQ-E-USAGE`, with what was probably meant. */
function checkNames(
  at: string,
  settings: ReadonlyMap<string, string>,
  names: Iterable<string>,
): void {
  for (const name of names) {
    if (!settings.has(name)) {
      const meant = closestWord(name, [...settings.keys()]);
      throw usageError(
        `${at} has no setting '${name}'`,
        meant === undefined ? "config get lists what it has" : `did you mean '${meant}'?`,
      );
    }
  }
}

/** Setting values at one server, and reading back that they are what was meant: a server may refuse in silence. */
export function plannedSettings(
  { at, address }: SettingServer,
  settings: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, string>,
  server: {
    readonly set: (wanted: ReadonlyMap<string, string>) => Promise<void>;
    readonly read: () => Promise<ReadonlyMap<string, string>>;
  },
): PlannedPlace {
  checkNames(at, settings, wanted.keys());
  const before = masked(settings);
  const after = masked(new Map([...settings, ...wanted]));
  return {
    at,
    address,
    changes: [...wanted].map(([name, value]) => {
      const isSecret = after.get(name) !== value;
      const isSame = settings.get(name) === value;
      return {
        setting: name,
        before: before.get(name) ?? "",
        after: isSecret && !isSame ? `${after.get(name)} (new)` : (after.get(name) ?? ""),
      };
    }),
    async apply() {
      await server.set(wanted);
      const now = await server.read();
      const kept = [...wanted].filter(([name, value]) => !isSameValue(now.get(name), value));
      if (kept.length > 0) {
        const names = kept.map(([name]) => name).join(", ");
        throw new ClientError("refused", `${at} answered success, and ${names} is as before`);
      }
    },
  };
}

/** Servers write numbers and truths in their own way. */
function isSameValue(now: string | undefined, wanted: string): boolean {
  return (
    now === wanted ||
    now?.toLowerCase() === wanted.toLowerCase() ||
    (now !== undefined && wanted !== "" && Number(now) === Number(wanted))
  );
}
