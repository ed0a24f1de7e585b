/** The commands of `mq cluster`. */
import { type CommandEntry, commandEntry as entry } from "../../command.ts";

export const clusterCommands: readonly CommandEntry[] = [
  entry("cluster list", "list brokers", () => import("./list.ts")),
  entry("cluster describe", "show what belongs to a cluster", () => import("./describe.ts")),
  entry("cluster health", "tell whether a cluster is well", () => import("./health.ts")),
  entry("cluster wait", "wait until a cluster takes messages", () => import("./wait.ts")),
  entry(
    "cluster replicas",
    "show who leads each broker, and which replicas are in step",
    () => import("./replicas.ts"),
  ),
  entry(
    "cluster epoch",
    "show the epochs in the logs of brokers and their replicas",
    () => import("./epoch.ts"),
  ),
  entry(
    "cluster elect-master",
    "make a replica the leader of its broker",
    () => import("./elect-master.ts"),
  ),
];
