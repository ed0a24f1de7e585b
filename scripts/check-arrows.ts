/**
 * Who may import whom: runs dependency-cruiser with `.dependency-cruiser.cjs` and judges what it says.
 *
 * With TypeScript 7 alone the tool finds no parser, inspects no module and reports success; so the number
 * of modules it saw is compared with the number of files that are there.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const projectRoot = join(import.meta.dir, "..");
const cruiser = join(projectRoot, "node_modules/.bin/depcruise");
const rules = join(projectRoot, ".dependency-cruiser.cjs");
const sourceFolders = ["src", "cli", "scripts", "test"];

export interface ArrowReport {
  /** `rule: from → to`, one a violation. */
  readonly violations: readonly string[];
  /** Our own modules that the tool read. */
  readonly inspectedCount: number;
  /** Our own files that are there. */
  readonly fileCount: number;
}

/** Inspects the tree below `root` with the project's rules. */
export function inspectArrows(root: string): ArrowReport {
  const folders = sourceFolders.filter((folder) => isFolder(join(root, folder)));
  const run = spawnSync(
    process.execPath,
    ["--bun", cruiser, "--config", rules, "--output-type", "json", ...folders],
    { cwd: root, encoding: "utf8", maxBuffer: 256 * 1024 * 1024, timeout: 120_000 },
  );
  const report = parseReport(run.stdout, run.stderr);
  const own = new Set(report.modules.map((module) => module.source).filter(isOwn));
  return {
    violations: report.summary.violations.map(
      ({ rule, from, to }) => `${rule.name}: ${from} → ${to}`,
    ),
    inspectedCount: own.size,
    fileCount: folders.reduce((sum, folder) => sum + countSources(join(root, folder)), 0),
  };
}

interface CruiserReport {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly {
      readonly rule: { readonly name: string };
      readonly from: string;
      readonly to: string;
    }[];
  };
}

function parseReport(text: string, errors: string): CruiserReport {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`dependency-cruiser gave no report:\n${errors}`, { cause });
  }
}

function isOwn(source: string): boolean {
  return sourceFolders.some((folder) => source.startsWith(`${folder}/`)) && source.endsWith(".ts");
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function countSources(folder: string): number {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".ts") && !name.includes("node_modules/")).length;
}

if (import.meta.main) {
  const { violations, inspectedCount, fileCount } = inspectArrows(projectRoot);
  for (const violation of violations) {
    console.error(violation);
  }
  console.error(`${inspectedCount} modules inspected, ${violations.length} forbidden arrows`);
  if (inspectedCount < fileCount) {
    console.error(`${fileCount} files are there: what was not inspected may hide anything`);
  }
  process.exit(violations.length > 0 || inspectedCount < fileCount ? 1 : 0);
}
