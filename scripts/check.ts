/**
 * Runs the tools that look at the code without running it: all of them, or those that are named.
 *
 * Each tool counts as one and must say how much it inspected: a tool that saw fewer files than are there
 * has checked nothing that can be relied on, and fails. The last line is `N passed, N failed`.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "..");
const bin = join(root, "node_modules/.bin");
const bun = process.execPath;
const toolTimeoutMs = 170_000;

export interface Tool {
  readonly name: string;
  readonly does: string;
  readonly command: readonly string[];
  /** How many of our TypeScript files the tool saw, from what it printed; undefined when it cannot say. */
  readonly inspectedCount?: (output: string) => number;
  /** Lines of output that are only there to be counted. */
  readonly isCount?: (line: string) => boolean;
}

const isListedFile = (line: string) =>
  line.startsWith(`${root}/`) && !line.startsWith(`${root}/node_modules/`) && line.endsWith(".ts");

export const tools: readonly Tool[] = [
  {
    name: "format",
    does: "Biome: 2 spaces, 100 columns",
    command: [join(bin, "biome"), "format"],
    inspectedCount: (output) => Number(/Checked (\d+) file/.exec(output)?.[1] ?? 0),
  },
  {
    name: "lint",
    does: "Biome: rules of docs/style.md, order of imports",
    command: [join(bin, "biome"), "check", "--formatter-enabled=false", "--error-on-warnings"],
    inspectedCount: (output) => Number(/Checked (\d+) file/.exec(output)?.[1] ?? 0),
  },
  {
    name: "types",
    does: "TypeScript, no emit",
    command: [join(bin, "tsc"), "--noEmit", "--listFiles", "-p", root],
    inspectedCount: (output) => output.split("\n").filter(isListedFile).length,
    isCount: (line) => /^\/.+\.[cm]?ts$/.test(line),
  },
  {
    name: "dead",
    does: "knip: no unused file, export or dependency",
    command: [bun, "--bun", join(bin, "knip"), "--no-progress", "--no-config-hints"],
  },
  {
    name: "arrows",
    does: "dependency-cruiser: who may import whom",
    command: [bun, join(root, "scripts/check-arrows.ts")],
    inspectedCount: (output) => Number(/^(\d+) modules inspected/m.exec(output)?.[1] ?? 0),
  },
  {
    name: "tidy",
    does: "comments, map, requests, words",
    command: [bun, join(root, "scripts/tidy.ts")],
    inspectedCount: (output) => Number(/^(\d+) files inspected/m.exec(output)?.[1] ?? 0),
  },
];

/** TypeScript files of the project: the least that a tool must have seen. */
export function sourceFileCount(): number {
  return ["src", "cli", "scripts", "test"]
    .filter((folder) => statSync(join(root, folder), { throwIfNoEntry: false })?.isDirectory())
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }))
    .filter((name) => name.endsWith(".ts")).length;
}

/** Runs one tool and prints what it found. */
export function runTool(tool: Tool, fileCount: number): boolean {
  const [program = "", ...args] = tool.command;
  const startedAt = performance.now();
  const run = spawnSync(program, args, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
    maxBuffer: 64 * 1024 * 1024,
    timeout: toolTimeoutMs,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = run.error ? `${tool.name}: ${run.error.message}` : `${run.stdout}${run.stderr}`;
  const inspectedCount = tool.inspectedCount?.(output);
  const sawAll = inspectedCount === undefined || inspectedCount >= fileCount;
  const isGood = run.status === 0 && sawAll;
  if (!isGood) {
    const lines = output.split("\n").filter((line) => !tool.isCount?.(line));
    console.error(lines.join("\n").trimEnd());
  }
  if (!sawAll) {
    console.error(`${tool.name} inspected ${inspectedCount} of ${fileCount} files`);
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const seen = inspectedCount === undefined ? "" : `, ${inspectedCount} files`;
  console.error(`${isGood ? "ok    " : "FAILED"} ${tool.name} (${tool.does}) ${seconds} s${seen}`);
  return isGood;
}

function main(names: readonly string[]): void {
  const unknown = names.filter((name) => !tools.some((tool) => tool.name === name));
  if (unknown.length > 0) {
    console.error(
      `check: no tool ${unknown.join(", ")}; ${tools.map((tool) => tool.name).join(", ")}`,
    );
    process.exit(2);
  }
  const chosen = names.length === 0 ? tools : tools.filter((tool) => names.includes(tool.name));
  const fileCount = sourceFileCount();
  if (fileCount === 0) {
    console.error("check: there is nothing to inspect");
    process.exit(1);
  }
  const passed = chosen.filter((tool) => runTool(tool, fileCount)).length;
  console.log(`${passed} passed, ${chosen.length - passed} failed`);
  process.exit(passed === chosen.length ? 0 : 1);
}

if (import.meta.main) {
  main(process.argv.slice(2));
}
