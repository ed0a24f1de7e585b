/** `mq topic create` */
import { defineCommand } from "../../command.ts";
import { CommandError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { choice, flag, toggle, wholeNumber } from "../../flag.ts";
import { brokerChoiceFlags, chosenBrokers } from "../cluster/chosen-brokers.ts";
import { untilRouted } from "./routed.ts";
import { permBits, permText } from "./topic-names.ts";

export const command = defineCommand({
  spec: {
    path: ["topic", "create"],
    summary: "create a topic",
    description: "Creates the topic on every broker, or on those that --cluster or --broker name.",
    arguments: [{ name: "TOPIC", about: "name of the topic" }],
    flags: {
      queues: flag(wholeNumber(1, 1024).default(8), {
        about: "queues on each broker (8)",
        value: "N",
      }),
      perm: flag(choice(["rw", "r", "w"]).default("rw"), { about: "permission", value: "PERM" }),
      ...brokerChoiceFlags,
      ifNotExists: toggle("succeed when the topic is there already"),
    },
    output: (z) =>
      z.object({
        name: z.string(),
        broker: z.string(),
        queues: z.number(),
        perm: z.string(),
        outcome: z.enum(["created", "exists", "would create"]),
      }),
    examples: ["mq topic create orders --queues 4", "mq topic create orders --if-not-exists"],
  },
  async run(context, { arguments: [topic = ""], flags }) {
    const { admin } = context.client();
    const brokers = await chosenBrokers(context.client(), flags);
    const perm = permBits(flags.perm);
    const found = [];
    for (const { address, brokerName } of brokers) {
      const existing = await admin.topics.config(address, topic);
      if (existing !== undefined && !flags.ifNotExists) {
        throw new CommandError(
          "MQ-E-EXISTS",
          exitCode.precondition,
          `topic '${topic}' exists on ${brokerName} with ${existing.writeQueueCount} queues`,
          { hint: "--if-not-exists leaves it as it is" },
        );
      }
      found.push({ address, brokerName, existing });
    }
    const items = [];
    for (const { address, brokerName, existing } of found) {
      const isMade = existing === undefined && !context.global.dryRun;
      if (isMade) {
        await admin.topics.update(address, {
          topic,
          readQueueCount: flags.queues,
          writeQueueCount: flags.queues,
          perm,
        });
      }
      items.push({
        name: topic,
        broker: brokerName,
        queues: existing?.writeQueueCount ?? flags.queues,
        perm: permText(existing?.perm ?? perm),
        outcome: existing !== undefined ? "exists" : isMade ? "created" : "would create",
      });
    }
    if (!context.global.dryRun && !(await untilRouted(context, topic))) {
      context.output.note("made, but no nameserver tells clients of it yet");
    }
    await context.output.list({
      kind: "TopicCreate",
      noun: "topic",
      nameKey: "name",
      columns: [
        { key: "name", head: "NAME" },
        { key: "broker", head: "BROKER" },
        { key: "queues", head: "QUEUES", align: "right" },
        { key: "perm", head: "PERM" },
        { key: "outcome", head: "OUTCOME" },
      ],
      items,
    });
    return undefined;
  },
});
