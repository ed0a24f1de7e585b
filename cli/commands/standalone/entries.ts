/** The commands of `mq standalone`. */
import { type CommandEntry, commandEntry as entry } from "../../command.ts";

export const standaloneCommands: readonly CommandEntry[] = [
  entry("standalone start", "run nameserver and broker in one process", () => import("./start.ts")),
  entry("standalone stop", "stop the broker of a store", () => import("./stop.ts")),
  entry(
    "standalone status",
    "tell whether the broker of a store runs",
    () => import("./status.ts"),
  ),
];
