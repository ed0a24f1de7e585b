/** A store's check as commands run it: with a bar for whoever looks, ended by Ctrl-C, its errors as exit codes. */
import { type VerifyFacts, type VerifyOptions, verifyStore } from "../../../src/app/store-tools.ts";
import type { CommandContext } from "../../command.ts";
import { progressOf } from "../../progress.ts";
import { readingStore } from "./store-argument.ts";

/** Checks the store in the folder. Throws CommandError for one that cannot be read. */
export function checkedStore(
  context: CommandContext,
  folder: string,
  options: Omit<VerifyOptions, "onProgress">,
): VerifyFacts {
  const bar = progressOf(context, { max: 100, label: "checked" });
  let shown = 0;
  try {
    return readingStore(context, () =>
      verifyStore(context.environment.disk, folder, {
        ...options,
        onProgress: (share) => {
          bar.advance(share * 100 - shown);
          shown = share * 100;
        },
      }),
    );
  } finally {
    bar.stop();
  }
}
