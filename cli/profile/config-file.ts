/**
 * The user's configuration, `$XDG_CONFIG_HOME/mq/config.toml`: settings for every command, and profiles, each a
 * cluster under a name. Readable by its owner only. What is unknown in it is an error with the name that was meant.
 */
import { readHostPort } from "../../src/core/host-port.ts";
import type { ProcessPort } from "../../src/io/process.ts";
import { CommandError, notFound, usageError } from "../command-error.ts";
import { closestWord } from "../did-you-mean.ts";
import { exitCode } from "../exit-code.ts";
import { parseDuration } from "../flag.ts";

/** Settings that stand for a flag that nobody typed, by the flag's name. */
export const settingNames = ["nameserver", "output", "timeout"] as const;
export type SettingName = (typeof settingNames)[number];

export const promptColors = ["red", "green", "yellow", "blue", "magenta", "cyan"] as const;
export type PromptColor = (typeof promptColors)[number];

export type Settings = { readonly [Name in SettingName]?: string };

export interface Profile extends Settings {
  /** Destructive commands want `--yes` and a typed name. */
  readonly protected?: boolean;
  /** Of the shell's prompt. */
  readonly color?: PromptColor;
  /** Where brokers are reached from here, by the address that they advertise. */
  readonly rewrite?: Readonly<Record<string, string>>;
}

export interface Config extends Settings {
  /** The profile that is used when nobody names one. */
  readonly current?: string;
  readonly profile: Readonly<Record<string, Profile>>;
}

export type ConfigProcess = Pick<
  ProcessPort,
  "environment" | "homeFolder" | "files" | "parseToml" | "formatToml"
>;

export function configPath({
  environment,
  homeFolder,
}: Pick<ProcessPort, "environment" | "homeFolder">): string {
  return `${environment["XDG_CONFIG_HOME"] || `${homeFolder()}/.config`}/mq/config.toml`;
}

/** What the file says; nothing when it is missing. Throws CommandError `MQ-E-USAGE` for what cannot be meant. */
export function readConfig(process: ConfigProcess): Config {
  const path = configPath(process);
  const text = process.files.read(path);
  if (text === undefined) {
    return { profile: {} };
  }
  return readConfigText(process, path, text);
}

/** What a text of such a file says. Throws CommandError `MQ-E-USAGE`, naming the path. */
export function readConfigText(process: ConfigProcess, path: string, text: string): Config {
  return new ConfigReader(path).config(parsed(process, path, text));
}

/** Writes the whole file. Throws CommandError when the disk does not take it. */
export function writeConfig(process: ConfigProcess, config: Config): void {
  const path = configPath(process);
  const text = process.formatToml({ ...config });
  process.files.replace(path, text);
  if (process.files.read(path) !== text) {
    throw new CommandError("MQ-E-FAILED", exitCode.failed, `${path} cannot be written`, {
      hint: "XDG_CONFIG_HOME says in which folder it lies",
    });
  }
}

/** The profile of a name. Throws CommandError `MQ-E-NOTFOUND`. */
export function profileNamed(config: Config, name: string): Profile {
  const found = Object.hasOwn(config.profile, name) ? config.profile[name] : undefined;
  if (found === undefined) {
    const meant = closestWord(name, Object.keys(config.profile));
    throw notFound(
      `there is no profile '${name}'`,
      meant === undefined ? "mq profile list shows what there is" : `did you mean ${meant}?`,
    );
  }
  return found;
}

/** Throws a usage error for a name that could not be typed. */
export function checkProfileName(name: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(name)) {
    throw usageError(`'${name}' is no name of a profile: letters, digits, and - _ . between them`);
  }
}

function parsed(process: ConfigProcess, path: string, text: string): object {
  try {
    return process.parseToml(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw usageError(`${path}: ${why}`, "mq config validate checks it again");
  }
}

/** Checks what stands in the file, member by member. */
class ConfigReader {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  config(table: object): Config {
    this.#checkNames(table, "", ["current", "profile", ...settingNames]);
    const members = new Map(Object.entries(table));
    const profiles = Object.entries(this.#table(members.get("profile") ?? {}, "profile"));
    const current = members.get("current");
    return {
      ...(current === undefined ? {} : { current: this.#text(current, "current") }),
      ...this.#settings(members, ""),
      profile: Object.fromEntries(
        profiles.map(([name, each]) => [name, this.#profile(name, each)]),
      ),
    };
  }

  #profile(name: string, value: unknown): Profile {
    const at = `profile.${name}`;
    const table = this.#table(value, at);
    this.#checkNames(table, `${at}.`, ["protected", "color", "rewrite", ...settingNames]);
    const members = new Map(Object.entries(table));
    const isProtected = members.get("protected");
    if (isProtected !== undefined && typeof isProtected !== "boolean") {
      throw this.#wrong(`${at}.protected is neither true nor false`);
    }
    const color = members.get("color");
    const known = promptColors.find((each) => each === color);
    if (color !== undefined && known === undefined) {
      throw this.#wrong(`${at}.color is none of ${promptColors.join(", ")}`);
    }
    const rewrite = members.get("rewrite");
    return {
      ...this.#settings(members, `${at}.`),
      ...(isProtected === undefined ? {} : { protected: isProtected }),
      ...(known === undefined ? {} : { color: known }),
      ...(rewrite === undefined ? {} : { rewrite: this.#rewrite(rewrite, `${at}.rewrite`) }),
    };
  }

  #settings(members: ReadonlyMap<string, unknown>, at: string): Settings {
    const found = settingNames.flatMap((name) => {
      const value = members.get(name);
      return value === undefined ? [] : [[name, this.#setting(name, value, at + name)] as const];
    });
    return Object.fromEntries(found);
  }

  /** Nameservers may stand in a list. */
  #setting(name: SettingName, value: unknown, at: string): string {
    const text =
      name === "nameserver" && Array.isArray(value)
        ? value.map((each) => this.#text(each, at)).join(",")
        : this.#text(value, at);
    if (name === "timeout" && parseDuration(text) === undefined) {
      throw this.#wrong(`${at}: '${text}' is no duration: 500ms, 5s, 1m`);
    }
    return text;
  }

  #rewrite(value: unknown, at: string): Readonly<Record<string, string>> {
    const entries = Object.entries(this.#table(value, at));
    for (const [from, to] of entries) {
      for (const address of [from, this.#text(to, `${at}."${from}"`)]) {
        if (readHostPort(address) === undefined) {
          throw this.#wrong(`${at}: '${address}' is no HOST:PORT`);
        }
      }
    }
    return Object.fromEntries(entries);
  }

  #table(value: unknown, at: string): object {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw this.#wrong(`${at} is no table`);
    }
    return value;
  }

  #text(value: unknown, at: string): string {
    if (typeof value !== "string" || value === "") {
      throw this.#wrong(`${at} is no text`);
    }
    return value;
  }

  #checkNames(table: object, at: string, known: readonly string[]): void {
    const unknown = Object.keys(table).find((name) => !known.includes(name));
    if (unknown !== undefined) {
      const meant = closestWord(unknown, known);
      throw this.#wrong(
        `'${at}${unknown}' is not known`,
        meant === undefined ? `known are ${known.join(", ")}` : `did you mean ${meant}?`,
      );
    }
  }

  #wrong(message: string, hint?: string): CommandError {
    return usageError(`${this.#path}: ${message}`, hint);
  }
}
