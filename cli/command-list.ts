/** Finds commands by the words that are typed. */
import type { Command } from "./command.ts";

/** A command before it is loaded. */
export interface CommandEntry {
  readonly path: readonly string[];
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** Other words for the same: documented, and no more than these. */
const aliases: Readonly<Record<string, string>> = { ls: "list", ns: "nameserver" };

export class CommandList {
  readonly entries: readonly CommandEntry[];

  constructor(entries: readonly CommandEntry[]) {
    this.entries = entries;
  }

  /** The command that the words begin with, and how many of them name it. */
  find(
    words: readonly string[],
  ): { readonly entry: CommandEntry; readonly length: number } | undefined {
    const named = words.map((word) => aliases[word] ?? word);
    const found = this.entries
      .filter(({ path }) => path.every((word, index) => word === named[index]))
      .sort((left, right) => right.path.length - left.path.length)[0];
    return found === undefined ? undefined : { entry: found, length: found.path.length };
  }

  /** Commands that begin with the words. */
  under(prefix: readonly string[]): readonly CommandEntry[] {
    return this.entries.filter(({ path }) =>
      prefix.every((word, index) => (aliases[word] ?? word) === path[index]),
    );
  }
}
