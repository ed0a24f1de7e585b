/** The commands of `mq segment`. */
import { type CommandEntry, commandEntry as entry } from "../../command.ts";

export const segmentCommands: readonly CommandEntry[] = [
  entry("segment list", "list the segments of a store", () => import("./list.ts")),
  entry("segment dump", "print records with all their fields", () => import("./dump.ts")),
  entry("segment grep", "find records by a regular expression", () => import("./grep.ts")),
  entry("segment inspect", "show the records of a segment", () => import("./inspect.ts")),
  entry(
    "segment repair",
    "carry out a plan that segment verify wrote",
    () => import("./repair.ts"),
  ),
  entry("segment verify", "check every record of a store", () => import("./verify.ts")),
];
