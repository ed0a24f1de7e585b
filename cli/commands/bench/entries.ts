/** The commands of `mq bench`. */
import { type CommandEntry, commandEntry as entry } from "../../command.ts";

export const benchCommands: readonly CommandEntry[] = [
  entry("bench produce", "measure sending", () => import("./produce.ts")),
  entry("bench consume", "measure reading", () => import("./consume.ts")),
  entry("bench e2e", "measure from producer to consumer", () => import("./e2e.ts")),
  entry("bench rtt", "measure round trips to nameservers and brokers", () => import("./rtt.ts")),
  entry(
    "bench disk",
    "measure what a broker could do with a folder's disk",
    () => import("./disk.ts"),
  ),
];
