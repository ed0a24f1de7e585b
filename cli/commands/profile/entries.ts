/** The commands of `mq profile`. */
import { type CommandEntry, commandEntry as entry } from "../../command.ts";

export const profileCommands: readonly CommandEntry[] = [
  entry("profile list", "list profiles", () => import("./list.ts")),
  entry("profile create", "give a cluster a name", () => import("./create.ts")),
  entry("profile use", "make a profile the current one", () => import("./use.ts")),
  entry("profile show", "show a profile", () => import("./show.ts")),
  entry("profile edit", "change a profile", () => import("./edit.ts")),
  entry("profile copy", "copy a profile under another name", () => import("./copy.ts")),
  entry("profile rename", "give a profile another name", () => import("./rename.ts")),
  entry("profile delete", "forget a profile", () => import("./delete.ts")),
  entry(
    "profile check",
    "tell whether a profile's servers answer from here",
    () => import("./check.ts"),
  ),
  entry(
    "profile prompt",
    "print the profile in use for a shell's prompt",
    () => import("./prompt.ts"),
  ),
];
