/** The words of a `--where` expression. */
import { usageError } from "../../command-error.ts";

export type Word =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  /** A path: names and indexes; or a word of the language, which is one name. */
  | { readonly kind: "path"; readonly value: readonly (string | number)[] }
  | { readonly kind: "sign"; readonly value: string };

/** A longer expression is a mistake. */
const charactersMax = 4_096;

const signs = /^(?:&&|\|\||==|!=|<>|<=|>=|=~|!~|[=<>!(),])/;
const number = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/;
const name = /^[\p{L}_$%@][\p{L}\p{N}_$%@-]*/u;
const part = /^(?:\.([\p{L}_$%@][\p{L}\p{N}_$%@-]*)|\[(\d{1,9})\]|\[("(?:[^"\\]|\\.)*")\])/u;

/** Splits the expression. Throws CommandError for what is no word of it. */
export function wordsOf(source: string): readonly Word[] {
  if (source.length > charactersMax) {
    throw usageError(`--where: an expression of more than ${charactersMax} characters`);
  }
  const words: Word[] = [];
  let rest = source.trimStart();
  while (rest !== "") {
    const [word, length] = firstWord(rest, source);
    words.push(word);
    rest = rest.slice(length).trimStart();
  }
  return words;
}

function firstWord(rest: string, source: string): readonly [Word, number] {
  const digits = number.exec(rest)?.[0];
  if (digits !== undefined) {
    return [{ kind: "number", value: Number(digits) }, digits.length];
  }
  const sign = signs.exec(rest)?.[0];
  if (sign !== undefined) {
    return [{ kind: "sign", value: sign }, sign.length];
  }
  if (rest.startsWith("'") || rest.startsWith('"')) {
    return quoted(rest, source);
  }
  const first = name.exec(rest)?.[0];
  if (first === undefined) {
    throw usageError(`--where: '${rest.slice(0, 20)}' is no part of an expression`);
  }
  return path(rest, first);
}

/** In either quotes; the quote itself is doubled inside, as in SQL, or stands behind a backslash. */
function quoted(rest: string, source: string): readonly [Word, number] {
  const quote = rest[0] as string;
  let value = "";
  for (let at = 1; at < rest.length; at++) {
    const letter = rest[at] as string;
    const next = rest[at + 1];
    if (letter === quote && next !== quote) {
      return [{ kind: "text", value }, at + 1];
    }
    if (letter === quote || (letter === "\\" && (next === quote || next === "\\"))) {
      value += next;
      at++;
    } else {
      value += letter;
    }
  }
  throw usageError(`--where: a text is not closed in ${source}`);
}

function path(rest: string, first: string): readonly [Word, number] {
  const value: (string | number)[] = [first];
  let length = first.length;
  for (;;) {
    const match = part.exec(rest.slice(length));
    if (match === null) {
      return [{ kind: "path", value }, length];
    }
    const [whole, named, index, inQuotes] = match;
    value.push(
      named ?? (index === undefined ? (JSON.parse(inQuotes ?? '""') as string) : Number(index)),
    );
    length += whole.length;
  }
}
