/** The commands of `mq debug`. */
import { type CommandEntry, commandEntry as entry } from "../../command.ts";

export const debugCommands: readonly CommandEntry[] = [
  entry("debug info", "show what this mq runs in, without secrets", () => import("./info.ts")),
  entry(
    "debug bundle",
    "collect what a bug report needs in one file, without secrets",
    () => import("./bundle.ts"),
  ),
  entry(
    "debug profile",
    "see what a running mq server does with its time or its memory",
    () => import("./profile.ts"),
  ),
];
