/** The list of commands: the executable and the shell run the same one. Bodies are imported when they are used. */
import type { Command, CommandEntry } from "../command.ts";

function entry(
  path: string,
  summary: string,
  load: () => Promise<{ command: Command }>,
): CommandEntry {
  return { path: path.split(" "), summary, load: async () => (await load()).command };
}

export const commands: readonly CommandEntry[] = [
  entry("dev", "run a broker on a temporary store", () => import("./dev.ts")),
  entry(
    "standalone start",
    "run nameserver and broker in one process",
    () => import("./standalone/start.ts"),
  ),
  entry("standalone stop", "stop the broker of a store", () => import("./standalone/stop.ts")),
  entry(
    "standalone status",
    "tell whether the broker of a store runs",
    () => import("./standalone/status.ts"),
  ),
  entry("broker start", "run a broker", () => import("./broker/start.ts")),
  entry("broker stop", "stop the broker of a store", () => import("./broker/stop.ts")),
  entry(
    "broker status",
    "tell whether the broker of a store runs",
    () => import("./broker/status.ts"),
  ),
  entry("nameserver start", "run a nameserver", () => import("./nameserver/start.ts")),
  entry("nameserver stop", "stop a nameserver", () => import("./nameserver/stop.ts")),
  entry(
    "nameserver status",
    "tell whether a nameserver runs",
    () => import("./nameserver/status.ts"),
  ),
  entry("topic list", "list topics", () => import("./topic/list.ts")),
  entry("topic create", "create a topic", () => import("./topic/create.ts")),
  entry(
    "topic update",
    "change a topic's queues, permission or attributes",
    () => import("./topic/update.ts"),
  ),
  entry("topic delete", "delete a topic with its messages", () => import("./topic/delete.ts")),
  entry("topic describe", "show a topic's queues", () => import("./topic/describe.ts")),
  entry("topic route", "show what clients see of a topic", () => import("./topic/route.ts")),
  entry(
    "topic stats",
    "show rates of topics and lag of their groups",
    () => import("./topic/stats.ts"),
  ),
  entry("topic produce", "send messages", () => import("./topic/produce.ts")),
  entry("topic tail", "show messages as they come", () => import("./topic/tail.ts")),
  entry("group list", "list consumer groups", () => import("./group/list.ts")),
  entry(
    "group describe",
    "show a group's settings, members, subscriptions and lag",
    () => import("./group/describe.ts"),
  ),
  entry("group members", "show who is in a group now", () => import("./group/members.ts")),
  entry("group create", "create a consumer group", () => import("./group/create.ts")),
  entry("group delete", "delete a consumer group", () => import("./group/delete.ts")),
  entry("group lag", "show how far a group is behind", () => import("./group/lag.ts")),
  entry(
    "group reset-offset",
    "move a group to other offsets",
    () => import("./group/reset-offset.ts"),
  ),
  entry("message get", "show one message", () => import("./message/get.ts")),
  entry("message find", "find messages by key or time", () => import("./message/find.ts")),
  entry("dlq list", "list groups with dead letters", () => import("./dlq/list.ts")),
  entry("dlq show", "show the dead letters of a group", () => import("./dlq/show.ts")),
  entry("cluster list", "list brokers", () => import("./cluster/list.ts")),
  entry("cluster health", "tell whether a cluster is well", () => import("./cluster/health.ts")),
  entry("segment list", "list the segments of a store", () => import("./segment/list.ts")),
  entry("segment inspect", "show the records of a segment", () => import("./segment/inspect.ts")),
  entry("segment verify", "check every record of a store", () => import("./segment/verify.ts")),
  entry("bench produce", "measure sending", () => import("./bench/produce.ts")),
  entry("bench consume", "measure reading", () => import("./bench/consume.ts")),
  entry("mqadmin", "run a subcommand of RocketMQ's mqadmin", () => import("./mqadmin.ts")),
  entry(
    "completion",
    "print or install the completion of bash, zsh or fish",
    () => import("./completion.ts"),
  ),
  {
    ...entry(
      "__complete",
      "print what may stand at the end of a line",
      () => import("./complete.ts"),
    ),
    isHidden: true,
  },
  entry("errors", "explain the codes of errors", () => import("./errors.ts")),
  entry("cheat", "show examples by subject", () => import("./cheat.ts")),
  entry("shell", "run these commands interactively", () => import("./shell.ts")),
  entry("version", "show the version", () => import("./version.ts")),
];
