/** `mq broker resume`: undoes `mq broker drain`. */
import { defineCommand } from "../../command.ts";
import { changeWritePermission, permissionSchema } from "./write-permission.ts";

export const command = defineCommand({
  spec: {
    path: ["broker", "resume"],
    summary: "send producers to a drained broker again",
    description:
      "Gives the broker's write permission back at every nameserver (327). Producers learn of it when they ask for routes\nagain, official clients within 30 seconds. Nameservers of RocketMQ before 4.9 do not know the request.",
    arguments: [{ name: "BROKER", about: "name of the broker", completes: "broker" }],
    flags: {},
    output: permissionSchema,
    examples: ["mq broker resume broker-a --yes"],
  },
  run: (context, { arguments: [broker = ""] }) =>
    changeWritePermission(context, broker, {
      kind: "BrokerResume",
      outcome: "resumed",
      question: (name) => `Send producers to broker '${name}' again?`,
      change: (nameserver, name) =>
        context.client().admin.nameservers.addWritePerm(nameserver, name),
    }),
});
