/** `mqadmin cleanExpiredCQ`: brokers remove queue entries of messages that are gone. */
import type { Subcommand } from "../subcommand.ts";
import { upkeepSubcommand } from "../upkeep.ts";

export const subcommand: Subcommand = upkeepSubcommand("clean_queues");
