/** What a subcommand printed, with what cannot be the same twice masked in its own width: times, ids, rates. */

/** Errors are told in each tool's own way: stacks, causes, hints where to read more. */
const errorLine =
  /^(org\.apache\.|java\.|\tat |Caused by: |\t\.\.\. |For more information|See http|CODE: |$)/;

const masks: readonly RegExp[] = [
  /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(,\d{3})?/g,
  /\b20\d{15}\b/g,
  /\b1\d{12}\b/g,
  /\b[0-9A-F]{32}\b/g,
  /(?<![\d.])\d+\.\d+(?![\d.])/g,
];

/**
 * Byte for byte what was printed, but for digits that change from moment to moment, and for names that only one of the
 * tools uses.
 */
export function comparable(text: string, own: string): string {
  let result = text.replaceAll(own, "#".repeat(own.length));
  for (const mask of masks) {
    result = result.replace(mask, (found) => found.replace(/[0-9A-F]/g, "#"));
  }
  return result;
}

/** What the official tool printed besides its errors, which it prints to the same place. */
export function withoutErrors(text: string): string {
  return text
    .split("\n")
    .filter((line) => !errorLine.test(line))
    .join("\n");
}

/** Where two texts part, for people. */
export function firstDifference(official: string, ours: string): string {
  const [theirs, mine] = [official.split("\n"), ours.split("\n")];
  const at = theirs.findIndex((line, index) => line !== mine[index]);
  const line = at < 0 ? theirs.length : at;
  return `line ${line + 1}: mqadmin ${JSON.stringify(theirs[line] ?? "(ended)")}, mq ${JSON.stringify(mine[line] ?? "(ended)")}`;
}
