/** `mq group create` */
import { gather, groupDefaults } from "../../../src/client/index.ts";
import { defineCommand } from "../../command.ts";
import { CommandError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { flag, onOff, toggle, wholeNumber } from "../../flag.ts";
import {
  brokerChoiceFlags,
  chosenBrokers,
  exitFor,
  missingParts,
} from "../cluster/chosen-brokers.ts";

export const command = defineCommand({
  spec: {
    path: ["group", "create"],
    summary: "create a consumer group",
    description:
      "Creates the group on every broker, or on those that --cluster or --broker name. Only needed where brokers do not\nmake groups by themselves, or for other settings than RocketMQ's.",
    arguments: [{ name: "GROUP", about: "name of the group" }],
    flags: {
      retryMaxTimes: flag(wholeNumber(-1, 1_000).default(16), {
        about:
          "failed attempts until a message becomes a dead letter (16); -1 leaves it to clients",
        value: "N",
      }),
      retryQueues: flag(wholeNumber(1, 64).default(1), {
        about: "queues of its retry topic (1)",
        value: "N",
      }),
      orderly: toggle("its members consume in order"),
      broadcast: flag(onOff().default(true), { about: "refuse members that broadcast" }),
      enabled: flag(onOff().default(true), { about: "nobody may consume in its name yet" }),
      ...brokerChoiceFlags,
      ifNotExists: toggle("succeed when the group is there already"),
    },
    output: (z) =>
      z.object({
        name: z.string(),
        broker: z.string(),
        retryTimesMax: z.number(),
        outcome: z.enum(["created", "exists", "would create"]),
      }),
    examples: [
      "mq group create billing --retry-max-times 3",
      "mq group create billing --if-not-exists",
    ],
  },
  async run(context, { arguments: [group = ""], flags }) {
    const { admin } = context.client();
    const wanted = {
      ...groupDefaults(group),
      retryTimesMax: flags.retryMaxTimes,
      retryQueueCount: flags.retryQueues,
      consumeMessageOrderly: flags.orderly,
      consumeBroadcastEnable: flags.broadcast,
      consumeEnable: flags.enabled,
    };
    const found = await gather(await chosenBrokers(context.client(), flags), ({ address }) =>
      admin.groups.config(address, group),
    );
    const existing = found.answers.find(({ value }) => value !== undefined);
    if (existing !== undefined && !flags.ifNotExists) {
      throw new CommandError(
        "MQ-E-EXISTS",
        exitCode.precondition,
        `group '${group}' exists on ${existing.broker.brokerName}`,
        { hint: "--if-not-exists leaves it as it is" },
      );
    }
    const known = new Map(found.answers.map(({ broker, value }) => [broker.address, value]));
    const isDryRun = context.global.dryRun;
    const made = await gather(
      found.answers.map(({ broker }) => broker),
      async ({ address }) => {
        const config = known.get(address);
        if (config === undefined && !isDryRun) {
          await admin.groups.update(address, wanted);
        }
        return config;
      },
    );
    const missing = missingParts([...found.failures, ...made.failures]);
    await context.output.list({
      kind: "GroupCreate",
      noun: "group",
      nameKey: "name",
      columns: [
        { key: "name", head: "NAME" },
        { key: "broker", head: "BROKER" },
        { key: "retryTimesMax", head: "RETRIES", align: "right" },
        { key: "outcome", head: "OUTCOME" },
      ],
      items: made.answers.map(({ broker, value }) => ({
        name: group,
        broker: broker.brokerName,
        retryTimesMax: (value ?? wanted).retryTimesMax,
        outcome: value !== undefined ? "exists" : isDryRun ? "would create" : "created",
      })),
      missing,
    });
    return exitFor(missing);
  },
});
