/**
 * Splits a line as sh does: quotes, backslashes, comments, `;` between commands. What follows a command from `|` or
 * `>` on belongs to the system's shell and is left as it was typed.
 */
import { usageError } from "../command-error.ts";

/** One command of a line, and what follows it from `|` or `>` on. */
export interface ShellCommand {
  readonly words: readonly string[];
  /** `| jq .body`, `> file`: run by the system's shell. */
  readonly rest: string | undefined;
}

/** Where the cursor stands at the end of a line that is still being typed. */
export interface OpenWord {
  /** The words of the same command before it. */
  readonly before: readonly string[];
  /** The word itself, empty behind a space. */
  readonly word: string;
  /** The same as it was typed: with the quote that it begins with. */
  readonly typed: string;
}

/** The commands of a line. Throws a usage error for what sh can do and this cannot. */
export function splitLine(line: string): readonly ShellCommand[] {
  const scanner = new Scanner(line);
  const commands: ShellCommand[] = [];
  while (!scanner.isAtEnd) {
    const command = scanner.command();
    if (command.words.length > 0) {
      commands.push(command);
    } else if (command.rest !== undefined) {
      throw usageError(`nothing stands before '${command.rest}'`);
    }
  }
  if (scanner.openQuote !== undefined) {
    throw usageError(`a ${scanner.openQuote} is never closed`);
  }
  return commands;
}

/** The word before the cursor; undefined where the system's shell or a comment has begun. */
export function openWord(text: string): OpenWord | undefined {
  const scanner = new Scanner(text);
  let command: ShellCommand = { words: [], rest: undefined };
  do {
    command = scanner.command();
  } while (!scanner.isAtEnd);
  if (command.rest !== undefined || scanner.isComment) {
    return undefined;
  }
  const start = scanner.openWordStart;
  if (start === undefined) {
    const before = scanner.endedWithSeparator ? [] : command.words;
    return { before, word: "", typed: "" };
  }
  return {
    before: command.words.slice(0, -1),
    word: command.words[command.words.length - 1] ?? "",
    typed: text.slice(start),
  };
}

/** What a backslash escapes between double quotes; elsewhere it escapes everything. */
const escapedInQuotes = '"\\$`';

class Scanner {
  readonly #line: string;
  #at = 0;
  #words: string[] = [];
  #word: string | undefined;
  /** Where the word began that the end of the line cut off. */
  openWordStart: number | undefined;
  openQuote: string | undefined;
  isComment = false;
  endedWithSeparator = false;

  constructor(line: string) {
    this.#line = line;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#line.length;
  }

  /** Reads one command and the separator behind it. */
  command(): ShellCommand {
    this.#words = [];
    this.endedWithSeparator = false;
    let rest: string | undefined;
    while (!this.isAtEnd && !this.endedWithSeparator) {
      const character = this.#line[this.#at] ?? "";
      if (character === ";") {
        this.#at++;
        this.endedWithSeparator = true;
      } else if (character === "|" || character === ">") {
        rest = this.#rest();
      } else if (character === "#") {
        this.isComment = true;
        this.#at = this.#line.length;
      } else if (/\s/.test(character)) {
        this.#at++;
      } else {
        this.#readWord();
      }
    }
    return { words: this.#words, rest };
  }

  #readWord(): void {
    const start = this.#at;
    this.#word = "";
    while (!this.isAtEnd) {
      const character = this.#line[this.#at] ?? "";
      if (/[\s;|>]/.test(character)) {
        break;
      }
      if (character === "&" || character === "<") {
        throw usageError(`'${character}' is not understood here`, "quote it, or use ; | > >>");
      }
      this.#at++;
      if (character === "'" || character === '"') {
        this.#readQuoted(character);
      } else if (character === "\\") {
        this.#word += this.#line[this.#at] ?? "";
        this.#at++;
      } else {
        this.#word += character;
      }
    }
    this.#words.push(this.#word);
    this.openWordStart = this.isAtEnd ? start : undefined;
  }

  #readQuoted(quote: string): void {
    while (!this.isAtEnd) {
      const character = this.#line[this.#at] ?? "";
      this.#at++;
      if (character === quote) {
        return;
      }
      const next = this.#line[this.#at] ?? "";
      if (quote === '"' && character === "\\" && next !== "" && escapedInQuotes.includes(next)) {
        this.#word += next;
        this.#at++;
      } else {
        this.#word += character;
      }
    }
    this.openQuote = quote;
  }

  /** As typed, up to a semicolon outside quotes. */
  #rest(): string {
    const start = this.#at;
    let quote: string | undefined;
    while (!this.isAtEnd) {
      const character = this.#line[this.#at] ?? "";
      if (quote === undefined && character === ";") {
        break;
      }
      if (character === "\\" && quote !== "'") {
        this.#at++;
      } else if (quote !== undefined) {
        quote = character === quote ? undefined : quote;
      } else if (character === "'" || character === '"') {
        quote = character;
      }
      this.#at++;
    }
    this.openQuote = quote;
    return this.#line.slice(start, this.#at).trim();
  }
}
