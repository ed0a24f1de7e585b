/** Flags that `set` made the default of every command: `set output json`, `set utc on`. */
import { usageError } from "../command-error.ts";
import { closestWord } from "../did-you-mean.ts";
import { flagName, isOnByDefault } from "../flag.ts";
import { globalFlagsOf } from "../parse.ts";

export class Settings {
  readonly #words = new Map<string, string>();

  /** The flags as words. */
  words(): readonly string[] {
    return [...this.#words.values()];
  }

  /** A copy in which the flag is set, or taken back when there is no value. */
  with(name: string, value: string | undefined): Settings {
    const [key, flag] = flagNamed(name.replace(/^--(no-)?/, ""));
    const changed = new Settings();
    for (const [each, word] of this.#words) {
      changed.#words.set(each, word);
    }
    changed.#words.delete(key);
    if (flag.type.kind === "toggle") {
      const isOn = readSwitch(name, value);
      if (isOn !== isOnByDefault(flag)) {
        changed.#words.set(key, `--${isOn ? "" : "no-"}${flagName(key)}`);
      }
    } else if (value !== undefined) {
      changed.#words.set(key, `--${flagName(key)}=${value}`);
    }
    return changed;
  }
}

function flagNamed(name: string): ReturnType<typeof globalFlagsOf>[number] {
  const flags = globalFlagsOf();
  const found = flags.find(([key]) => flagName(key) === name);
  if (found === undefined) {
    const known = flags.map(([key]) => flagName(key));
    const meant = closestWord(name, known);
    throw usageError(
      `set: '${name}' is no flag of every command`,
      meant === undefined ? `known are ${known.join(", ")}` : `did you mean '${meant}'?`,
    );
  }
  return found;
}

function readSwitch(name: string, value: string | undefined): boolean {
  if (value === undefined || value === "on" || value === "off") {
    return value !== "off";
  }
  throw usageError(`set ${name}: '${value}' is neither on nor off`);
}
