/** The commands of `mq group`. */
import { type CommandEntry, commandEntry as entry } from "../../command.ts";

export const groupCommands: readonly CommandEntry[] = [
  entry("group list", "list consumer groups", () => import("./list.ts")),
  entry(
    "group describe",
    "show a group's settings, members, subscriptions and lag",
    () => import("./describe.ts"),
  ),
  entry("group members", "show who is in a group now", () => import("./members.ts")),
  entry("group create", "create a consumer group", () => import("./create.ts")),
  entry("group update", "change a group's settings", () => import("./update.ts")),
  entry("group delete", "delete a consumer group", () => import("./delete.ts")),
  entry("group lag", "show how far a group is behind", () => import("./lag.ts")),
  entry("group reset-offset", "move a group to other offsets", () => import("./reset-offset.ts")),
  entry(
    "group undo-reset",
    "move a group back to where it was before its last reset",
    () => import("./undo-reset.ts"),
  ),
  entry(
    "group clone-offset",
    "put a group where another one stands",
    () => import("./clone-offset.ts"),
  ),
  entry("group peek", "show the messages that a group would get next", () => import("./peek.ts")),
  entry("group pause", "stop handing out messages to a group", () => import("./pause.ts")),
  entry("group resume", "hand out messages to a paused group again", () => import("./resume.ts")),
  entry(
    "group stack",
    "show where the threads of a group's members are",
    () => import("./stack.ts"),
  ),
];
