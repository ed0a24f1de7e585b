/**
 * Compiles src/record/batch-records.as (AssemblyScript) to src/record/batch-wasm.ts, which is checked in: nobody needs the
 * compiler to build or to test. It comes from npm, pinned, into .cache when it is asked for.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "..");
const cache = join(root, ".cache/wasm");
const compiler = "assemblyscript@0.28.20";
const source = join(root, "src/record/batch-records.as");
const target = join(root, "src/record/batch-wasm.ts");
const options = ["-O3", "--runtime", "stub", "--noAssert", "--enable", "simd"];

/** Names the source, the compiler and its options. */
export function stampOf(text: string): string {
  return createHash("sha256")
    .update([compiler, ...options, text].join("\n"))
    .digest("hex");
}

function run(program: string, args: readonly string[], cwd: string): void {
  const done = spawnSync(program, args, { cwd, encoding: "utf8", timeout: 170_000 });
  if (done.status !== 0) {
    process.stderr.write(`${done.stdout}${done.stderr}wasm: ${program} failed\n`);
    process.exit(1);
  }
}

function compile(): void {
  if (!existsSync(join(cache, `node_modules/.bin/asc`))) {
    mkdirSync(cache, { recursive: true });
    writeFileSync(join(cache, "package.json"), '{ "private": true }');
    run("npm", ["install", "--no-save", "--no-audit", "--no-fund", compiler], cache);
  }
  const text = readFileSync(source, "utf8");
  const binary = join(cache, "batch.wasm");
  // The compiler reads files that end in .ts; named so, ours would be taken for TypeScript by everything else.
  writeFileSync(join(cache, "batch.ts"), text);
  run(join(cache, "node_modules/.bin/asc"), ["batch.ts", "-o", binary, ...options], cache);
  const lines = [
    "/** The compiled batch-records.as: made by `make wasm`, not to be edited. */",
    "",
    "/** The source and the compiler that it was made from. */",
    `export const batchWasmStamp = "${stampOf(text)}";`,
    "",
    "/** The module, base64. */",
    `export const batchWasm =\n  "${readFileSync(binary).toString("base64")}";`,
    "",
  ];
  writeFileSync(target, lines.join("\n"));
}

if (import.meta.main) {
  compile();
}
