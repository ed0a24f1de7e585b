/** Builds `dist/mq`, the executable for this machine, and times its start. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

import { compileArguments } from "./packaging/compile.ts";

const root = join(import.meta.dir, "..");
const target = join(root, "dist/mq");
const startsMeasured = 7;

function build(): void {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  // Built in a folder of its own and renamed: a running `dist/mq`, or a second build, never sees half a
  // file. The source maps that the bundler writes beside it are in the executable as well.
  const workshop = join(root, `dist/.build-${process.pid}`);
  const outfile = join(workshop, "mq");
  mkdirSync(workshop, { recursive: true });
  const startedAt = performance.now();
  const bundler = spawnSync(process.execPath, compileArguments(version, outfile), {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 120_000,
  });
  if (bundler.status === 0) {
    renameSync(outfile, target);
  }
  rmSync(workshop, { recursive: true, force: true });
  if (bundler.status !== 0) {
    process.stderr.write(`${bundler.stdout}${bundler.stderr}build: bun build failed\n`);
    process.exit(1);
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const megabytes = (statSync(target).size / 1e6).toFixed(1);
  process.stderr.write(`built dist/mq ${version}: ${megabytes} MB in ${seconds} s\n`);
}

/** Times `dist/mq version`: what every command pays before its own work. */
function reportStart(): void {
  const times: number[] = [];
  for (let run = 0; run < startsMeasured; run++) {
    const startedAt = performance.now();
    const mq = spawnSync(target, ["version"], { encoding: "utf8", timeout: 10_000 });
    times.push(performance.now() - startedAt);
    if (mq.status !== 0) {
      process.stderr.write(`${mq.stdout}${mq.stderr}build: dist/mq version failed\n`);
      process.exit(1);
    }
  }
  times.sort((a, b) => a - b);
  const ms = (rank: number) => (times[rank] ?? Number.NaN).toFixed(1);
  const report = `start of \`mq version\`: best ${ms(0)} ms, median ${ms(startsMeasured >> 1)} ms`;
  process.stderr.write(`${report} of ${startsMeasured}\n`);
}

build();
reportStart();
