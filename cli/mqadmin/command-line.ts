/**
 * Takes a subcommand's words apart by the rules of the library that the official tool uses (Apache commons-cli 1.5,
 * DefaultParser): `-n addr`, `-naddr`, `-n=addr`, `--namesrvAddr addr`, `--namesrvAddr=addr`, long names behind one
 * hyphen and shortened while they stay unambiguous, letters run together. Words that belong to no option are passed over.
 */
import { type AdminOption, optionKey } from "./option.ts";

/** What was typed, by option. */
export class CommandLine {
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(values: ReadonlyMap<string, readonly string[]>) {
    this.#values = values;
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  /** The first value, without the space around it. */
  value(key: string): string | undefined {
    return this.#values.get(key)?.[0]?.trim();
  }

  /** As `value`, for an option that must be there. */
  text(key: string): string {
    return this.value(key) ?? "";
  }
}

/** Words that do not fit the options; the message says which. */
export class CommandLineError extends Error {
  override readonly name = "CommandLineError";
}

/** Throws CommandLineError. */
export function parseCommandLine(
  options: readonly AdminOption[],
  words: readonly string[],
): CommandLine {
  return new Reader(options).read(words);
}

class Reader {
  readonly #options: readonly AdminOption[];
  readonly #byKey: ReadonlyMap<string, AdminOption>;
  readonly #byLong: ReadonlyMap<string, AdminOption>;
  readonly #values = new Map<string, string[]>();
  /** The option of each group that was given. */
  readonly #selected = new Map<string, string>();
  /** Waits for its value. */
  #waiting: AdminOption | undefined;

  constructor(options: readonly AdminOption[]) {
    this.#options = options;
    this.#byKey = new Map(options.map((each) => [optionKey(each), each]));
    this.#byLong = new Map(options.map((each) => [each.long, each]));
  }

  read(words: readonly string[]): CommandLine {
    const end = words.indexOf("--");
    for (const word of end < 0 ? words : words.slice(0, end)) {
      this.#take(word);
    }
    this.#checkValue();
    this.#checkMissing();
    return new CommandLine(this.#values);
  }

  #take(word: string): void {
    if (this.#waiting !== undefined && !this.#isOption(word)) {
      this.#give(withoutQuotes(word));
    } else if (word.startsWith("--")) {
      this.#takeLong(word);
    } else if (word.startsWith("-") && word !== "-") {
      this.#takeShort(word);
    }
  }

  /** Whether a word is an option and not the value of the one before it. */
  #isOption(word: string): boolean {
    if (!word.startsWith("-") || word === "-" || /^-\d+(\.\d+)?$/.test(word)) {
      return false;
    }
    const name = nameOf(word);
    return (
      this.#matching(name).length > 0 ||
      this.#byKey.has(name) ||
      this.#byKey.has(name.charAt(0)) ||
      (!word.startsWith("--") && this.#longPrefix(name) !== undefined)
    );
  }

  #takeLong(word: string): void {
    const name = nameOf(word);
    const matching = this.#matching(name);
    const [found] = matching;
    if (found === undefined) {
      throw unknown(word);
    }
    if (matching.length > 1) {
      const names = matching.map(({ long }) => `'${long}'`).join(", ");
      throw new CommandLineError(`Ambiguous option: '${word}' (could be: ${names})`);
    }
    const value = assignedTo(word);
    if (value !== undefined && !found.takesValue) {
      throw unknown(word);
    }
    this.#begin(found);
    if (value !== undefined) {
      this.#give(value);
    }
  }

  #takeShort(word: string): void {
    const name = nameOf(word);
    const exact = this.#byKey.get(name);
    const value = assignedTo(word);
    if (exact !== undefined && (value === undefined || (name.length === 1 && exact.takesValue))) {
      this.#begin(exact);
      if (value !== undefined) {
        this.#give(value);
      }
    } else if (name.length === 1) {
      throw unknown(word);
    } else if (value !== undefined || this.#matching(name).length > 0) {
      this.#takeLong(word);
    } else {
      this.#takeRunTogether(word);
    }
  }

  /** `-naddr`, `-namesrvAddraddr`, and letters of options without a value: `-ls`. */
  #takeRunTogether(word: string): void {
    const text = word.slice(1);
    const prefixed = this.#longPrefix(text);
    if (prefixed?.takesValue === true) {
      this.#begin(prefixed);
      this.#give(text.slice(prefixed.long.length));
      return;
    }
    for (let at = 0; at < text.length; at++) {
      const found = this.#byKey.get(text.charAt(at));
      if (found === undefined) {
        throw unknown(word);
      }
      this.#begin(found);
      if (found.takesValue && at + 1 < text.length) {
        this.#give(text.slice(at + 1));
        return;
      }
    }
  }

  #begin(found: AdminOption): void {
    this.#checkValue();
    const key = optionKey(found);
    if (found.group !== undefined) {
      const before = this.#selected.get(found.group) ?? key;
      if (before !== key) {
        throw new CommandLineError(
          `The option '${key}' was specified but an option from this group has already been selected: '${before}'`,
        );
      }
      this.#selected.set(found.group, key);
    }
    if (!this.#values.has(key)) {
      this.#values.set(key, []);
    }
    this.#waiting = found.takesValue ? found : undefined;
  }

  #give(value: string): void {
    if (this.#waiting !== undefined) {
      this.#values.get(optionKey(this.#waiting))?.push(value);
      this.#waiting = undefined;
    }
  }

  #checkValue(): void {
    if (this.#waiting !== undefined) {
      throw new CommandLineError(`Missing argument for option: ${optionKey(this.#waiting)}`);
    }
  }

  #checkMissing(): void {
    const missing: string[] = [];
    for (const each of this.#options) {
      if (each.isRequired && !this.#values.has(optionKey(each))) {
        missing.push(optionKey(each));
      } else if (each.group !== undefined && !this.#selected.has(each.group)) {
        this.#selected.set(each.group, "");
        missing.push(this.#groupText(each.group));
      }
    }
    if (missing.length > 0) {
      const noun = missing.length === 1 ? "option" : "options";
      throw new CommandLineError(`Missing required ${noun}: ${missing.join(", ")}`);
    }
  }

  #groupText(group: string): string {
    const members = this.#options.filter((each) => each.group === group);
    return `[${members.map((each) => `-${optionKey(each)} ${each.about}`).join(", ")}]`;
  }

  /** The option with the long name, or those whose name begins so. */
  #matching(name: string): readonly AdminOption[] {
    const typed = name.trimEnd();
    const exact = this.#byLong.get(typed);
    if (exact !== undefined) {
      return [exact];
    }
    return typed === "" ? [] : this.#options.filter(({ long }) => long.startsWith(typed));
  }

  /** The option whose long name the text begins with. */
  #longPrefix(text: string): AdminOption | undefined {
    return this.#options.find(
      ({ long }) => long.length > 1 && long.length < text.length && text.startsWith(long),
    );
  }
}

function unknown(word: string): CommandLineError {
  return new CommandLineError(`Unrecognized option: ${word}`);
}

/** What stands between the hyphens and an equals sign. */
function nameOf(word: string): string {
  const at = word.indexOf("=");
  return (at < 0 ? word : word.slice(0, at)).replace(/^--?/, "");
}

function assignedTo(word: string): string | undefined {
  const at = word.indexOf("=");
  return at < 0 ? undefined : word.slice(at + 1);
}

function withoutQuotes(word: string): string {
  return /^"[^"]+"$/.test(word) ? word.slice(1, -1) : word;
}
