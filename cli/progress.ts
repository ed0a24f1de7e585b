/** How far long work is, for somebody who looks: on a terminal, and not with `--quiet`. */
import type { ProgressBar, ProgressOptions } from "../src/io/terminal.ts";
import type { CommandContext } from "./command.ts";

const nobodyLooks: ProgressBar = { advance: () => undefined, stop: () => undefined };

/** A bar; one that does nothing where it would be in the way. Whoever begins one stops it, also when the work fails. */
export function progressOf(
  { terminal, global, process }: Pick<CommandContext, "terminal" | "global" | "process">,
  options: ProgressOptions,
): ProgressBar {
  const isShown =
    terminal.isErrorTerminal && !global.quiet && process.environment["TERM"] !== "dumb";
  return isShown ? terminal.progress(options) : nobodyLooks;
}
