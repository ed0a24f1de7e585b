/**
 * What tidy says about the text of one file: an opening comment, its length, words that may not come
 * back, and nothing that belongs to one machine.
 */

export interface SourceText {
  /** Relative to the project, with `/`. */
  readonly path: string;
  readonly text: string;
}

export const linesMax = 400;

/**
 * Words whose number may only fall. What is allowed stands here; a count below it is a finding too, so
 * that the ratchet is turned in the commit that made it possible.
 */
export const ratchet: readonly Ratchet[] = [
  { word: "Math.random", scope: "product", allowed: 0, instead: "Environment's random" },
  { word: "Buffer.concat", scope: "product", allowed: 4, instead: "reserve and fill" },
  {
    word: ["as", "unknown", "as"].join(" "),
    scope: "all",
    allowed: 0,
    instead: "a codec or a narrower type",
  },
  { word: ["TO", "DO"].join(""), scope: "all", allowed: 0, instead: "an issue, or the work" },
  { word: ["FIX", "ME"].join(""), scope: "all", allowed: 0, instead: "an issue, or the work" },
];

export interface Ratchet {
  readonly word: string;
  /** "product": src and cli without their tests; "all": every TypeScript file. */
  readonly scope: "product" | "all";
  readonly allowed: number;
  readonly instead: string;
}

/** Folders of one machine and hosts of one network; the parts are joined here so that no file holds them. */
const foreign: readonly (readonly [parts: readonly string[], joint: string])[] = [
  [["/work", "main"], "/"],
  [["/work", "shared"], "/"],
  [["", "root", ""], "/"],
  [["", "home", ""], "/"],
  [["registry", "npmjs"], "."],
  [["registry", "yarnpkg"], "."],
  [["repo1", "maven"], "."],
  [["repo", "maven", "apache"], "."],
  [["deb", "debian"], "."],
];

/** Findings about one file, `path:line: what`. */
export function inspectText({ path, text }: SourceText): readonly string[] {
  const findings: string[] = [];
  if (isCode(path)) {
    const lines = text.split("\n");
    const lineCount = lines.at(-1) === "" ? lines.length - 1 : lines.length;
    if (lineCount > linesMax) {
      findings.push(`${path}: ${lineCount} lines; ${linesMax} is the limit`);
    }
    if (!opensWithComment(text)) {
      findings.push(`${path}:1: no opening comment that says what the file is responsible for`);
    }
  }
  for (const [parts, joint] of foreign) {
    const at = text.indexOf(parts.join(joint));
    if (at >= 0) {
      const line = text.slice(0, at).split("\n").length;
      findings.push(`${path}:${line}: ${parts.join(joint)} belongs to one machine or network`);
    }
  }
  return findings;
}

/** Findings of the ratchet over all files. */
export function inspectWords(
  sources: readonly SourceText[],
  rules: readonly Ratchet[] = ratchet,
): readonly string[] {
  const findings: string[] = [];
  for (const { word, scope, allowed, instead } of rules) {
    const places = sources
      .filter(({ path }) => path.endsWith(".ts") && (scope === "all" || isProduct(path)))
      .flatMap((source) => placesOf(source, word));
    if (places.length > allowed) {
      findings.push(
        `"${word}" ${places.length}×, ${allowed} allowed (${instead}): ${places.join(", ")}`,
      );
    } else if (places.length < allowed) {
      findings.push(`"${word}" ${places.length}×: set its ratchet to that, ${allowed} is over`);
    }
  }
  return findings;
}

function placesOf({ path, text }: SourceText, word: string): readonly string[] {
  const pattern = new RegExp(`(?<![\\w.])${word.replaceAll(".", "\\.")}(?!\\w)`);
  return text
    .split("\n")
    .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : []));
}

function isProduct(path: string): boolean {
  return /^(src|cli)\//.test(path) && !path.endsWith(".test.ts");
}

function isCode(path: string): boolean {
  return /^(src|cli|scripts|test)\/.+\.(ts|sh|java)$/.test(path);
}

function opensWithComment(text: string): boolean {
  const first = text.startsWith("#!") ? text.slice(text.indexOf("\n") + 1) : text;
  return /^(\/\*\*?|\/\/|#)\s*\S?/.test(first);
}
