/** The list of commands: the executable and the shell run the same one. Bodies are imported when they are used. */
import { type CommandEntry, commandEntry as entry } from "../command.ts";
import { backupCommands } from "./backup/entries.ts";
import { benchCommands } from "./bench/entries.ts";
import { brokerCommands } from "./broker/entries.ts";
import { checkCommands } from "./check/entries.ts";
import { clusterCommands } from "./cluster/entries.ts";
import { configCommands } from "./config/entries.ts";
import { debugCommands } from "./debug/entries.ts";
import { dlqCommands } from "./dlq/entries.ts";
import { exportCommands } from "./export/entries.ts";
import { groupCommands } from "./group/entries.ts";
import { maintCommands } from "./maint/entries.ts";
import { messageCommands } from "./message/entries.ts";
import { nameserverCommands } from "./nameserver/entries.ts";
import { profileCommands } from "./profile/entries.ts";
import { segmentCommands } from "./segment/entries.ts";
import { standaloneCommands } from "./standalone/entries.ts";
import { storeCommands } from "./store/entries.ts";
import { topicCommands } from "./topic/entries.ts";

export const commands: readonly CommandEntry[] = [
  entry("dev", "run a broker on a temporary store", () => import("./dev.ts")),
  ...standaloneCommands,
  ...brokerCommands,
  ...nameserverCommands,
  ...topicCommands,
  ...groupCommands,
  ...messageCommands,
  ...dlqCommands,
  entry("doctor", "find out what is wrong, and say what to do", () => import("./doctor/doctor.ts")),
  ...clusterCommands,
  ...checkCommands,
  entry("diff", "show how a cluster differs from a document", () => import("./diff.ts")),
  entry("apply", "make a cluster what a document says", () => import("./apply.ts")),
  ...exportCommands,
  entry(
    "import metadata",
    "make what a cluster does not have of a document",
    () => import("./import/metadata.ts"),
  ),
  ...segmentCommands,
  ...storeCommands,
  ...backupCommands,
  ...maintCommands,
  ...benchCommands,
  entry("stat", "print a line of figures every interval", () => import("./stat.ts")),
  ...debugCommands,
  entry("monitor", "watch the requests that an mq broker gets", () => import("./monitor.ts")),
  entry(
    "top",
    "watch the busiest brokers, topics, groups or clients",
    () => import("./top/top.ts"),
  ),
  entry("mqadmin", "run a subcommand of RocketMQ's mqadmin", () => import("./mqadmin.ts")),
  ...profileCommands,
  ...configCommands,
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
  entry("man", "show or write man pages", () => import("./man.ts")),
  entry("errors", "explain the codes of errors", () => import("./errors.ts")),
  entry("cheat", "show examples by subject", () => import("./cheat.ts")),
  entry("shell", "run these commands interactively", () => import("./shell.ts")),
  entry("version", "show the version", () => import("./version.ts")),
];
