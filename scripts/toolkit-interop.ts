/**
 * `make toolkit-interop`: one script of commands (test/toolkit/steps) run with dist/mq against mq and against real
 * RocketMQ brokers. What mq's transcript has and theirs have not must stand in test/toolkit/differences.json with
 * its reason.
 *
 * Then stores that mq repaired are served by real brokers (test/toolkit/repaired-peer.ts).
 *
 * PEER=5.5.0 or PEER=4.9.7 takes one peer; PEER=recorded none: mq is held against what the peers printed when
 * RECORD=1 wrote their transcripts to test/toolkit/recorded. The last line is `N passed, N failed`.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Finding } from "../test/interop/observations.ts";
import { Tally } from "../test/interop/tally.ts";
import {
  type Cluster,
  type ClusterKind,
  startMqCluster,
  startPeerCluster,
} from "../test/toolkit/cluster.ts";
import { executable, requireExecutable } from "../test/toolkit/command-run.ts";
import {
  compareTranscripts,
  type Difference,
  staleDifferences,
  unlistedDifferences,
} from "../test/toolkit/differences.ts";
import { modeRows } from "../test/toolkit/mode-rows.ts";
import { compareOfficial } from "../test/toolkit/official-values.ts";
import { parseToolkitOptions, type ToolkitOptions } from "../test/toolkit/options.ts";
import { readRepairedStores } from "../test/toolkit/repaired-peer.ts";
import { runScript, type StepResult } from "../test/toolkit/script-run.ts";
import { isCommand } from "../test/toolkit/step.ts";
import { steps } from "../test/toolkit/steps/index.ts";
import {
  formatTranscript,
  parseTranscript,
  type StepTranscript,
} from "../test/toolkit/transcript.ts";
import { isIsolated, openLoopback, runIsolated, whyNotIsolated } from "./peer/isolation.ts";
import { installRocketmq, type RocketmqVersion } from "./peer/rocketmq.ts";

/** Of the official mqadmin that asks mq; that of 5.5.0 cannot ask a broker of 4.9.7. */
const officialVersion = "5.5.0";
const root = join(import.meta.dir, "..");
const cacheFolder = join(root, ".cache/toolkit");
const differencesPath = join(root, "test/toolkit/differences.json");

function note(text: string): void {
  const seconds = (performance.now() / 1000).toFixed(1).padStart(6);
  console.error(`${seconds} ${text}`);
}

function recordedPath(version: RocketmqVersion): string {
  return join(root, `test/toolkit/recorded/${version}.txt`);
}

interface RunContext {
  readonly runFolder: string;
  /** Recorded transcripts are compared where there may be no Java. */
  readonly asksOfficially: boolean;
  readonly tally: Tally;
}

/** The script against one cluster, which ends with it. */
async function runAgainst(
  kind: ClusterKind,
  { runFolder, asksOfficially, tally }: RunContext,
): Promise<readonly StepResult[]> {
  note(`${kind}: starting`);
  const folder = join(runFolder, kind);
  const cluster: Cluster =
    kind === "mq" ? await startMqCluster(executable, folder) : await startPeerCluster(kind);
  note(`${kind}: running`);
  const askOfficially = async (): Promise<void> => {
    if (asksOfficially) {
      const home = await installRocketmq(kind === "mq" ? officialVersion : kind);
      for (const finding of await compareOfficial({ home, folder }, cluster)) {
        tally.count(`${kind}: official values`, finding);
      }
    }
  };
  try {
    const results = await runScript({ steps, cluster, folder, askOfficially });
    writeFileSync(join(runFolder, `${kind}.txt`), formatTranscript(results));
    return results;
  } finally {
    await cluster.stop();
    note(`${kind}: ended`);
  }
}

/** What mq printed is what the steps themselves ask for. */
function judgeSteps(results: readonly StepResult[], tally: Tally): void {
  const wanted = steps.filter(isCommand);
  for (const [index, { name, exit, complaint, lines }] of results.entries()) {
    const exitWanted = wanted[index]?.exit ?? 0;
    const isOk = complaint === undefined && exit === exitWanted;
    const why = complaint ?? `exit code ${exit}, not ${exitWanted}`;
    tally.count("mq", { what: name, isOk, detail: `${why}\n${lines.join("\n")}` });
  }
}

/** Stores that were damaged and repaired, in the hands of each live peer. */
async function runRepaired(options: ToolkitOptions, tally: Tally): Promise<void> {
  await Promise.all(
    options.livePeers.map(async (version) => {
      for (const finding of await readRepairedStores(version)) {
        tally.count("repaired stores", finding);
      }
      note(`${version}: repaired stores read`);
    }),
  );
}

async function runAll(options: ToolkitOptions, runFolder: string, tally: Tally): Promise<void> {
  const kinds: readonly ClusterKind[] = ["mq", ...options.livePeers];
  const asksOfficially = options.livePeers.length > 0;
  const transcripts = new Map<ClusterKind, readonly StepTranscript[]>();
  await Promise.all(
    kinds.map(async (kind) => {
      const results = await runAgainst(kind, { runFolder, asksOfficially, tally });
      transcripts.set(kind, results);
      if (kind === "mq") {
        judgeSteps(results, tally);
      }
    }),
  );
  const mq = transcripts.get("mq") ?? [];
  let listed = readDifferences();
  if (options.isRecording) {
    for (const version of options.livePeers) {
      writeFileSync(recordedPath(version), formatTranscript(transcripts.get(version) ?? []));
    }
    const peers = new Map(
      options.peers.map((version) => [version, transcripts.get(version) ?? []]),
    );
    listed = unlistedDifferences(mq, peers, listed);
    writeFileSync(differencesPath, `${JSON.stringify(listed, null, 2)}\n`);
    note(`wrote transcripts and ${relative(root, differencesPath)}`);
  }
  for (const version of options.peers) {
    const recorded = parseTranscript(readFileSync(recordedPath(version), "utf8"));
    const live = transcripts.get(version);
    if (live !== undefined) {
      for (const finding of compareTranscripts(version, { mq: live, peer: recorded, listed: [] })) {
        tally.count(`RocketMQ ${version} as it was recorded`, finding);
      }
    }
    for (const finding of compareTranscripts(version, { mq, peer: live ?? recorded, listed })) {
      tally.count(`mq and RocketMQ ${version}`, finding);
    }
  }
  for (const finding of options.livePeers.length === 0 ? [] : uncoveredCommands()) {
    tally.count("steps", finding);
  }
  for (const finding of staleDifferences(listed, steps)) {
    tally.count("differences.json", finding);
  }
}

/** Commands that ask a cluster and stand in no line of the script. */
function uncoveredCommands(): readonly Finding[] {
  const lines = steps.filter(isCommand).map(({ run }) => `${run} `);
  return Object.entries(modeRows)
    .filter(([, { without }]) => without?.down === undefined)
    .map(([path]) => ({
      what: `mq ${path} is in the script`,
      isOk: lines.some((line) => line.startsWith(`${path} `)),
      detail: "test/toolkit/steps has no line of it",
    }));
}

/** A file of this project, reviewed with it. */
function readDifferences(): readonly Difference[] {
  return existsSync(differencesPath) ? JSON.parse(readFileSync(differencesPath, "utf8")) : [];
}

async function main(): Promise<number> {
  const options = parseToolkitOptions(process.env);
  requireExecutable();
  if (!isIsolated()) {
    for (const version of new Set([...options.livePeers, officialVersion])) {
      if (options.livePeers.length > 0) {
        await installRocketmq(version);
      }
    }
    const reason = whyNotIsolated();
    if (reason === undefined) {
      return runIsolated([process.execPath, ...process.argv.slice(1)]);
    }
    if (options.livePeers.length > 0) {
      throw new Error(`no namespaces (${reason}), and RocketMQ would listen on every interface`);
    }
    note(`no namespaces here (${reason}): mq is run on loopback without them`);
  } else {
    openLoopback();
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => process.exit(130));
  }
  mkdirSync(cacheFolder, { recursive: true });
  const runFolder = mkdtempSync(join(cacheFolder, "run-"));
  const tally = new Tally((text) => console.log(text));
  await runAll(options, runFolder, tally);
  if (!options.isRecording) {
    await runRepaired(options, tally);
  }
  if (tally.failed === 0) {
    rmSync(runFolder, { recursive: true, force: true });
  } else {
    note(`transcripts of this run: ${relative(root, runFolder)}`);
  }
  console.log(`${tally.passed} passed, ${tally.failed} failed`);
  return tally.failed === 0 && tally.passed > 0 ? 0 : 1;
}

try {
  process.exit(await main());
} catch (error) {
  console.error(`toolkit-interop: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
