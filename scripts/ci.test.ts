/** `.ci/run` on small make files: what a step reports, breaks or leaves behind must show in its one last line. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const projectRoot = join(import.meta.dir, "..");
let parent = "";

beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), "mq-ci-"));
});

afterAll(() => rmSync(parent, { recursive: true, force: true }));

/** Runs CI with the given recipes, one shell line each. */
function runCi(recipes: {
  readonly test: string;
  readonly interop: string;
  readonly check: string;
}) {
  const root = mkdtempSync(join(parent, "run-"));
  mkdirSync(join(root, ".ci"));
  cpSync(join(projectRoot, ".ci/run"), join(root, ".ci/run"));
  const all = { ...recipes, "toolkit-interop": good };
  const targets = Object.entries(all).map(([name, line]) => `${name}:\n\t@${line}\n`);
  writeFileSync(join(root, "Makefile"), targets.join("\n"));
  const run = spawnSync(join(root, ".ci/run"), { encoding: "utf8", timeout: 60_000 });
  const lines = run.stdout.trimEnd().split("\n");
  return { status: run.status, lines, last: lines.at(-1) };
}

const good = "echo working; echo 3 passed, 0 failed";

test("the counts of all steps are summed into one last line", () => {
  const { status, lines, last } = runCi({
    test: good,
    interop: good,
    check: "echo 6 passed, 0 failed",
  });
  expect(last).toBe("15 passed, 0 failed");
  expect(lines.filter((line) => /^\d+ passed, \d+ failed$/.test(line))).toHaveLength(1);
  expect(status).toBe(0);
});

test("a failed test, a step that says nothing and a step that breaks all count", () => {
  const { status, last } = runCi({
    test: "echo 2 passed, 1 failed; exit 1",
    interop: "true",
    check: "echo 5 passed, 0 failed; exit 3",
  });
  expect(last).toBe("10 passed, 3 failed");
  expect(status).toBe(1);
});

test("steps read nothing", () => {
  const { last } = runCi({ test: `cat; ${good}`, interop: good, check: good });
  expect(last).toBe("12 passed, 0 failed");
});

test("a process that outlives its step is ended and counts as a failure", () => {
  const { lines, last } = runCi({
    test: `setsid sleep 300 >/dev/null 2>&1 & ${good}`,
    interop: good,
    check: good,
  });
  expect(last).toBe("12 passed, 1 failed");
  const left = lines.find((line) => line.startsWith("[test] left running: "));
  const pid = Number(left?.split(" ")[3]);
  expect(pid).toBeGreaterThan(1);
  // An ended process has no command line any more, even before its parent has collected it.
  const commandLine = `/proc/${pid}/cmdline`;
  expect(existsSync(commandLine) ? readFileSync(commandLine, "utf8") : "").toBe("");
});
