/** `mqadmin cleanUnusedTopic`: brokers remove the queues of deleted topics. */
import type { Subcommand } from "../subcommand.ts";
import { upkeepSubcommand } from "../upkeep.ts";

export const subcommand: Subcommand = upkeepSubcommand("clean_topics");
