/**
 * `name=value` lines as configuration travels in bodies (25, 26, 318, 319): Java's properties.
 *
 * Read with their comments, continued lines and escapes; written as RocketMQ writes them, plain, a line each.
 */
import { DecodeError } from "../../core/error.ts";
import { limits } from "../../core/limits.ts";
import { isUtf8 } from "./utf8.ts";

/** Reads source[start, end). A name that is there twice has its last value. Throws DecodeError. */
export function decodePropertiesText(
  source: Buffer,
  start: number,
  end: number,
): ReadonlyMap<string, string> {
  if (!isUtf8(source, start, end)) {
    throw new DecodeError("configuration that is not UTF-8");
  }
  const rows = new Map<string, string>();
  for (const line of logicalLines(source.toString("utf8", start, end))) {
    const { name, value } = splitLine(line);
    rows.set(name, value);
    if (rows.size > limits.configLinesMax) {
      throw new DecodeError(`more than ${limits.configLinesMax} lines of configuration`);
    }
  }
  return rows;
}

/** Line breaks inside a value become spaces: a value cannot add lines of its own. */
export function encodePropertiesText(rows: Iterable<readonly [string, string]>): Buffer {
  let text = "";
  for (const [name, value] of rows) {
    text += `${name}=${value.replace(/[\r\n]+/g, " ")}\n`;
  }
  return Buffer.from(text, "utf8");
}

/** Lines without blank ones and comments; one that ends with a single backslash goes on in the next. */
function logicalLines(text: string): readonly string[] {
  const lines: string[] = [];
  let open: string | undefined;
  for (const raw of text.split(/\r\n|\r|\n/)) {
    const line = raw.replace(/^[ \t\f]+/, "");
    if (open === undefined && (line === "" || line.startsWith("#") || line.startsWith("!"))) {
      continue;
    }
    const whole: string = (open ?? "") + line;
    const backslashes = /\\*$/.exec(whole)?.[0].length ?? 0;
    open = backslashes % 2 === 1 ? whole.slice(0, -1) : undefined;
    if (open === undefined) {
      lines.push(whole);
    }
  }
  return open === undefined ? lines : [...lines, open];
}

/** The name ends at the first `=`, `:` or space that is not escaped. */
function splitLine(line: string): { readonly name: string; readonly value: string } {
  const match = /^((?:\\.|[^\\=: \t\f])*)[ \t\f]*[=:]?[ \t\f]*(.*)$/s.exec(line);
  return { name: unescaped(match?.[1] ?? ""), value: unescaped(match?.[2] ?? "") };
}

function unescaped(text: string): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (_whole, code: string) => {
    switch (code[0]) {
      case "t":
        return "\t";
      case "n":
        return "\n";
      case "r":
        return "\r";
      case "f":
        return "\f";
      case "u":
        return code.length === 5 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : "u";
      default:
        return code;
    }
  });
}
