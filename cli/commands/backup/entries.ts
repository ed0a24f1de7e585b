/** The commands of `mq backup`. */
import { type CommandEntry, commandEntry as entry } from "../../command.ts";

export const backupCommands: readonly CommandEntry[] = [
  entry(
    "backup create",
    "copy a store, also while a broker writes it",
    () => import("./create.ts"),
  ),
  entry("backup list", "list backups", () => import("./list.ts")),
  entry("backup verify", "read a backup again and check all of it", () => import("./verify.ts")),
  entry("backup restore", "make a store of a backup", () => import("./restore.ts")),
  entry("backup prune", "remove old backups", () => import("./prune.ts")),
];
