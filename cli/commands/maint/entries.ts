/** The commands of `mq maint`. */
import { type CommandEntry, commandEntry as entry } from "../../command.ts";

export const maintCommands: readonly CommandEntry[] = [
  entry("maint list", "list jobs of maintenance", () => import("./list.ts")),
  entry("maint run", "run jobs of maintenance", () => import("./run.ts")),
  entry("maint schedule add", "let cron or systemd run jobs", () => import("./schedule-add.ts")),
  entry("maint schedule list", "list what cron or systemd run", () => import("./schedule-list.ts")),
  entry(
    "maint schedule remove",
    "let cron or systemd run jobs no more",
    () => import("./schedule-remove.ts"),
  ),
];
