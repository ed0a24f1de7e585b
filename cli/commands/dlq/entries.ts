/** The commands of `mq dlq`. */
import { type CommandEntry, commandEntry as entry } from "../../command.ts";

export const dlqCommands: readonly CommandEntry[] = [
  entry("dlq list", "list groups with dead letters", () => import("./list.ts")),
  entry(
    "dlq describe",
    "show how many dead letters a group has, since when, and where they come from",
    () => import("./describe.ts"),
  ),
  entry("dlq show", "show the dead letters of a group", () => import("./show.ts")),
  entry("dlq redrive", "send dead letters again", () => import("./redrive.ts")),
  entry("dlq export", "write the dead letters of a group to a file", () => import("./export.ts")),
  entry(
    "dlq purge",
    "let whoever consumes a group's dead letters skip them",
    () => import("./purge.ts"),
  ),
];
