/** The commands of `mq broker`. */
import { type CommandEntry, commandEntry as entry } from "../../command.ts";

export const brokerCommands: readonly CommandEntry[] = [
  entry("broker start", "run a broker", () => import("./start.ts")),
  entry("broker stop", "stop the broker of a store", () => import("./stop.ts")),
  entry("broker status", "tell whether the broker of a store runs", () => import("./status.ts")),
  entry("broker list", "list brokers", () => import("./list.ts")),
  entry(
    "broker describe",
    "show a broker, its replicas and what it says of itself",
    () => import("./describe.ts"),
  ),
  entry(
    "broker config get",
    "show the settings of a running broker",
    () => import("./config-get.ts"),
  ),
  entry(
    "broker config set",
    "change settings of a running broker",
    () => import("./config-set.ts"),
  ),
  entry(
    "broker config edit",
    "change settings of a running broker in an editor",
    () => import("./config-edit.ts"),
  ),
  entry(
    "broker config diff",
    "show in which settings brokers differ",
    () => import("./config-diff.ts"),
  ),
  entry("broker drain", "send no producer to a broker any more", () => import("./drain.ts")),
  entry("broker resume", "send producers to a drained broker again", () => import("./resume.ts")),
];
