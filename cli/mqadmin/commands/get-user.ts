/** `mqadmin getUser`: one user, as a broker or the first leader of a cluster that has it keeps it. */
import { nobody, printUsers, whereOptions } from "../auth.ts";
import { option } from "../option.ts";
import { lacks, needs } from "../rocketmq-only.ts";
import type { Subcommand } from "../subcommand.ts";
import { chosenLeaders } from "../targets.ts";

export const subcommand: Subcommand = {
  options: [
    ...whereOptions("the first leader of a cluster that has it"),
    option("u", "username", "name of the user"),
  ],
  spelling: () => undefined,
  run: needs(lacks.users, async (call) => {
    const { client, line, printer } = call;
    for (const broker of await chosenLeaders(call)) {
      const user = await client.admin.auth.user(broker, line.value("u"));
      if (user !== undefined) {
        printUsers(printer, broker, [user]);
        return undefined;
      }
    }
    throw nobody(`user '${line.text("u")}'`, line.text(line.has("b") ? "b" : "c"));
  }),
};
