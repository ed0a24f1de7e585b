/**
 * What must differ between two runs of the script becomes tokens: addresses, ports, ids, times, places in the log,
 * versions, what was measured. What was captured by an earlier step keeps its name, so that it must be the same again.
 */

/** Texts that go by a name in this run: the address of the broker, a captured id. */
export type Names = ReadonlyMap<string, string>;

/** Members of JSON documents that tell about a machine, a log or a moment. */
const memberTokens: readonly (readonly [pattern: RegExp, token: string])[] = [
  [
    /^(storeSize|storedBytes|physicalOffset|commitOffset|recordBytes|minPhysicalOffset)$/,
    "<place>",
  ],
  [/^(seconds|elapsedMs|\w+(PerSecond|Tps)|(min|mean|max|p\d+)Us|diskUsed)$/i, "<measured>"],
  [/^(version|brokerVersion)$/, "<version>"],
];

/** The lines of a text; JSON documents are laid out, a member a line. */
export function normaliseText(text: string, names: Names, mask?: RegExp): readonly string[] {
  const laidOut = asDocuments(text)?.flatMap((document) =>
    JSON.stringify(document, replaceMember, 1).split("\n"),
  );
  return (laidOut ?? withoutLastBreak(text).split("\n"))
    .map((line) => tokenise(line, names))
    .map((line) => (mask === undefined ? line : line.replace(mask, "#")))
    .filter((line, _index, all) => !(line === "" && all.length === 1));
}

/** One document, or one a line; undefined for other texts. */
function asDocuments(text: string): readonly unknown[] | undefined {
  if (!/^[{[]/.test(text)) {
    return undefined;
  }
  try {
    return [JSON.parse(text)];
  } catch {
    try {
      return withoutLastBreak(text)
        .split("\n")
        .map((line) => JSON.parse(line));
    } catch {
      return undefined;
    }
  }
}

function replaceMember(key: string, value: unknown): unknown {
  if (key === "properties" && typeof value === "object" && value !== null) {
    // They come in the order in which a broker stores them, which says nothing.
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  if (typeof value === "number" || typeof value === "string") {
    return memberTokens.find(([pattern]) => pattern.test(key))?.[1] ?? value;
  }
  return value;
}

function tokenise(line: string, names: Names): string {
  let result = line;
  for (const [name, value] of names) {
    result = result.replace(wholeValue(value), () => `<${name}>`);
  }
  for (const [pattern, token] of textTokens) {
    result = result.replace(pattern, token);
  }
  // Columns are as wide as what stands in them.
  return result.replace(/(\S) {2,}/g, "$1  ").trimEnd();
}

/** 127.0.0.1:1 does not stand in 127.0.0.1:12937. */
function wholeValue(value: string): RegExp {
  const literal = value.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`${literal}${/\d$/.test(value) ? "(?!\\d)" : ""}`, "g");
}

const textTokens: readonly (readonly [pattern: RegExp, token: string])[] = [
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?/g, "<time>"],
  [/\b\d{8}T\d{6}Z\b/g, "<time>"],
  [/\b\d\d:\d\d:\d\d(\.\d+)?\b/g, "<clock>"],
  [/\b1[789]\d{11}\b/g, "<epoch>"],
  [/\b127\.0\.0\.1:\d+\b/g, "<address>"],
  [/\b[0-9A-F]{32}\b/g, "<id>"],
  [/\bV\d_\d+_\d+(_SNAPSHOT)?\b/g, "<version>"],
  [/\b\d+(\.\d+)? (ms|s|min|h)\b/g, "<elapsed>"],
  [/\b\d+(\.\d+)? %/g, "<share> %"],
  [/\([\d.]+ [KMGT]?i?B\/s\)/g, "(<measured>)"],
  [/^commitOffset +\d+/, "commitOffset <place>"],
  [/'=\d+(\.\d+)?(s|%)/g, "'=<measured>$2"],
];

function withoutLastBreak(text: string): string {
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}
