/** The folder that segment commands look into: a store, its commitlog, or one segment of it. */
import { DecodeError } from "../../../src/core/error.ts";
import type { CommandContext } from "../../command.ts";
import { CommandError, usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { runningServer } from "../server/stopping.ts";

export interface StoreArgument {
  readonly folder: string;
  /** First byte of the segment that was named. */
  readonly startOffset: number | undefined;
  /** A broker writes there now. */
  readonly isRunning: boolean;
}

/** Reads the argument; says so when a broker writes there. */
export function readStoreArgument(context: CommandContext, text: string): StoreArgument {
  const path = text.replace(/\/+$/, "");
  const match = /^(.*?)\/?commitlog(?:\/(\d{20}))?$/.exec(path);
  const folder = match === null ? path : match[1] === "" ? "." : (match[1] ?? ".");
  if (!context.environment.disk.exists(folder)) {
    throw usageError(`${folder} is not there`);
  }
  const isRunning = runningServer(context, folder) !== undefined;
  if (isRunning) {
    context.output.note(
      "a broker writes to this store: what it does not have on disk is not shown",
    );
  }
  const startOffset = match?.[2] === undefined ? undefined : Number(match[2]);
  return { folder, startOffset, isRunning };
}

/** Runs a reader of the store, which Ctrl-C ends; bytes that are none of ours are exit code 8, not a crash. */
export function readingStore<T>(context: Pick<CommandContext, "blocking">, read: () => T): T {
  return checkingStore(() => context.blocking(read));
}

/** The same for work that may write, and is not to be ended in its middle. */
export function checkingStore<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof DecodeError) {
      throw new CommandError("MQ-E-STORE", exitCode.corrupted, error.message);
    }
    throw error;
  }
}
