/** `mqadmin getAcl`: the access rules of one subject, as a broker or each leader of a cluster has them. */
import { nobody, printAcls, whereOptions } from "../auth.ts";
import { option } from "../option.ts";
import { lacks, needs } from "../rocketmq-only.ts";
import type { Subcommand } from "../subcommand.ts";
import { chosenLeaders } from "../targets.ts";

export const subcommand: Subcommand = {
  options: [
    ...whereOptions("each leader of a cluster"),
    option("s", "subject", "whom the rules are for: User:NAME"),
  ],
  spelling: () => undefined,
  run: needs(lacks.rules, async (call) => {
    const { client, line, printer } = call;
    let isThere = false;
    for (const broker of await chosenLeaders(call)) {
      const acl = await client.admin.auth.acl(broker, line.value("s"));
      if (acl !== undefined) {
        isThere = true;
        printAcls(printer, broker, [acl]);
      }
    }
    if (!isThere) {
      throw nobody(`acl of '${line.text("s")}'`, line.text(line.has("b") ? "b" : "c"));
    }
    return undefined;
  }),
};
