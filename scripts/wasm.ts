/**
 * Compiles what is written in AssemblyScript to modules that are checked in: nobody needs the compiler to build or to test.
 * It comes from npm, pinned, into .cache when it is asked for.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const root = join(import.meta.dir, "..");
const cache = join(root, ".cache/wasm");
const compiler = "assemblyscript@0.28.20";

/** A pass, and what it is compiled to: `nameStamp` and `nameWasm`. */
export const passes = [
  { source: "src/record/batch-records.as", target: "src/record/batch-wasm.ts", name: "batch" },
  {
    source: "src/store/index/stretch-keys.as",
    target: "src/store/index/stretch-wasm.ts",
    name: "stretch",
  },
  { source: "src/record/record-check.as", target: "src/record/check-wasm.ts", name: "check" },
] as const;
/** What passes import. */
const parts = ["src/record/pass-bytes.as", "src/record/pass-crc32.as"];
const options = ["-O3", "--runtime", "stub", "--noAssert", "--enable", "simd"];

/** Names the source with all that passes import, the compiler and its options. */
export function stampOf(source: string): string {
  const texts = [source, ...parts].map((path) => readFileSync(join(root, path), "utf8"));
  return createHash("sha256")
    .update([compiler, ...options, ...texts].join("\n"))
    .digest("hex");
}

function run(program: string, args: readonly string[], cwd: string): void {
  const done = spawnSync(program, args, { cwd, encoding: "utf8", timeout: 170_000 });
  if (done.status !== 0) {
    process.stderr.write(`${done.stdout}${done.stderr}wasm: ${program} failed\n`);
    process.exit(1);
  }
}

function fetchCompiler(): void {
  if (!existsSync(join(cache, "node_modules/.bin/asc"))) {
    mkdirSync(cache, { recursive: true });
    writeFileSync(join(cache, "package.json"), '{ "private": true }');
    run("npm", ["install", "--no-save", "--no-audit", "--no-fund", compiler], cache);
  }
}

/** The compiler reads files that end in .ts; named so, ours would be taken for TypeScript by everything else. */
function placeSource(source: string): string {
  const placed = source.replace(/\.as$/, ".ts");
  mkdirSync(dirname(join(cache, placed)), { recursive: true });
  copyFileSync(join(root, source), join(cache, placed));
  return placed;
}

function compile({ source, target, name }: (typeof passes)[number]): void {
  const binary = join(cache, `${name}.wasm`);
  run(join(cache, "node_modules/.bin/asc"), [placeSource(source), "-o", binary, ...options], cache);
  const lines = [
    `/** The compiled ${basename(source)}: made by \`make wasm\`, not to be edited. */`,
    "",
    "/** The source and the compiler that it was made from. */",
    `export const ${name}Stamp = "${stampOf(source)}";`,
    "",
    "/** The module, base64. */",
    `export const ${name}Wasm =\n  "${readFileSync(binary).toString("base64")}";`,
    "",
  ];
  writeFileSync(join(root, target), lines.join("\n"));
}

if (import.meta.main) {
  fetchCompiler();
  parts.forEach(placeSource);
  passes.forEach(compile);
}
