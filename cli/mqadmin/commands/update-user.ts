/** `mqadmin updateUser`: changes the password, the type or the status of a user. */
import { atEachBroker, whereOptions } from "../auth.ts";
import { option, required } from "../option.ts";
import { lacks, needs } from "../rocketmq-only.ts";
import type { Subcommand } from "../subcommand.ts";

export const subcommand: Subcommand = {
  options: [
    ...whereOptions("all brokers of a cluster, replicas too"),
    required("u", "username", "name of the user"),
    option("p", "password", "the new password", { oneOf: "change" }),
    option("t", "userType", "Super or Normal", { oneOf: "change" }),
    option("s", "userStatus", "enable or disable", { oneOf: "change" }),
  ],
  spelling: () => undefined,
  run: needs(lacks.users, async (call) => {
    const { client, line } = call;
    const user = {
      username: line.text("u"),
      password: line.value("p"),
      userType: line.value("t"),
      userStatus: line.value("s"),
    };
    return await atEachBroker(call, "update user", (broker) =>
      client.admin.auth.setUser(broker, "update", user),
    );
  }),
};
