/**
 * Life after life of the executable over one store, each ended by `SIGKILL` at a moment drawn from the
 * seed: under load, or while it still starts. What the ledger knows is compared after every restart and, from
 * offset 0 of every queue, at the end, before and after a clean stop.
 */
import { join } from "node:path";
import { SeededRandom } from "../simulation/random.ts";
import { Ledger } from "./ledger.ts";
import { type CrashResult, Lives } from "./lives.ts";

export interface KillLoopOptions {
  readonly seed: number;
  readonly kills: number;
  /** An empty folder; store and log of the processes go there. */
  readonly folder: string;
  /** Longest time under load before a kill. */
  readonly loadMsMax: number;
  readonly report: (line: string) => void;
}

const bodyBytesMax = 4_096;
const startKillChance = 0.15;
const startKillMsMax = 60;
/** The other lives may end before anything was answered. */
const answeredFirstChance = 0.9;
const asyncFlushChance = 0.25;
const reportEvery = 20;
/** Small segments, so that kills meet the border between two; short delays, so that nobody waits for retries. */
const settings = [`mappedFileSizeCommitLog=${8 * 1024 * 1024}`, "messageDelayLevel=1s 1s 1s"];

export async function runKillLoop(options: KillLoopOptions): Promise<CrashResult> {
  const random = new SeededRandom(options.seed);
  const ledger = new Ledger({ seed: options.seed, bodyBytesMax });
  const storeFolder = join(options.folder, "store");
  const logPath = join(options.folder, "mq.log");
  const lives = await Lives.create({ ledger, random, storeFolder, logPath, settings });
  try {
    while (lives.endedCount < options.kills && ledger.violations.length === 0) {
      await oneLife(lives, random, options.loadMsMax);
      if (lives.endedCount % reportEvery === 0) {
        const { acknowledgedCount, sentCount } = ledger;
        const done = `${lives.endedCount} kills`;
        options.report(`${done}, ${acknowledgedCount} of ${sentCount} messages acknowledged`);
      }
    }
    await lives.readEverything();
    await lives.readEverything();
    return lives.result();
  } catch (cause) {
    throw lives.brokeOff("the kill loop", cause);
  } finally {
    await lives.close();
  }
}

async function oneLife(lives: Lives, random: SeededRandom, loadMsMax: number): Promise<void> {
  // A kill leaves the page cache, so what was answered must survive it in either mode.
  const flush = random.chance(asyncFlushChance) ? "async" : "sync";
  if (lives.endedUnderLoad > 0 && random.chance(startKillChance)) {
    const process = lives.start(flush);
    await Bun.sleep(random.below(startKillMsMax));
    await process.kill();
    lives.endedWhileStarting++;
    return;
  }
  const { process, session } = await lives.begin(flush);
  await session.verifyTail();
  session.load();
  if (random.chance(answeredFirstChance)) {
    await session.answered();
  }
  await Bun.sleep(random.below(loadMsMax));
  session.expectEnd();
  await process.kill();
  await session.close();
  lives.endedUnderLoad++;
}
