/** `mqadmin deleteExpiredCommitLog`: brokers remove segments that are past their time. */
import type { Subcommand } from "../subcommand.ts";
import { upkeepSubcommand } from "../upkeep.ts";

export const subcommand: Subcommand = upkeepSubcommand("delete_expired_log");
