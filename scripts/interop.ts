/**
 * `make interop`: unmodified official clients of several languages against mq; `PEER=rocketmq`: the same
 * programs against a real RocketMQ 5.5.0, whose answers stand in test/interop/observations.json. What differs
 * from them stands in test/interop/differences.json with its reason.
 *
 * RocketMQ's mqadmin is run in the same way, with files of its own below test/interop/admin (SCENARIO=admin).
 *
 * CLIENT="5.5.0 JSON" and SCENARIO=push,pull choose (comma-separated), FULL=1 runs more, RECORD=1 writes the
 * observations. SCENARIO=way-back is a store of mq in RocketMQ's hands and back. Everything runs in namespaces
 * of its own; the last line is `N passed, N failed`.
 */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { buildAdminProgram, toolVersions } from "../test/interop/admin/admin-program.ts";
import { adminVariants, runAdminSession } from "../test/interop/admin/admin-session.ts";
import { buildJavaClasses } from "../test/interop/java-program.ts";
import { mixedClusters, runMixedCluster } from "../test/interop/mixed-cluster.ts";
import { runCompatSession } from "../test/interop/mqadmin/compat-session.ts";
import { compatFiles, compatSteps, refusedSteps } from "../test/interop/mqadmin/compat-steps.ts";
import { runControlled } from "../test/interop/mqadmin/controlled-session.ts";
import { peerSteps } from "../test/interop/mqadmin/peer-steps.ts";
import {
  compareAll,
  type Difference,
  ObservationLog,
  type Observations,
  scenarioOf,
  strayDifferences,
  unknownObservations,
} from "../test/interop/observations.ts";
import { type InteropOptions, parseInteropOptions } from "../test/interop/options.ts";
import { runPopOffsets } from "../test/interop/pop-offsets.ts";
import { buildProgram } from "../test/interop/programs.ts";
import { scenarioNames } from "../test/interop/scenarios.ts";
import { runSession } from "../test/interop/session.ts";
import { Tally } from "../test/interop/tally.ts";
import { peerVersion, startMq, startPeer, type Target } from "../test/interop/target.ts";
import { wavesOf } from "../test/interop/variant.ts";
import { runWayBack } from "../test/interop/way-back.ts";
import { isIsolated, openLoopback, runIsolated, whyNotIsolated } from "./peer/isolation.ts";
import { installRocketmq } from "./peer/rocketmq.ts";

const root = join(import.meta.dir, "..");
const cacheFolder = join(root, ".cache/interop");
const executable = join(root, "dist/mq");
const observationsPath = join(root, "test/interop/observations.json");
const differencesPath = join(root, "test/interop/differences.json");
const adminObservationsPath = join(root, "test/interop/admin/observations.json");
const adminDifferencesPath = join(root, "test/interop/admin/differences.json");
/** Of a wave of clients; CI gives the quick run ten minutes. */
const quickTimeoutMs = 270_000;
const fullTimeoutMs = 900_000;
const fullScale = 10;
const runPrefix = "run-";
const dayMs = 86_400_000;

interface Plan {
  readonly title: string;
  readonly start: () => Promise<Target>;
  readonly options: InteropOptions;
}

function note(text: string): void {
  const seconds = (performance.now() / 1000).toFixed(1).padStart(6);
  console.error(`${seconds} ${text}`);
}

/** Everything that needs the network, so that nothing is missing inside the namespaces. */
async function prepare(options: InteropOptions): Promise<void> {
  mkdirSync(cacheFolder, { recursive: true });
  for (const variant of options.variants) {
    await buildProgram(variant, cacheFolder);
  }
  if (options.hasWayBack || options.hasPop) {
    await buildJavaClasses(peerVersion, cacheFolder);
  }
  const hasTools =
    options.hasAdmin || options.hasCompat || options.hasCompatPeer || options.hasControlled;
  for (const version of hasTools ? toolVersions : []) {
    await buildAdminProgram(version, cacheFolder);
  }
  const isPeerTarget =
    options.target === "rocketmq" || options.hasCompatPeer || options.hasControlled;
  if (isPeerTarget || options.hasWayBack || options.hasPop || options.hasMixed) {
    await installRocketmq(peerVersion);
  }
  for (const { version } of options.hasMixed ? mixedClusters : []) {
    await installRocketmq(version);
  }
}

/**
 * A server for each wave of clients, which run side by side; in a full run a fresh server for each client and
 * flush mode.
 */
function planSessions(options: InteropOptions, runFolder: string): readonly Plan[] {
  const startServer = (flush: "sync" | "async") => () =>
    startTarget(options, join(runFolder, "clients-mq"), flush);
  if (options.scenarios.length === 0) {
    return [];
  }
  if (!options.isFull) {
    return wavesOf(options.variants).map((variants, index) => ({
      title: `${options.target}, wave ${index + 1}`,
      start: startServer("sync"),
      options: { ...options, variants },
    }));
  }
  const modes = options.target === "mq" ? (["sync", "async"] as const) : (["async"] as const);
  return modes.flatMap((flush) =>
    options.variants.map((variant) => ({
      title: `${options.target}, flush ${flush}, ${variant.name}`,
      start: startServer(flush),
      options: { ...options, variants: [variant] },
    })),
  );
}

async function runPlan(
  plan: Plan,
  runFolder: string,
  tally: Tally,
  log: ObservationLog,
): Promise<void> {
  const { options } = plan;
  note(`${plan.title}: starting`);
  const target = await plan.start();
  try {
    await runSession({
      ...options,
      targetName: options.target,
      target,
      scale: options.isFull ? fullScale : 1,
      cacheFolder,
      runFolder,
      timeoutMs: options.isFull ? fullTimeoutMs : quickTimeoutMs,
      tally,
      log,
      note,
    });
  } finally {
    await target.stop();
  }
  if (!options.isRecording) {
    judgeObservations(plan, log, tally);
  }
}

/** Both versions of mqadmin, one after the other, against a server of their own. */
async function runAdmin(options: InteropOptions, runFolder: string, tally: Tally): Promise<void> {
  const title = `${options.target}, mqadmin`;
  note(`${title}: starting`);
  const target = await startTarget(options, join(runFolder, "mqadmin-mq"), "sync");
  const log = new ObservationLog();
  try {
    await runAdminSession({ target, cacheFolder, runFolder, tally, log, note });
  } finally {
    await target.stop();
  }
  const seen = log.toObservations(adminVariants);
  writeJson(join(runFolder, "admin-observations.json"), seen);
  if (options.isRecording) {
    writeJson(adminObservationsPath, seen);
    note(`wrote ${adminObservationsPath}`);
    return;
  }
  const expected = readJson<Observations>(adminObservationsPath);
  const differences = options.target === "mq" ? readJson<Difference[]>(adminDifferencesPath) : [];
  for (const finding of [
    ...compareAll(log, adminVariants, expected, differences),
    ...unknownObservations(log, expected),
    ...strayDifferences(differences, expected),
  ]) {
    tally.count(title, finding);
  }
}

/** `mq mqadmin` beside the official one, against a server of their own. */
async function runCompat(options: InteropOptions, runFolder: string, tally: Tally): Promise<void> {
  note(`${options.target}, mqadmin compared: starting`);
  const target = await startTarget(options, join(runFolder, "compat-mq"), "async");
  try {
    await runCompatSession({
      ...{ target, executable, cacheFolder, tally, note },
      title: "mqadmin compared",
      folder: join(runFolder, "mqadmin-compat"),
      steps: [...compatSteps, ...(options.target === "mq" ? refusedSteps : [])],
      files: compatFiles,
    });
  } finally {
    await target.stop();
  }
}

/** What only RocketMQ's brokers do: both tools ask a RocketMQ of their own. */
async function runCompatPeer(runFolder: string, tally: Tally): Promise<void> {
  const title = "mqadmin compared on RocketMQ";
  note(`${title}: starting`);
  const target = await startPeer();
  try {
    await runCompatSession({
      ...{ target, executable, cacheFolder, tally, note, title },
      folder: join(runFolder, "mqadmin-rocketmq"),
      steps: peerSteps,
    });
  } finally {
    await target.stop();
  }
}

function startTarget(
  options: InteropOptions,
  folder: string,
  flush: "sync" | "async",
): Promise<Target> {
  return options.target === "rocketmq" ? startPeer() : startMq({ executable, folder, flush });
}

/** The runs of other days that failed, and those that were ended. */
function removeOldRuns(): void {
  for (const name of readdirSync(cacheFolder).filter((each) => each.startsWith(runPrefix))) {
    const folder = join(cacheFolder, name);
    if (Date.now() - statSync(folder).mtimeMs > dayMs) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** Writes what was seen for the next comparison. */
function record(options: InteropOptions, log: ObservationLog): void {
  writeJson(observationsPath, log.toObservations(options.variants));
  note(`wrote ${observationsPath}`);
}

function judgeObservations(plan: Plan, log: ObservationLog, tally: Tally): void {
  const { options } = plan;
  const expected = onlyScenarios(readJson<Observations>(observationsPath), options.scenarios);
  const differences = options.target === "mq" ? readJson<Difference[]>(differencesPath) : [];
  const findings = [
    ...compareAll(log, options.variants, expected, differences),
    ...unknownObservations(log, expected),
    ...(options.scenarios.length === scenarioNames.length
      ? strayDifferences(differences, expected)
      : []),
  ];
  for (const finding of findings) {
    tally.count(plan.title, finding);
  }
}

function onlyScenarios(all: Observations, scenarios: readonly string[]): Observations {
  return Object.fromEntries(
    Object.entries(all).filter(([what]) => scenarios.includes(scenarioOf(what))),
  );
}

/** A file of this project, written by this program or reviewed with it. */
function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, "utf8"));
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** One after the other: several of them start a RocketMQ, which has its ports. */
async function runOtherPrograms(
  options: InteropOptions,
  runFolder: string,
  tally: Tally,
): Promise<void> {
  if (options.hasWayBack && isIsolated()) {
    await runWayBack({ cacheFolder, runFolder, tally, note });
  } else if (options.hasWayBack) {
    note("the way back through RocketMQ is left out: it would listen on every interface");
  }
  if (options.hasAdmin) {
    await runAdmin(options, runFolder, tally);
  }
  if (options.hasCompat) {
    await runCompat(options, runFolder, tally);
  }
  if (options.hasCompatPeer && isIsolated()) {
    await runCompatPeer(runFolder, tally);
  } else if (options.hasCompatPeer) {
    note("mqadmin on RocketMQ is left out: it would listen on every interface");
  }
  if (options.hasControlled && isIsolated()) {
    await runControlled({ executable, cacheFolder, runFolder, tally, note });
  } else if (options.hasControlled) {
    note("the cluster with a controller is left out: RocketMQ would listen on every interface");
  }
  if (options.hasPop && isIsolated()) {
    await runPopOffsets({ executable, cacheFolder, runFolder, tally, note });
  } else if (options.hasPop) {
    note("a group that pops is left out: RocketMQ would listen on every interface");
  }
  if (options.hasMixed && !isIsolated()) {
    note("the mixed cluster is left out: RocketMQ would listen on every interface");
  }
  // A quick run has time for one; SCENARIO=mixed and a full run have both.
  const isWhole = options.isFull || options.scenarios.length === 0;
  const clusters = isWhole ? mixedClusters : mixedClusters.slice(0, 1);
  for (const cluster of options.hasMixed && isIsolated() ? clusters : []) {
    await runMixedCluster(cluster, { executable, cacheFolder, runFolder, tally, note });
  }
}

async function main(): Promise<number> {
  const options = parseInteropOptions(process.env);
  if (!isIsolated()) {
    await prepare(options);
    const reason = whyNotIsolated();
    if (reason === undefined) {
      return runIsolated([process.execPath, ...process.argv.slice(1)]);
    }
    if (options.target === "rocketmq") {
      throw new Error(`no namespaces (${reason}), and RocketMQ would listen on every interface`);
    }
    note(`no namespaces here (${reason}): mq is run on loopback without them`);
  } else {
    openLoopback();
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => process.exit(130));
  }
  const tally = new Tally((text) => console.log(text));
  removeOldRuns();
  const runFolder = mkdtempSync(join(cacheFolder, runPrefix));
  const recording = new ObservationLog();
  const runClients = async (): Promise<void> => {
    for (const plan of planSessions(options, runFolder)) {
      await runPlan(plan, runFolder, tally, options.isRecording ? recording : new ObservationLog());
    }
  };
  const runOthers = (): Promise<void> => runOtherPrograms(options, runFolder, tally);
  if (options.target === "mq") {
    // They wait more than they work.
    await Promise.all([runClients(), runOthers()]);
  } else {
    // A RocketMQ takes the ports of another one.
    await runClients();
    await runOthers();
  }
  if (options.isRecording && options.scenarios.length > 0) {
    record(options, recording);
  }
  if (tally.failed === 0) {
    rmSync(runFolder, { recursive: true, force: true });
  } else {
    note(`logs and store of this run: ${relative(root, runFolder)}`);
  }
  if (tally.skipped > 0) {
    console.log(
      `${tally.skipped} skipped: what the peer does and mq refuses for now, or a client does not have`,
    );
  }
  console.log(`${tally.passed} passed, ${tally.failed} failed`);
  return tally.failed === 0 && tally.passed > 0 ? 0 : 1;
}

try {
  process.exit(await main());
} catch (error) {
  console.error(`interop: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
