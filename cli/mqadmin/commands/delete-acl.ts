/** `mqadmin deleteAcl`: deletes the access rules of a subject, all of them or those of one resource. */
import { atEachBroker, whereOptions } from "../auth.ts";
import { option, required } from "../option.ts";
import { lacks, needs } from "../rocketmq-only.ts";
import type { Subcommand } from "../subcommand.ts";

export const subcommand: Subcommand = {
  options: [
    ...whereOptions("all brokers of a cluster, replicas too"),
    required("s", "subject", "whom the rules are for: User:NAME"),
    option("r", "resources", "the one resource whose rule goes; all without it"),
  ],
  spelling: () => undefined,
  isFinal: true,
  run: needs(lacks.rules, async (call) => {
    const { client, line } = call;
    return await atEachBroker(call, "delete acl", (broker) =>
      client.admin.auth.deleteAcl(broker, line.text("s"), line.value("r")),
    );
  }),
};
