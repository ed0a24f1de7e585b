/** Splits a line as sh does: quotes, backslashes, `;` between commands, and what belongs to the system's shell. */
import { usageError } from "../command-error.ts";

/** One command of a line, and what follows it from `|` or `>` on. */
export interface ShellCommand {
  readonly words: readonly string[];
  /** `| jq .body`, `> file`: run by the system's shell. */
  readonly rest: string | undefined;
}

/** The commands of a line. Throws a usage error for a quote that never ends. */
export function splitLine(line: string): readonly ShellCommand[] {
  const commands: ShellCommand[] = [];
  let words: string[] = [];
  let word: string | undefined;
  let at = 0;
  const endWord = (): void => {
    if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  };
  const endCommand = (rest: string | undefined): void => {
    endWord();
    if (words.length > 0) {
      commands.push({ words, rest });
    }
    words = [];
  };
  while (at < line.length) {
    const character = line[at] ?? "";
    if (character === "'" || character === '"') {
      const [text, next] = quoted(line, at, character);
      word = (word ?? "") + text;
      at = next;
      continue;
    }
    if (character === "\\" && at + 1 < line.length) {
      word = (word ?? "") + line[at + 1];
      at += 2;
      continue;
    }
    if (character === "|" || character === ">") {
      const end = endOfRest(line, at);
      endCommand(line.slice(at, end).trim());
      at = end + 1;
      continue;
    }
    if (character === ";") {
      endCommand(undefined);
    } else if (character === "#" && word === undefined) {
      break;
    } else if (/\s/.test(character)) {
      endWord();
    } else {
      word = (word ?? "") + character;
    }
    at++;
  }
  endCommand(undefined);
  return commands;
}

/** The text between quotes and the position behind them; in double quotes a backslash escapes. */
function quoted(line: string, start: number, quote: string): readonly [string, number] {
  let text = "";
  let at = start + 1;
  while (at < line.length && line[at] !== quote) {
    if (quote === '"' && line[at] === "\\" && at + 1 < line.length) {
      at++;
    }
    text += line[at];
    at++;
  }
  if (at >= line.length) {
    throw usageError(`a ${quote} is never closed`);
  }
  return [text, at + 1];
}

/** Where a pipe ends: at a semicolon outside quotes, or with the line. */
function endOfRest(line: string, start: number): number {
  let quote: string | undefined;
  for (let at = start; at < line.length; at++) {
    const character = line[at] ?? "";
    if (quote !== undefined) {
      quote = character === quote ? undefined : quote;
    } else if (character === "'" || character === '"') {
      quote = character;
    } else if (character === ";") {
      return at;
    }
  }
  return line.length;
}
