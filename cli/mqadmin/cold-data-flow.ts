/** What the subcommands for readers of old messages share. */

import type { Lack } from "../rocketmq-only.ts";
import { option } from "./option.ts";

/** Why `mq`'s brokers have no such table. */
export const noColdDataFlow: Lack = {
  why: "mq's brokers slow no group down for reading old messages",
  instead: "mq group lag shows who is behind, mq group pause stops a group",
};

export const coldDataTargets = [
  option("b", "brokerAddr", "the broker, HOST:PORT"),
  option("c", "clusterName", "all brokers of a cluster"),
] as const;
