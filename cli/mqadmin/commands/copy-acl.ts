/** `mqadmin copyAcl`: gives a broker access rules of another one. */
import { copyBetween } from "../auth.ts";
import { option, required } from "../option.ts";
import { lacks, needs } from "../rocketmq-only.ts";
import type { Subcommand } from "../subcommand.ts";

export const subcommand: Subcommand = {
  options: [
    required("f", "fromBroker", "the broker that has them, HOST:PORT"),
    required("t", "toBroker", "the broker that is given them, HOST:PORT"),
    option("s", "subjects", "their subjects, commas between them; all without it"),
  ],
  spelling: () => undefined,
  run: needs(lacks.rules, async (call) => {
    const { auth } = call.client.admin;
    return await copyBetween(call, {
      what: "acl",
      names: "s",
      one: (broker, subject) => auth.acl(broker, subject),
      all: (broker) => auth.acls(broker),
      nameOf: ({ subject }) => subject,
      set: (broker, change, acl) => auth.setAcl(broker, change, acl),
    });
  }),
};
