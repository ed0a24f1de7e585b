/** `mqadmin copyUser`: gives a broker users of another one. */
import { copyBetween } from "../auth.ts";
import { option, required } from "../option.ts";
import { lacks, needs } from "../rocketmq-only.ts";
import type { Subcommand } from "../subcommand.ts";

export const subcommand: Subcommand = {
  options: [
    required("f", "fromBroker", "the broker that has them, HOST:PORT"),
    required("t", "toBroker", "the broker that is given them, HOST:PORT"),
    option("u", "usernames", "their names, commas between them; all without it"),
  ],
  spelling: () => undefined,
  run: needs(lacks.users, async (call) => {
    const { auth } = call.client.admin;
    return await copyBetween(call, {
      what: "user",
      names: "u",
      one: (broker, name) => auth.user(broker, name),
      all: (broker) => auth.users(broker),
      nameOf: ({ username }) => username,
      set: (broker, change, user) => auth.setUser(broker, change, user),
    });
  }),
};
