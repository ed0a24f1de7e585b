/**
 * What no other tool looks at: opening comments, the length of files, words with a ratchet, paths of one
 * machine, the map of docs/architecture.md, and requests without a handler. Reads what git knows or would
 * add, so that nothing ignored is inspected and nothing new is missed.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  compareMap,
  foldersOfMap,
  foldersOfTree,
  inspectRequests,
  refusedCodes,
  requestsOf,
} from "./tidy-map.ts";
import { inspectText, inspectWords, type SourceText } from "./tidy-text.ts";

const projectRoot = join(import.meta.dir, "..");
const textBytesMax = 1_000_000;
/** Where a request is answered by us, or sent by a broker to its clients. */
const answers =
  /^src\/transport\/remoting\/([a-z-]+-handlers\/[\w/-]+|outbound|client-session|broker-notifier)\.ts$/;
const definitions = /^src\/protocol\/remoting\/requests\/[\w-]+\.ts$/;

export interface TidyReport {
  readonly findings: readonly string[];
  readonly fileCount: number;
}

/** Inspects the project. */
export function inspectProject(root: string): TidyReport {
  const paths = projectPaths(root);
  const sources = paths.flatMap((path) => readText(root, path));
  const product = sources.filter(({ path }) => !path.endsWith(".test.ts"));
  return {
    findings: [
      ...sources.flatMap((source) => inspectText(source)),
      ...inspectWords(sources),
      ...compareMap(foldersOfMap(readIfThere(root, "docs/architecture.md")), foldersOfTree(paths)),
      ...inspectRequests({
        requests: product
          .filter(({ path }) => definitions.test(path))
          .flatMap(({ path, text }) => requestsOf(path, text)),
        handlerTexts: product.filter(({ path }) => answers.test(path)).map(({ text }) => text),
        refused: refusedCodes(readIfThere(root, "docs/wire/remoting.md")),
      }),
    ],
    fileCount: sources.length,
  };
}

function projectPaths(root: string): readonly string[] {
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const git = spawnSync("git", list, { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (git.status !== 0) {
    throw new Error(`git ls-files failed: ${git.stderr}`);
  }
  return git.stdout.split("\0").filter((path) => path !== "" && existsSync(join(root, path)));
}

/** The file as text, or nothing for a binary or large one. */
function readText(root: string, path: string): readonly SourceText[] {
  if (statSync(join(root, path)).size > textBytesMax) {
    return [];
  }
  const text = readFileSync(join(root, path), "utf8");
  return text.includes("\0") ? [] : [{ path, text }];
}

function readIfThere(root: string, path: string): string {
  return existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : "";
}

if (import.meta.main) {
  const { findings, fileCount } = inspectProject(projectRoot);
  for (const finding of findings) {
    console.error(finding);
  }
  console.error(`${fileCount} files inspected, ${findings.length} findings`);
  process.exit(findings.length > 0 || fileCount === 0 ? 1 : 0);
}
