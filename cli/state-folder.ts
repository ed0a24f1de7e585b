/** Where commands keep what they have to remember: `$XDG_STATE_HOME/mq`, or `~/.local/state/mq`. */
import { joinPath } from "../src/io/disk.ts";
import type { ProcessPort } from "../src/io/process.ts";

export function stateFolder(
  process: Pick<ProcessPort, "environment" | "homeFolder">,
  ...names: readonly string[]
): string {
  const state =
    process.environment["XDG_STATE_HOME"] || joinPath(process.homeFolder(), ".local", "state");
  return joinPath(state, "mq", ...names);
}
