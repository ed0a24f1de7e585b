/** The commands of `mq export`. */
import { type CommandEntry, commandEntry as entry } from "../../command.ts";

export const exportCommands: readonly CommandEntry[] = [
  entry(
    "export metadata",
    "write topics, groups and values of a cluster as a document",
    () => import("./metadata.ts"),
  ),
  entry(
    "export config",
    "write the settings of brokers and nameservers as a document",
    () => import("./config.ts"),
  ),
];
