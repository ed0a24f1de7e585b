/**
 * Who changes the configuration reads it, changes it and writes it as a whole: one process at a time, or the second would
 * write over what the first changed. The system's lock goes with its process.
 */
import { sha256 } from "../../src/core/sha256.ts";
import { DiskError, type DiskLock, joinPath } from "../../src/io/disk.ts";
import type { CommandContext } from "../command.ts";
import { CommandError } from "../command-error.ts";
import { exitCode } from "../exit-code.ts";
import { pause } from "../pause.ts";
import { stateFolder } from "../state-folder.ts";
import { configPath } from "./config-file.ts";

const waitMsMax = 10_000;
const lookEveryMs = 10;

/** Does work that reads and then writes the configuration. Throws CommandError while another process does so too long. */
export async function changingConfig<T>(
  context: CommandContext,
  work: () => Promise<T>,
): Promise<T> {
  const lock = context.global.dryRun ? undefined : await lockConfig(context);
  try {
    return await work();
  } finally {
    lock?.release();
  }
}

/** Undefined where no lock can lie. */
async function lockConfig(context: CommandContext): Promise<DiskLock | undefined> {
  const { disk, clock } = context.environment;
  const path = configPath(context.process);
  const folder = stateFolder(context.process, "config");
  const name = joinPath(folder, `${sha256(Buffer.from(path)).slice(0, 16)}.lock`);
  const endMs = clock.elapsedMs() + waitMsMax;
  try {
    disk.makeFolder(folder);
    for (;;) {
      const lock = disk.lock(name);
      if (lock !== undefined) {
        return lock;
      }
      if (clock.elapsedMs() >= endMs || context.signal.aborted) {
        throw new CommandError(
          "MQ-E-INUSE",
          exitCode.precondition,
          `another mq changes ${path} and does not come to an end`,
        );
      }
      await pause(context, lookEveryMs, context.signal);
    }
  } catch (error) {
    if (error instanceof DiskError) {
      return undefined;
    }
    throw error;
  }
}
