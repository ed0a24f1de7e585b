/** `mqadmin listUser`: the users of a broker, or of the first leader of a cluster that has some. */
import { printUsers, whereOptions } from "../auth.ts";
import { option } from "../option.ts";
import { lacks, needs } from "../rocketmq-only.ts";
import type { Subcommand } from "../subcommand.ts";
import { chosenLeaders } from "../targets.ts";

export const subcommand: Subcommand = {
  options: [
    ...whereOptions("the first leader of a cluster that has users"),
    option("f", "filter", "only those whose name contains it"),
  ],
  spelling: () => undefined,
  run: needs(lacks.users, async (call) => {
    const { client, line, printer } = call;
    for (const broker of await chosenLeaders(call)) {
      const users = await client.admin.auth.users(broker, line.value("f"));
      if (users.length > 0) {
        printUsers(printer, broker, users);
        if (!line.has("b")) {
          printer.print("get user from %s success.%n", broker);
        }
        return undefined;
      }
    }
    return undefined;
  }),
};
