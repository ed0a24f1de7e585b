/** The commands of `mq topic`. */
import { type CommandEntry, commandEntry as entry } from "../../command.ts";

export const topicCommands: readonly CommandEntry[] = [
  entry("topic list", "list topics", () => import("./list.ts")),
  entry("topic create", "create a topic", () => import("./create.ts")),
  entry(
    "topic update",
    "change a topic's queues, permission or attributes",
    () => import("./update.ts"),
  ),
  entry("topic delete", "delete a topic with its messages", () => import("./delete.ts")),
  entry("topic describe", "show a topic's queues", () => import("./describe.ts")),
  entry("topic route", "show what clients see of a topic", () => import("./route.ts")),
  entry("topic stats", "show rates of topics and lag of their groups", () => import("./stats.ts")),
  entry("topic produce", "send messages", () => import("./produce.ts")),
  entry("topic tail", "show messages as they come", () => import("./tail.ts")),
  entry(
    "topic peek",
    "look at the newest or oldest messages of each queue",
    () => import("./peek.ts"),
  ),
  entry(
    "topic groups",
    "show the groups that consume a topic, and their lag",
    () => import("./groups.ts"),
  ),
  entry("topic perm", "show or change who may use a topic", () => import("./perm.ts")),
  entry(
    "topic order",
    "show or change the fixed queues of an orderly topic",
    () => import("./order.ts"),
  ),
  entry("topic purge", "let every group skip what lies in a topic", () => import("./purge.ts")),
  entry("topic copy", "send a topic's messages to another topic", () => import("./copy.ts")),
];
