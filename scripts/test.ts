/**
 * Runs the tests: every `*.test.ts`, or those whose path contains one of the arguments.
 *
 * Files run side by side in two processes, each in a fresh global object. The run has an end of its own
 * and takes every process it started with it. The last line is `N passed, N failed`.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countTests } from "./test-report.ts";

const root = join(import.meta.dir, "..");
const reportPath = join(root, ".cache/reports/test.xml");
const runTimeoutMs = Number(process.env["TEST_TIMEOUT_MS"] ?? 840_000);
const testTimeoutMs = 60_000;

/** Test files whose path contains one of the filters; all without a filter. */
export function testFiles(filters: readonly string[]): readonly string[] {
  return ["src", "cli", "scripts", "test"]
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map(
        (name) => `${folder}/${name}`,
      ),
    )
    .filter((path) => path.endsWith(".test.ts"))
    .filter((path) => filters.length === 0 || filters.some((filter) => path.includes(filter)))
    .sort();
}

/** Runs the files with a temporary folder of their own; whatever they leave there goes with it. */
async function runInOwnFolder(files: readonly string[]): Promise<number | "timeout"> {
  const folder = mkdtempSync(join(tmpdir(), "mq-tests-"));
  try {
    return await run(files, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(files: readonly string[], temporaryFolder: string): Promise<number | "timeout"> {
  const child = spawn(
    process.execPath,
    [
      "test",
      "--no-orphans",
      "--parallel=2",
      "--only-failures",
      `--timeout=${testTimeoutMs}`,
      "--reporter=junit",
      `--reporter-outfile=${reportPath}`,
      ...files.map((file) => `./${file}`),
    ],
    {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      detached: true,
      env: { ...process.env, TMPDIR: temporaryFolder },
    },
  );
  return new Promise((resolve) => {
    let outcome: number | "timeout" = 1;
    const timer = setTimeout(() => {
      outcome = "timeout";
      killGroup(child.pid);
    }, runTimeoutMs);
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        killGroup(child.pid);
        rmSync(temporaryFolder, { recursive: true, force: true });
        process.exit(130);
      });
    }
    child.once("exit", (code) => {
      clearTimeout(timer);
      killGroup(child.pid);
      resolve(outcome === "timeout" ? outcome : (code ?? 1));
    });
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) {
    return;
  }
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group is gone already, which is what was wanted.
  }
}

async function main(filters: readonly string[]): Promise<void> {
  const files = testFiles(filters);
  mkdirSync(join(root, ".cache/reports"), { recursive: true });
  rmSync(reportPath, { force: true });
  const outcome = files.length === 0 ? 1 : await runInOwnFolder(files);
  const report = existsSync(reportPath) ? readFileSync(reportPath, "utf8") : "";
  const counts = countTests(report, files);
  for (const file of counts.missingFiles) {
    console.error(`not reported: ${file}`);
  }
  for (const title of counts.skippedTitles) {
    console.error(`SKIPPED ${title}`);
  }
  if (outcome === "timeout") {
    console.error(`test: stopped after ${runTimeoutMs / 1000} s`);
  }
  // An error outside any test fails the run without failing a test.
  const failed = counts.failed === 0 && outcome !== 0 ? 1 : counts.failed;
  console.log(`${files.length} files, ${counts.skipped} skipped`);
  console.log(`${counts.passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}

if (import.meta.main) {
  await main(process.argv.slice(2));
}
