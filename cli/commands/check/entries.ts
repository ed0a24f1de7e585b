/** The commands of `mq check`. */
import { type CommandEntry, commandEntry as entry } from "../../command.ts";

export const checkCommands: readonly CommandEntry[] = [
  entry(
    "check connection",
    "tell whether nameservers and brokers answer in time",
    () => import("./connection.ts"),
  ),
  entry(
    "check broker",
    "tell whether brokers take sends and have room",
    () => import("./broker.ts"),
  ),
  entry(
    "check topic",
    "tell whether a topic can be written and read, and is written",
    () => import("./topic.ts"),
  ),
  entry(
    "check nameserver",
    "tell whether nameservers answer and agree",
    () => import("./nameserver.ts"),
  ),
  entry("check disk", "tell whether disks have room", () => import("./disk.ts")),
  entry("check cert", "tell whether certificates of TLS servers last", () => import("./cert.ts")),
  entry(
    "check e2e",
    "send a message through each broker and read it back",
    () => import("./e2e.ts"),
  ),
  entry("check group", "hold a group's lag against bounds", () => import("./group.ts")),
  entry(
    "check dlq",
    "hold the dead letters of a group, or of all groups, against bounds",
    () => import("./dlq.ts"),
  ),
];
