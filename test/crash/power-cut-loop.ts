/**
 * Power cuts: the executable under load on a file system whose device loses what was not synced. Answers are
 * believed up to the moment before the cut, and everything believed must be there afterwards.
 */
import { join } from "node:path";
import { SeededRandom } from "../simulation/random.ts";
import { Ledger } from "./ledger.ts";
import { type CrashResult, Lives } from "./lives.ts";
import { type FileSystemKind, LoopFileSystem } from "./loop-file-system.ts";

export interface PowerCutOptions {
  readonly seed: number;
  readonly cuts: number;
  readonly kind: FileSystemKind;
  /** An empty folder on the machine's own disk. */
  readonly folder: string;
  readonly loadMsMax: number;
  /** Only "sync" promises that nothing is lost; "async" shows that this run would notice. */
  readonly flush: "sync" | "async";
  readonly report: (line: string) => void;
}

const bodyBytesMax = 4_096;
const imageBytes = 2_000_000_000;
const reportEvery = 5;
const settings = [`mappedFileSizeCommitLog=${16 * 1024 * 1024}`, "messageDelayLevel=1s 1s 1s"];
const unmountAttemptsMax = 50;
const unmountRetryMs = 20;

export async function runPowerCuts(options: PowerCutOptions): Promise<CrashResult> {
  const { seed, kind, folder } = options;
  const random = new SeededRandom(seed, kind === "ext4" ? 1 : 2);
  const ledger = new Ledger({ seed, bodyBytesMax });
  const fileSystem = await LoopFileSystem.create(folder, kind, imageBytes);
  const storeFolder = join(fileSystem.folder, "store");
  const logPath = join(folder, `${kind}.log`);
  const lives = await Lives.create({ ledger, random, storeFolder, logPath, settings });
  try {
    while (lives.endedCount < options.cuts && ledger.violations.length === 0) {
      const { process, session } = await lives.begin(options.flush);
      await session.verifyAll();
      session.load();
      await session.answered();
      await Bun.sleep(random.below(options.loadMsMax));
      // `cut` blocks this process until the power is gone: no answer is handled between the two lines.
      ledger.freeze();
      fileSystem.cut();
      session.expectEnd();
      await process.kill();
      await session.close();
      await unmount(fileSystem);
      fileSystem.mount();
      ledger.thaw();
      lives.endedUnderLoad++;
      if (lives.endedCount % reportEvery === 0) {
        const { acknowledgedCount } = ledger;
        options.report(`${kind}: ${lives.endedCount} cuts, ${acknowledgedCount} acknowledged`);
      }
    }
    await lives.readEverything();
    return lives.result();
  } catch (cause) {
    throw lives.brokeOff(`the power cuts on ${kind}`, cause);
  } finally {
    await lives.close();
    await unmount(fileSystem).catch(() => undefined);
    await fileSystem.destroy();
  }
}

/** The kernel gives the files of a killed process back a little later than it reports its end. */
async function unmount(fileSystem: LoopFileSystem): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      fileSystem.unmount();
      return;
    } catch (error) {
      if (attempt === unmountAttemptsMax) {
        throw error;
      }
      await Bun.sleep(unmountRetryMs);
    }
  }
}
