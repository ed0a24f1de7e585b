/** The linter and the search for dead code are proved by planted faults, and so is tidy. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runTool } from "./check.ts";

const projectRoot = join(import.meta.dir, "..");
const bin = join(projectRoot, "node_modules/.bin");
let root = "";

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mq-check-"));
  cpSync(join(projectRoot, "biome.json"), join(root, "biome.json"));
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

function plant(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), `${text}\n`);
}

const faults: readonly (readonly [rule: string, path: string, text: string])[] = [
  ["noRestrictedGlobals", "src/broker/clock.ts", "export const now = () => Date.now();"],
  [
    "noRestrictedGlobals",
    "src/store/timer.ts",
    "export const soon = () => setTimeout(() => 1, 1);",
  ],
  ["noRestrictedGlobals", "src/client/chance.ts", "export const id = () => crypto.randomUUID();"],
  ["noRestrictedGlobals", "cli/commands/files.ts", 'export const file = () => Bun.file("a");'],
  ["noConsole", "src/app/talk.ts", 'export const talk = () => console.log("a");'],
  ["noDefaultExport", "src/core/one.ts", "export default 1;"],
  ["noEnum", "src/core/kinds.ts", "export enum Kind { One }"],
  [
    "noParameterProperties",
    "src/core/parts.ts",
    "export class A { constructor(readonly a: 1) {} }",
  ],
  ["noExplicitAny", "src/core/loose.ts", "export const loose = (a: any) => a;"],
  ["useFilenamingConvention", "src/core/BadName.ts", "export const a = 1;"],
  ["useImportExtensions", "src/core/bare.ts", 'export { b } from "./b";'],
  [
    "useBlockStatements",
    "src/core/short.ts",
    "export const f = (a: number) => { if (a) return 1; return 2; };",
  ],
  [
    "noFloatingPromises",
    "src/core/float.ts",
    "const later = async () => 1;\nexport function f() { later(); }",
  ],
  [
    "useExhaustiveSwitchCases",
    "src/core/switch.ts",
    'export function f(a: "x" | "y"): number { switch (a) { case "x": return 1; } return 2; }',
  ],
  [
    "noExcessiveLinesPerFunction",
    "src/core/long.ts",
    `export function long(): number {\n  let a = 1;\n${"  a += a;\n".repeat(80)}  return a;\n}`,
  ],
  ["noExcessiveLinesPerFile", "src/core/file.ts", "export const a = 1;\n".repeat(401)],
  [
    "noFocusedTests",
    "src/core/one.test.ts",
    'import { test } from "bun:test";\ntest.only("a", () => {});',
  ],
  [
    "noSkippedTests",
    "src/core/two.test.ts",
    'import { test } from "bun:test";\ntest.skip("a", () => {});',
  ],
];

describe("Biome reports a planted fault", () => {
  let reported: ReadonlySet<string> = new Set();

  beforeAll(() => {
    plant("src/core/b.ts", "export const b = 1;");
    for (const [, path, text] of faults) {
      plant(path, text);
    }
    const lint = ["lint", "--reporter=json", "--max-diagnostics=none", "--error-on-warnings"];
    const run = spawnSync(join(bin, "biome"), lint, { cwd: root, encoding: "utf8" });
    expect(run.status).toBe(1);
    reported = new Set(reportedPlaces(run.stdout));
  });

  test.each(faults)("%s in %s", (rule, path) => {
    expect([...reported].filter((place) => place === `${rule} ${path}`)).toHaveLength(1);
  });
});

/** `rule path` of each diagnostic. */
function reportedPlaces(json: string): readonly string[] {
  const report: {
    readonly diagnostics: readonly {
      readonly category: string;
      readonly location: { readonly path: string | { readonly file: string } };
    }[];
  } = JSON.parse(json);
  return report.diagnostics.map(({ category, location }) => {
    const path = typeof location.path === "string" ? location.path : location.path.file;
    return `${category.split("/").at(-1)} ${path}`;
  });
}

test("src/io/bun, scripts and tests may use the machine", () => {
  plant("src/io/bun/clock.ts", "export const now = () => Date.now();");
  plant("scripts/now.ts", "console.log(Date.now(), process.pid);");
  const run = spawnSync(
    join(bin, "biome"),
    ["lint", "--error-on-warnings", "src/io/bun/clock.ts", "scripts/now.ts"],
    { cwd: root, encoding: "utf8" },
  );
  expect(run.stdout + run.stderr).toContain("Checked 2 files");
  expect(run.status).toBe(0);
});

test("an unused export and an unused file are found", () => {
  plant("package.json", '{ "name": "planted", "type": "module" }');
  plant("knip.json", '{ "entry": ["cli/main.ts"], "project": ["cli/**/*.ts", "lib/**/*.ts"] }');
  plant("cli/main.ts", 'import { used } from "../lib/parts.ts";\nused();');
  plant("lib/parts.ts", "export const used = () => 1;\nexport const forgotten = 2;");
  plant("lib/orphan.ts", "export const orphan = 1;");
  const knip = ["--bun", join(bin, "knip"), "--no-progress", "--include", "files,exports"];
  const run = spawnSync(process.execPath, knip, { cwd: root, encoding: "utf8" });
  expect(run.status).toBe(1);
  expect(run.stdout).toContain("lib/orphan.ts");
  expect(run.stdout).toContain("forgotten");
});

describe("a tool", () => {
  const says = (text: string) => [process.execPath, "-e", `console.log(${JSON.stringify(text)})`];
  const tool = {
    name: "looker",
    does: "looks",
    inspectedCount: (output: string) => Number(/saw (\d+)/.exec(output)?.[1] ?? 0),
  };

  test("that saw every file and succeeded is good", () => {
    expect(runTool({ ...tool, command: says("saw 3") }, 3)).toBe(true);
  });

  test("that saw fewer files than are there has failed", () => {
    expect(runTool({ ...tool, command: says("saw 2") }, 3)).toBe(false);
  });

  test("that says nothing of what it saw has failed", () => {
    expect(runTool({ ...tool, command: says("all good") }, 3)).toBe(false);
  });

  test("that cannot be started has failed", () => {
    expect(runTool({ ...tool, command: ["no-such-program-here"] }, 0)).toBe(false);
  });
});
