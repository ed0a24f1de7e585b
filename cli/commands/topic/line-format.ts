/**
 * `--parse FORMAT`: reads lines as `tail -F FORMAT` prints them. `%k\t%v` takes the keys up to the tab and the rest as the body;
 * %g tag, %k keys, %v body, %p{NAME} a property, %i unique key; %v{hex} and %v{base64} bytes; `%%` is a percent sign.
 */
import { usageError } from "../../command-error.ts";

export interface ParsedLine {
  readonly body: Buffer;
  readonly tag: string | undefined;
  readonly keys: readonly string[] | undefined;
  readonly properties: ReadonlyMap<string, string>;
}

interface Verb {
  readonly letter: string;
  readonly detail: string | undefined;
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", "\\": "\\" };

/** Makes the reader of a format's lines. Throws CommandError for a format, and the reader for a line, that does not fit. */
export function lineParser(format: string): (line: Buffer) => ParsedLine {
  const verbs: Verb[] = [];
  let pattern = "";
  const pieces = /%(.)(?:\{([^{}]*)\})?|\\([nt\\])|([^%\\]+|[%\\])/g;
  for (const [, letter, detail, escaped, literal] of format.replace(/\\n$/, "").matchAll(pieces)) {
    if (letter === undefined || letter === "%") {
      pattern += quoted(letter ?? literal ?? escapes[escaped ?? ""] ?? "");
    } else {
      checkVerb(letter, detail);
      verbs.push({ letter, detail });
      pattern += "([^]*?)";
    }
  }
  if (!verbs.some(({ letter }) => letter === "v")) {
    throw usageError(`--parse '${format}' takes no body: %v is missing`, "--parse '%k\\t%v'");
  }
  // Bytes are taken for letters one by one, so that no body is changed by being read as text.
  const line = new RegExp(`^${pattern}$`);
  return (bytes) => {
    const match = line.exec(bytes.toString("latin1"));
    if (match === null) {
      throw usageError(
        `a line of standard input is not of the form '${format}': ${bytes.toString("utf8").slice(0, 60)}`,
      );
    }
    return parsed(
      verbs,
      match.slice(1).map((value) => Buffer.from(value, "latin1")),
    );
  };
}

function checkVerb(letter: string, detail: string | undefined): void {
  const isKnown =
    letter === "p"
      ? detail !== undefined && detail !== ""
      : "gkiv".includes(letter) &&
        (detail === undefined || (letter === "v" && (detail === "hex" || detail === "base64")));
  if (!isKnown) {
    throw usageError(
      `--parse: %${letter}${detail === undefined ? "" : `{${detail}}`} cannot be read`,
      "%g tag, %k keys, %v body, %p{NAME} a property, %i unique key",
    );
  }
}

function parsed(verbs: readonly Verb[], values: readonly Buffer[]): ParsedLine {
  let body = Buffer.alloc(0);
  let tag: string | undefined;
  let keys: readonly string[] | undefined;
  const properties = new Map<string, string>();
  for (const [index, { letter, detail }] of verbs.entries()) {
    const value = values[index] ?? Buffer.alloc(0);
    const text = value.toString("utf8");
    if (letter === "v") {
      body =
        detail === "hex" || detail === "base64" ? Buffer.from(text, detail) : Buffer.from(value);
    } else if (letter === "g") {
      tag = text === "" ? undefined : text;
    } else if (letter === "k") {
      keys = text === "" ? undefined : [text];
    } else if (text !== "") {
      properties.set(letter === "i" ? "UNIQ_KEY" : (detail ?? ""), text);
    }
  }
  return { body, tag, keys, properties };
}

/** Literal text as a part of a regular expression over bytes. */
function quoted(literal: string): string {
  return Buffer.from(literal, "utf8")
    .toString("latin1")
    .replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
