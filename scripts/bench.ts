/**
 * `make bench`: `mq` and real RocketMQ brokers in one run, under the same loads (docs/benchmarks.md).
 *
 * What needs the network is installed first; then everything runs again inside namespaces of its own. Raw lines
 * are printed as they come and kept in the cache folder; the table with the ratios stands at the end.
 */
import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { Backlog } from "./bench/backlog.ts";
import { Children } from "./bench/children.ts";
import { commandStarts } from "./bench/command-start.ts";
import { compareAll } from "./bench/comparison.ts";
import { type Contender, ourName } from "./bench/contender.ts";
import { buildJavaClient, JavaClient } from "./bench/java-client.ts";
import type { LoadRunner } from "./bench/load.ts";
import { type MachineLimits, measureMachineLimits } from "./bench/machine-limits.ts";
import { MqClient } from "./bench/mq-client.ts";
import { mqContender } from "./bench/mq-contender.ts";
import { type BenchOptions, ownRows, parseBenchOptions } from "./bench/options.ts";
import { planSessions } from "./bench/plan.ts";
import { type RawLine, roundFigures } from "./bench/result.ts";
import { rocketmqContender } from "./bench/rocketmq-contender.ts";
import { formatVerify, measureVerify } from "./bench/segment-verify.ts";
import { runSession } from "./bench/session.ts";
import { formatLimits, formatTable, formatVerdict } from "./bench/table.ts";
import { workloadsFor } from "./bench/workload.ts";
import { isIsolated, openLoopback, runIsolated, whyNotIsolated } from "./peer/isolation.ts";
import { installRocketmq } from "./peer/rocketmq.ts";

const root = join(import.meta.dir, "..");
const cacheFolder = join(root, ".cache/bench");
const executable = join(root, "dist/mq");
const rawPath = join(cacheFolder, "raw.jsonl");

function note(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}

function isWanted(options: BenchOptions, name: string): boolean {
  return options.only.includes(name);
}

function needsExecutable(options: BenchOptions): boolean {
  const writesBacklog = options.rows.some((row) => row === "backlog" || row === "catchup");
  return isWanted(options, ourName) || options.clients.includes("mq") || writesBacklog;
}

async function chooseContenders(
  options: BenchOptions,
  children: Children,
): Promise<readonly Contender[]> {
  const contenders: Contender[] = [];
  for (const durability of options.durabilities) {
    if (isWanted(options, ourName)) {
      contenders.push(mqContender({ executable, folder: cacheFolder, durability, children }));
    }
    for (const version of options.peers.filter((name) => isWanted(options, name))) {
      // Already installed by now: inside the namespaces this only finds the folder.
      const home = await installRocketmq(version);
      contenders.push(rocketmqContender({ version, home, durability }));
    }
  }
  return contenders;
}

async function loadRunners(
  options: BenchOptions,
  children: Children,
): Promise<readonly LoadRunner[]> {
  const runners: LoadRunner[] = [];
  for (const client of options.clients) {
    if (client === "java") {
      const home = await buildJavaClient(cacheFolder);
      runners.push(new JavaClient(children, home, options.serialization));
    } else {
      runners.push(new MqClient(children, executable));
    }
  }
  return runners;
}

async function reportLimits(children: Children): Promise<MachineLimits> {
  const limits = await measureMachineLimits(cacheFolder, children);
  note(`this machine: ${formatLimits(limits)}`);
  return limits;
}

async function measureAll(options: BenchOptions, children: Children): Promise<void> {
  const lines: RawLine[] = [];
  writeFileSync(rawPath, "");
  const report = (line: RawLine) => {
    lines.push(line);
    const text = JSON.stringify(roundFigures(line));
    process.stdout.write(`${text}\n`);
    appendFileSync(rawPath, `${text}\n`);
  };
  if (options.rows.includes("verify") && isWanted(options, ourName)) {
    process.stdout.write(`${formatVerify(await measureVerify(cacheFolder, executable))}\n`);
  }
  if (options.rows.includes("commands") && isWanted(options, ourName)) {
    process.stdout.write(`${commandStarts(executable)}\n`);
  }
  if (options.rows.every((row) => ownRows.includes(row))) {
    return;
  }
  const runners = await loadRunners(options, children);
  const contenders = await chooseContenders(options, children);
  const limitsBefore = await reportLimits(children);
  for (const { contender, session } of planSessions(contenders, options)) {
    await runSession({
      contender,
      session,
      workloads: workloadsFor(options.rows),
      runners,
      backlogOf: (running) =>
        new Backlog({ children, executable, running, note, count: options.backlogMessages }),
      options,
      report,
      note,
    });
  }
  const limitsAfter = await reportLimits(children);
  const peers = options.peers.filter((name) => isWanted(options, name));
  const rows = compareAll(lines, peers, options.clients, [limitsBefore, limitsAfter]);
  const model = cpus()[0]?.model ?? "unknown processor";
  process.stdout.write(
    [
      "",
      `${cpus().length} x ${model}, ${options.windowMs / 1000} s windows, ${options.rounds} round(s), header ${options.serialization}`,
      `limits before: ${formatLimits(limitsBefore)}`,
      `limits after:  ${formatLimits(limitsAfter)}`,
      "",
      formatTable(rows, peers),
      "",
      formatVerdict(rows),
      "",
    ].join("\n"),
  );
}

/** Everything that needs the network or the build, so that nothing is missing inside the namespaces. */
async function prepare(options: BenchOptions): Promise<void> {
  mkdirSync(cacheFolder, { recursive: true });
  if (needsExecutable(options) && !existsSync(executable)) {
    throw new Error("dist/mq is not built: run `make build`");
  }
  if (options.clients.includes("java")) {
    await buildJavaClient(cacheFolder);
  }
  for (const version of options.peers.filter((name) => isWanted(options, name))) {
    await installRocketmq(version);
  }
}

async function main(): Promise<number> {
  const options = parseBenchOptions(process.argv.slice(2), process.env);
  if (!isIsolated()) {
    const obstacle = whyNotIsolated();
    if (obstacle !== undefined) {
      throw new Error(`a network of its own is needed for RocketMQ: ${obstacle}`);
    }
    await prepare(options);
    return runIsolated([process.execPath, ...process.argv.slice(1)]);
  }
  openLoopback();
  const children = new Children();
  const end = () => {
    children.killAll();
    process.exit(130);
  };
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
  try {
    await measureAll(options, children);
  } finally {
    children.killAll();
    rmSync(join(cacheFolder, "mq-store"), { recursive: true, force: true });
  }
  return 0;
}

try {
  process.exit(await main());
} catch (error) {
  note(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
