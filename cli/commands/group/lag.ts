/** `mq group lag` */
import { byQueue, gather } from "../../../src/client/index.ts";
import { defineCommand } from "../../command.ts";
import { notFound } from "../../command-error.ts";
import { flag, text } from "../../flag.ts";
import { chosenBrokers, exitFor, missingParts } from "../cluster/chosen-brokers.ts";
import { showShortTime, timeOrNull } from "../time-fields.ts";

export const command = defineCommand({
  spec: {
    path: ["group", "lag"],
    summary: "show how far a group is behind",
    arguments: [{ name: "GROUP", about: "name of the group", completes: "group" }],
    flags: {
      topic: flag(text().optional(), { about: "only this topic", short: "t", value: "TOPIC" }),
    },
    output: (z) =>
      z.object({
        topic: z.string(),
        broker: z.string(),
        queue: z.number(),
        brokerOffset: z.number(),
        consumerOffset: z.number(),
        lag: z.number(),
        inFlight: z.number(),
        lastConsumed: z.string().nullable(),
      }),
    examples: ["mq group lag billing", "mq group lag billing --topic orders -o json"],
  },
  async run(context, { arguments: [group = ""], flags }) {
    const { admin } = context.client();
    const progress = await gather(await chosenBrokers(context.client()), ({ address }) =>
      admin.groups.progress(address, group, flags.topic),
    );
    const missing = missingParts(progress.failures);
    const rows = progress.answers.flatMap(({ value }) => value).sort(byQueue);
    if (rows.length === 0 && !(await admin.groups.isKnown(group))) {
      throw notFound(`group '${group}' is not known`, "mq group list shows what there is");
    }
    const items = rows.map(([queue, at]) => ({
      topic: queue.topic,
      broker: queue.brokerName,
      queue: queue.queueId,
      brokerOffset: at.brokerOffset,
      consumerOffset: at.consumerOffset,
      lag: Math.max(0, at.brokerOffset - at.consumerOffset),
      inFlight: Math.max(0, at.pullOffset - at.consumerOffset),
      lastConsumed: timeOrNull(at.lastTimestamp, context.global.utc),
    }));
    const total = items.reduce((sum, { lag }) => sum + lag, 0);
    await context.output.list({
      kind: "GroupLag",
      noun: "queue",
      nameKey: "queue",
      columns: [
        { key: "topic", head: "TOPIC" },
        { key: "broker", head: "BROKER" },
        { key: "queue", head: "QUEUE", align: "right" },
        { key: "brokerOffset", head: "END", align: "right" },
        { key: "consumerOffset", head: "GROUP AT", align: "right" },
        { key: "lag", head: "LAG", align: "right" },
        { key: "inFlight", head: "IN FLIGHT", align: "right", isWide: true },
        {
          key: "lastConsumed",
          head: "LAST CONSUMED",
          show: showShortTime,
        },
      ],
      items,
      summary: `${total} behind in ${items.length} queues`,
      missing,
    });
    return exitFor(missing);
  },
});
