/** The commands of `mq store`. */
import { type CommandEntry, commandEntry as entry } from "../../command.ts";

export const storeCommands: readonly CommandEntry[] = [
  entry(
    "store checkpoint",
    "show how far a store knows itself durable",
    () => import("./checkpoint.ts"),
  ),
  entry(
    "store index rebuild",
    "build the key index again from the log",
    () => import("./index-rebuild.ts"),
  ),
  entry(
    "store index verify",
    "check the key index against the log",
    () => import("./index-verify.ts"),
  ),
  entry(
    "store queue rebuild",
    "build the consume queues again from the log",
    () => import("./queue-rebuild.ts"),
  ),
  entry("store usage", "show what takes the space of a store", () => import("./usage.ts")),
];
