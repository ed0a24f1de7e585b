/** YAML on Bun, whose parser does not say where it stumbled: the line is found by reading less and less. */

/** Throws an error that names the line. */
export function parseYaml(text: string): unknown {
  try {
    return Bun.YAML.parse(text);
  } catch (error) {
    const why = (error instanceof Error ? error.message : String(error)).replace(/^.*error: /i, "");
    // A document in braces is whole only with its last one: no shorter part of it can be read.
    const where = text.trimStart().startsWith("{") ? "" : `line ${wrongLine(text)}: `;
    throw new Error(`${where}${why}`, { cause: error });
  }
}

/** A line without which what stands before it can be read, and with which it cannot. */
function wrongLine(text: string): number {
  const lines = text.split("\n");
  let whole = 0;
  let broken = lines.length;
  while (broken - whole > 1) {
    const middle = (whole + broken) >> 1;
    if (canRead(lines.slice(0, middle).join("\n"))) {
      whole = middle;
    } else {
      broken = middle;
    }
  }
  return broken;
}

function canRead(text: string): boolean {
  try {
    Bun.YAML.parse(text);
    return true;
  } catch {
    return false;
  }
}
