/**
 * `make crash`: kills the executable under load and cuts its power, and reads everything back.
 *
 * KILLS (200), CUTS (50, shared by ext4 and xfs), SEED (chosen and printed). What is demanded stands in
 * docs/testing.md; what cannot be done on this machine is skipped with its reason and counted as skipped.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runKillLoop } from "../test/crash/kill-loop.ts";
import type { CrashResult } from "../test/crash/lives.ts";
import { whyNoPowerCut } from "../test/crash/loop-file-system.ts";
import { runPowerCuts } from "../test/crash/power-cut-loop.ts";

const loadMsMax = 600;
const violationsShown = 20;

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

async function main(): Promise<void> {
  const kills = numberFrom("KILLS", 200);
  const cuts = numberFrom("CUTS", 50);
  const seed = numberFrom("SEED", crypto.getRandomValues(new Uint32Array(1))[0] ?? 1);
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
  const folder = mkdtempSync(join(tmpdir(), "mq-crash-"));
  const report = (line: string) => console.log(`  ${line}`);
  const replay = `make crash KILLS=${kills} CUTS=${cuts} SEED=${seed}`;
  console.log(replay);
  try {
    if (kills > 0) {
      await judge(`${kills} kills`, replay, tally, () =>
        runKillLoop({ seed, kills, folder, loadMsMax, report }),
      );
    }
    const reason = cuts > 0 ? whyNoPowerCut() : undefined;
    if (reason !== undefined) {
      console.log(`SKIPPED: ${cuts} power cuts: ${reason}`);
      tally.skipped++;
    } else {
      const share = { ext4: Math.ceil(cuts / 2), xfs: Math.floor(cuts / 2) };
      for (const kind of ["ext4", "xfs"] as const) {
        if (share[kind] > 0) {
          await judge(`${share[kind]} power cuts on ${kind}`, replay, tally, () =>
            runPowerCuts({
              seed,
              cuts: share[kind],
              kind,
              folder,
              loadMsMax,
              flush: "sync",
              report,
            }),
          );
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (tally.skipped > 0) {
    console.log(`${tally.skipped} skipped`);
  }
  console.log(`${tally.passed} passed, ${tally.failed} failed`);
  process.exit(tally.failed === 0 ? 0 : 1);
}

async function judge(
  what: string,
  replay: string,
  tally: Tally,
  run: () => Promise<CrashResult>,
): Promise<void> {
  const startedAt = performance.now();
  try {
    const result = await run();
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    const lost = result.violations.length;
    console.log(`${what} in ${seconds} s: ${lost === 0 ? "nothing lost" : `${lost} VIOLATIONS`}`);
    console.log(
      `  ${result.sentCount} sent, ${result.acknowledgedCount} acknowledged, ${result.settledCount} read back; ${result.laterCount} for later, ${result.backCount} given back`,
    );
    console.log(
      `  ${result.endedUnderLoad} times under load, ${result.endedWhileStarting} while starting; ready after at most ${result.readyMsMax.toFixed(0)} ms`,
    );
    for (const violation of result.violations.slice(0, violationsShown)) {
      console.log(`  ${violation}`);
    }
    if (lost === 0) {
      tally.passed++;
      return;
    }
  } catch (error) {
    console.log(`${what}: broke off`, error);
  }
  tally.failed++;
  console.log(`  again: ${replay}`);
}

function numberFrom(name: string, byDefault: number): number {
  const text = process.env[name];
  const value = text === undefined || text === "" ? byDefault : Number(text);
  if (!Number.isSafeInteger(value) || value < 0) {
    console.error(`crash: ${name}=${text} is no number`);
    process.exit(2);
  }
  return value;
}

await main();
