/** The commands of `mq message`. */
import { type CommandEntry, commandEntry as entry } from "../../command.ts";

export const messageCommands: readonly CommandEntry[] = [
  entry("message get", "show one message", () => import("./get.ts")),
  entry("message find", "find messages by key or time", () => import("./find.ts")),
  entry(
    "message trace",
    "show when a message was sent and consumed, as its clients' traces tell",
    () => import("./trace.ts"),
  ),
  entry("message export", "write a topic's messages to a file", () => import("./export.ts")),
  entry("message import", "send the messages of a file", () => import("./import.ts")),
  entry(
    "message decode-id",
    "tell what is written in a message's id",
    () => import("./decode-id.ts"),
  ),
  entry(
    "message send-to-client",
    "hand a message to one member of a group once more",
    () => import("./send-to-client.ts"),
  ),
];
