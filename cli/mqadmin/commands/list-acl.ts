/** `mqadmin listAcl`: access rules of a broker, or of each leader of a cluster. */
import { printAcls, whereOptions } from "../auth.ts";
import { option } from "../option.ts";
import { lacks, needs } from "../rocketmq-only.ts";
import type { Subcommand } from "../subcommand.ts";
import { chosenLeaders } from "../targets.ts";

export const subcommand: Subcommand = {
  options: [
    ...whereOptions("each leader of a cluster"),
    option("s", "subject", "only those of subjects that contain it"),
    option("r", "resource", "only those of resources that contain it"),
  ],
  spelling: () => undefined,
  run: needs(lacks.rules, async (call) => {
    const { client, line, printer } = call;
    const filters = { subject: line.value("s"), resource: line.value("r") };
    for (const broker of await chosenLeaders(call)) {
      const acls = await client.admin.auth.acls(broker, filters);
      if (acls.length > 0) {
        printAcls(printer, broker, acls);
      }
    }
    return undefined;
  }),
};
