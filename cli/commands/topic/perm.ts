/** `mq topic perm`: who may use a topic, shown or changed. */
import { gather, type TopicConfig } from "../../../src/client/index.ts";
import { defineCommand } from "../../command.ts";
import { notFound } from "../../command-error.ts";
import { choice, flag } from "../../flag.ts";
import { brokerChoiceFlags, chosenBrokers, missingParts } from "../cluster/chosen-brokers.ts";
import { changeSettings, settingChangeSchema } from "../setting-plan.ts";
import { permBits, permText } from "./topic-names.ts";

export const command = defineCommand({
  spec: {
    path: ["topic", "perm"],
    summary: "show or change who may use a topic",
    description:
      "Without --set shows the permission on every broker that has the topic. With it shows old and new, asks, and changes\nit there, or on the brokers that --cluster or --broker name. Brokers refuse pulls from a topic that may not be read at\nonce. Sends they do not check, as in RocketMQ: producers stop when they ask for routes again, official clients within\n30 seconds.",
    arguments: [{ name: "TOPIC", about: "name of the topic", completes: "topic" }],
    flags: {
      set: flag(choice(["rw", "r", "w", "RW", "R", "W"]).optional(), {
        about: "r: read only, w: write only, rw: both",
        value: "PERM",
      }),
      ...brokerChoiceFlags,
    },
    output: settingChangeSchema,
    examples: ["mq topic perm orders", "mq topic perm orders --set r --broker broker-a --yes"],
  },
  async run(context, { arguments: [topic = ""], flags }) {
    const { admin } = context.client();
    const found = await gather(await chosenBrokers(context.client(), flags), ({ address }) =>
      admin.topics.config(address, topic),
    );
    const holders = found.answers.flatMap(({ broker, value }) =>
      value === undefined ? [] : [{ broker, config: value }],
    );
    if (holders.length === 0) {
      throw notFound(`no broker has a topic '${topic}'`, "mq topic list shows what there is");
    }
    const wanted = flags.set?.toLowerCase() as "rw" | "r" | "w" | undefined;
    const permOf = ({ perm }: TopicConfig): number =>
      wanted === undefined ? perm : permBits(wanted);
    return await changeSettings(context, {
      kind: "TopicPerm",
      noun: "topic",
      name: topic,
      places: holders.map(({ broker, config }) => ({
        at: broker.brokerName,
        address: broker.address,
        changes: [
          { setting: "perm", before: permText(config.perm), after: permText(permOf(config)) },
        ],
        apply: () => {
          const { readQueueCount, writeQueueCount, order, topicSysFlag } = config;
          const counts = { readQueueCount, writeQueueCount, order, topicSysFlag };
          return admin.topics.update(broker.address, { topic, perm: permOf(config), ...counts });
        },
      })),
      question: `Change who may use topic '${topic}' to ${wanted ?? ""}?`,
      missing: missingParts(found.failures),
    });
  },
});
