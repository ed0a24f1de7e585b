/** Finds commands by the words that are typed. */
import type { CommandEntry, CommandFinder } from "./command.ts";

/** Other words for the same: documented, and no more than these. */
const aliases: Readonly<Record<string, string>> = { ls: "list", ns: "nameserver", rm: "delete" };

export class CommandList implements CommandFinder {
  readonly entries: readonly CommandEntry[];

  constructor(entries: readonly CommandEntry[]) {
    this.entries = entries;
  }

  find(
    words: readonly string[],
  ): { readonly entry: CommandEntry; readonly length: number } | undefined {
    const named = words.map((word) => aliases[word] ?? word);
    const found = this.entries
      .filter(({ path }) => path.every((word, index) => word === named[index]))
      .sort((left, right) => right.path.length - left.path.length)[0];
    return found === undefined ? undefined : { entry: found, length: found.path.length };
  }

  under(prefix: readonly string[]): readonly CommandEntry[] {
    const shown = this.entries.filter(({ isHidden }) => isHidden !== true);
    return shown.filter(({ path }) =>
      prefix.every((word, index) => (aliases[word] ?? word) === path[index]),
    );
  }
}
