/** `-i SECONDS`: a subcommand that does its work again and again until Ctrl-C. */
import { pause } from "../pause.ts";
import { option } from "./option.ts";
import type { AdminCall } from "./subcommand.ts";
import { wholeNumber } from "./values.ts";

export const intervalOption = option("i", "interval", "again after so many seconds, until Ctrl-C");

/** Once without `-i`. */
export async function repeatedly(call: AdminCall, work: () => Promise<void>): Promise<undefined> {
  const { line, printer, signal } = call;
  const restMs = Math.max(1, wholeNumber(line, "i", 0) * 1000);
  do {
    await work();
    if (line.has("i")) {
      printer.flush();
      await pause(call, restMs, signal);
    }
  } while (line.has("i") && !signal.aborted);
  return undefined;
}
