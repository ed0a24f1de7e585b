/** `mqadmin deleteUser`: deletes a user at a broker, or at all brokers of a cluster. */
import { atEachBroker, whereOptions } from "../auth.ts";
import { required } from "../option.ts";
import { lacks, needs } from "../rocketmq-only.ts";
import type { Subcommand } from "../subcommand.ts";

export const subcommand: Subcommand = {
  options: [
    ...whereOptions("all brokers of a cluster, replicas too"),
    required("u", "username", "name of the user"),
  ],
  spelling: () => undefined,
  isFinal: true,
  run: needs(lacks.users, async (call) => {
    const { client, line } = call;
    return await atEachBroker(call, "delete user", (broker) =>
      client.admin.auth.deleteUser(broker, line.text("u")),
    );
  }),
};
