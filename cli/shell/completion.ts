/** What Tab offers: commands, flags and their values from the specs, folders, and the cluster's live names. */
import type { Environment } from "../../src/io/environment.ts";
import type { CommandFinder, CommandSpec } from "../command.ts";
import { type Completes, flagName, isOnByDefault } from "../flag.ts";
import { flagsOf, globalFlagsOf, leadingFlags, type NamedFlag } from "../parse.ts";
import { outputFormats } from "../render/output.ts";
import { builtinNames, prefixBuiltins } from "./builtins.ts";
import type { Names } from "./names.ts";
import { openWord } from "./words.ts";

export interface CompletionOptions {
  readonly commands: CommandFinder;
  readonly names: Names;
  /** Names of the profiles there are now. */
  readonly profiles: () => readonly string[];
  readonly disk: Environment["disk"];
  /** Whether the shell's own words are offered, too. */
  readonly hasBuiltins: boolean;
}

export class Completion {
  readonly #options: CompletionOptions;

  constructor(options: CompletionOptions) {
    this.#options = options;
  }

  /** Candidates for the text before the cursor, and the part of it that they replace. */
  async complete(text: string): Promise<readonly [readonly string[], string]> {
    const open = openWord(text);
    if (open === undefined) {
      return [[], ""];
    }
    const candidates = await this.#candidates(open.before, open.word);
    const quote = /^["']/.exec(open.typed)?.[0] ?? "";
    const matching = [...new Set(candidates)].filter((each) => each.startsWith(open.word));
    return [matching.sort().map((each) => quote + each), open.typed];
  }

  /** Words end in a space when something may follow them; the values of flags and folders do not. */
  async #candidates(before: readonly string[], typed: string): Promise<readonly string[]> {
    const [first, ...others] = before;
    if (!this.#options.hasBuiltins) {
      return await this.#commandCandidates(before, typed);
    }
    if (first === "mq") {
      return await this.#candidates(others, typed);
    }
    const skipped = first === undefined ? undefined : prefixBuiltins.get(first);
    if (skipped !== undefined && others.length >= skipped) {
      return await this.#candidates(others.slice(skipped), typed);
    }
    switch (first) {
      case "set":
        return settingCandidates(others);
      case "source":
        return this.#paths(typed);
      case "use":
        if (others[0] === "topic" && others.length === 1) {
          return await this.#live("topic", typed);
        }
        return others.length === 0 ? [...this.#options.profiles(), "topic"] : [];
      default:
        return await this.#commandCandidates(before, typed);
    }
  }

  async #commandCandidates(before: readonly string[], typed: string): Promise<readonly string[]> {
    const [flags, words] = leadingFlags(before);
    const found = this.#options.commands.find(words);
    if (found !== undefined) {
      const { spec } = await found.entry.load();
      return await this.#inCommand(spec, [...flags, ...words.slice(found.length)], typed);
    }
    // A flag before the command: its value, or its name.
    if (words.length === 0 && (typed.startsWith("-") || isValueOpen(flags))) {
      return await this.#inCommand(noCommand, flags, typed);
    }
    return this.#commandWords(words);
  }

  #commandWords(before: readonly string[]): readonly string[] {
    const words = this.#options.commands
      .under(before)
      .flatMap(({ path }) => path[before.length] ?? []);
    const all =
      before.length === 0 && this.#options.hasBuiltins ? [...words, ...builtinNames] : words;
    return all.map((word) => `${word} `);
  }

  async #inCommand(
    spec: CommandSpec,
    before: readonly string[],
    typed: string,
  ): Promise<readonly string[]> {
    const flags = [...flagsOf(spec), ...globalFlagsOf()];
    const assigned = /^(--[^=]+)=/.exec(typed);
    const open = assigned?.[1] ?? before[before.length - 1] ?? "";
    const flag = flags.find((each) => takesValue(each) && isNamed(open, each));
    if (flag !== undefined) {
      const prefix = assigned?.[0] ?? "";
      const values = await this.#values(flag, typed.slice(prefix.length));
      return values.map((value) => prefix + value);
    }
    if (typed.startsWith("-")) {
      return flags.map((each) => `${typedName(each)} `);
    }
    const spoken = spec.arguments ?? [];
    const position = argumentCount(before, flags);
    const argument =
      spoken[position] ?? (spoken.at(-1)?.isMany === true ? spoken.at(-1) : undefined);
    return await this.#live(argument?.completes, typed);
  }

  async #values([key, { type, details }]: NamedFlag, typed: string): Promise<readonly string[]> {
    if (key === "output") {
      return outputFormats;
    }
    return type.choices.length > 0
      ? type.choices
      : await this.#live(details.completes ?? wellKnown.get(key), typed);
  }

  async #live(completes: Completes | undefined, typed: string): Promise<readonly string[]> {
    if (completes === undefined) {
      return [];
    }
    switch (completes) {
      case "folder":
        return this.#paths(typed);
      case "profile":
        return this.#options.profiles();
      default:
        return await this.#options.names.get(completes);
    }
  }

  #paths(typed: string): readonly string[] {
    const folder = typed.slice(0, typed.lastIndexOf("/") + 1);
    return this.#options.disk
      .list(folder === "" ? "." : folder)
      .map(({ name, isFolder }) => `${folder}${name}${isFolder ? "/" : ""}`);
  }
}

/** Stands for the command while none was typed yet. */
const noCommand: CommandSpec = { path: [], summary: "", flags: {}, examples: [] };

/** True when the last of the words is a flag that wants a value. */
function isValueOpen(words: readonly string[]): boolean {
  const last = words.at(-1) ?? "";
  return globalFlagsOf().some((flag) => takesValue(flag) && isNamed(last, flag));
}

/** Flags that are completed wherever they appear. */
const wellKnown: ReadonlyMap<string, Completes> = new Map([
  ["topic", "topic"],
  ["group", "group"],
  ["broker", "broker"],
  ["store", "folder"],
]);

/** `set NAME VALUE`. */
function settingCandidates(before: readonly string[]): readonly string[] {
  const [name] = before;
  if (name === undefined) {
    return globalFlagsOf().map(([key]) => `${flagName(key)} `);
  }
  const flag = globalFlagsOf().find(([key]) => flagName(key) === name);
  if (before.length > 1 || flag === undefined) {
    return [];
  }
  if (flag[1].type.kind === "toggle") {
    return ["on", "off"];
  }
  return name === "output" ? outputFormats : flag[1].type.choices;
}

function takesValue([, { type }]: NamedFlag): boolean {
  return type.kind !== "toggle";
}

function isNamed(word: string, [key, { details }]: NamedFlag): boolean {
  return word === `--${flagName(key)}` || word === `-${details.short ?? "-"}`;
}

function typedName([key, flag]: NamedFlag): string {
  return `--${isOnByDefault(flag) ? "no-" : ""}${flagName(key)}`;
}

/** How many of the words are arguments rather than flags and their values. */
function argumentCount(words: readonly string[], flags: readonly NamedFlag[]): number {
  let count = 0;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (!word.startsWith("-") || word === "-") {
      count++;
    } else if (flags.some((each) => takesValue(each) && isNamed(word, each))) {
      at++;
    }
  }
  return count;
}
