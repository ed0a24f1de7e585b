/** `mqadmin createUser`: makes a user at a broker, or at all brokers of a cluster. */
import { atEachBroker, whereOptions } from "../auth.ts";
import { option, required } from "../option.ts";
import { lacks, needs } from "../rocketmq-only.ts";
import type { Subcommand } from "../subcommand.ts";

export const subcommand: Subcommand = {
  options: [
    ...whereOptions("all brokers of a cluster, replicas too"),
    required("u", "username", "name of the new user"),
    required("p", "password", "password of the new user"),
    option("t", "userType", "Super or Normal"),
  ],
  spelling: () => undefined,
  run: needs(lacks.users, async (call) => {
    const { client, line } = call;
    const user = {
      username: line.text("u"),
      password: line.text("p"),
      userType: line.value("t"),
    };
    return await atEachBroker(call, "create user", (broker) =>
      client.admin.auth.setUser(broker, "create", user),
    );
  }),
};
