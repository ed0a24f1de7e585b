/**
 * What tidy says about the project as a whole: the map of docs/architecture.md names exactly the folders
 * that src has, and every request that the wire defines has a handler or a written refusal.
 */

/** Folders that the map names: lines of a code block that begin with a path of src. */
export function foldersOfMap(document: string): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const match of document.matchAll(/^(src(?:\/[a-z0-9-]+)+)\/(?=\s|$)/gm)) {
    folders.add(match[1] ?? "");
  }
  return folders;
}

/** Folders of src that hold a TypeScript file, from the paths of all files. */
export function foldersOfTree(paths: readonly string[]): ReadonlySet<string> {
  const sources = paths.filter((path) => path.startsWith("src/") && path.endsWith(".ts"));
  return new Set(sources.map((path) => path.slice(0, path.lastIndexOf("/"))));
}

/** Where map and tree differ. */
export function compareMap(map: ReadonlySet<string>, tree: ReadonlySet<string>): readonly string[] {
  if (map.size === 0) {
    return ["docs/architecture.md: no line of its map names a folder of src"];
  }
  const missing = [...tree].filter((folder) => !map.has(folder));
  const gone = [...map].filter((folder) => !tree.has(folder));
  return [
    ...missing.map((folder) => `docs/architecture.md: the map lacks ${folder}`),
    ...gone.map((folder) => `docs/architecture.md: the map names ${folder}, which is not there`),
  ];
}

export interface WireRequest {
  readonly name: string;
  readonly code: number;
  readonly path: string;
}

/** The requests that a file of src/protocol/remoting/requests defines. */
export function requestsOf(path: string, text: string): readonly WireRequest[] {
  const definition = /export const (\w+) = defineRequest\(\{\s*code: (-?\d+)/g;
  return [...text.matchAll(definition)].map(([, name = "", code]) => ({
    name,
    code: Number(code),
    path,
  }));
}

/** Codes in the table below the heading that speaks of refused requests. */
export function refusedCodes(document: string): ReadonlySet<number> {
  const codes = new Set<number>();
  let isListed = false;
  for (const line of document.split("\n")) {
    if (line.startsWith("#")) {
      isListed = /refused/i.test(line);
    }
    const row = isListed ? /^\|\s*(\d+)\s*\|/.exec(line) : null;
    if (row) {
      codes.add(Number(row[1]));
    }
  }
  return codes;
}

/** Requests that nobody answers and nobody refuses, and codes that are defined twice. */
export function inspectRequests(options: {
  readonly requests: readonly WireRequest[];
  readonly handlerTexts: readonly string[];
  readonly refused: ReadonlySet<number>;
}): readonly string[] {
  const { requests, handlerTexts, refused } = options;
  if (requests.length === 0) {
    return ["src/protocol/remoting/requests: no request definition was found"];
  }
  const findings: string[] = [];
  const nameOfCode = new Map<number, string>();
  for (const { name, code, path } of requests) {
    const other = nameOfCode.get(code);
    if (other !== undefined) {
      findings.push(`${path}: ${name} has the code ${code}, and so has ${other}`);
    }
    nameOfCode.set(code, name);
    const isHandled = handlerTexts.some((text) => new RegExp(`\\b${name}\\b`).test(text));
    if (!isHandled && !refused.has(code)) {
      findings.push(
        `${path}: ${name} (${code}) has no handler and is not among the refused requests of docs/wire/remoting.md`,
      );
    }
  }
  return findings;
}
