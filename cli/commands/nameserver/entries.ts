/** The commands of `mq nameserver`. */
import { type CommandEntry, commandEntry as entry } from "../../command.ts";

export const nameserverCommands: readonly CommandEntry[] = [
  entry("nameserver start", "run a nameserver", () => import("./start.ts")),
  entry("nameserver stop", "stop a nameserver", () => import("./stop.ts")),
  entry("nameserver status", "tell whether a nameserver runs", () => import("./status.ts")),
  entry("nameserver list", "list the nameservers and what each knows", () => import("./list.ts")),
  entry(
    "nameserver config get",
    "show the settings of running nameservers",
    () => import("./config-get.ts"),
  ),
  entry(
    "nameserver config set",
    "change settings of running nameservers",
    () => import("./config-set.ts"),
  ),
  entry("nameserver kv list", "list values that nameservers keep", () => import("./kv-list.ts")),
  entry("nameserver kv set", "keep a value at every nameserver", () => import("./kv-set.ts")),
  entry("nameserver kv delete", "drop a value at every nameserver", () => import("./kv-delete.ts")),
  entry(
    "nameserver drift",
    "show where nameservers contradict each other",
    () => import("./drift.ts"),
  ),
];
