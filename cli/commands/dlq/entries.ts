/** The commands of `mq dlq`. */
import { type CommandEntry, commandEntry as entry } from "../../command.ts";

export const dlqCommands: readonly CommandEntry[] = [
  entry("dlq list", "list groups with dead letters", () => import("./list.ts")),
  entry("dlq show", "show the dead letters of a group", () => import("./show.ts")),
  entry("dlq redrive", "send dead letters again", () => import("./redrive.ts")),
];
