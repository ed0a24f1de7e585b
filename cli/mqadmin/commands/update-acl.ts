/** `mqadmin updateAcl`: changes access rules at a broker, or at all brokers of a cluster. */
import { aclChange } from "../auth.ts";

export const subcommand = aclChange("update");
