/** `mq topic describe` */
import { type Admin, byQueue, ClientError, gather } from "../../../src/client/index.ts";
import { defineCommand } from "../../command.ts";
import { formatCount } from "../../render/format.ts";
import { exitFor, missingParts } from "../cluster/chosen-brokers.ts";
import { showShortTime, timeOrNull } from "../time-fields.ts";
import { topicGroups } from "./topic-groups.ts";

export const command = defineCommand({
  spec: {
    path: ["topic", "describe"],
    summary: "show a topic's queues",
    arguments: [{ name: "TOPIC", about: "name of the topic", completes: "topic" }],
    flags: {},
    output: (z) =>
      z.object({
        topic: z.string(),
        broker: z.string(),
        queue: z.number(),
        minOffset: z.number(),
        maxOffset: z.number(),
        messages: z.number(),
        lastStored: z.string().nullable(),
      }),
    examples: ["mq topic describe orders", "mq topic describe orders -o json"],
  },
  async run(context, { arguments: [topic = ""] }) {
    const { admin } = context.client();
    const stats = await gather(await admin.topics.leaders(topic), ({ address }) =>
      admin.topics.stats(address, topic),
    );
    const rows = stats.answers.flatMap(({ value }) => value).sort(byQueue);
    const missing = missingParts(stats.failures);
    const items = rows.map(([queue, stats]) => ({
      topic: queue.topic,
      broker: queue.brokerName,
      queue: queue.queueId,
      minOffset: stats.minOffset,
      maxOffset: stats.maxOffset,
      messages: stats.maxOffset - stats.minOffset,
      lastStored: timeOrNull(stats.lastUpdateTimestamp, context.global.utc),
    }));
    const messages = items.reduce((sum, item) => sum + item.messages, 0);
    await context.output.list({
      kind: "TopicDescription",
      noun: "queue",
      nameKey: "queue",
      columns: [
        { key: "broker", head: "BROKER" },
        { key: "queue", head: "QUEUE", align: "right" },
        { key: "minOffset", head: "MIN", align: "right" },
        { key: "maxOffset", head: "MAX", align: "right" },
        { key: "messages", head: "MESSAGES", align: "right" },
        {
          key: "lastStored",
          head: "LAST STORED",
          show: showShortTime,
        },
      ],
      items,
      summary: `${items.length} queues, ${formatCount(messages)} messages, ${await groupsText(admin, topic)}`,
      missing,
    });
    return exitFor(missing);
  },
});

/** Who consumes it; a broker that does not say who is left out. */
async function groupsText(admin: Admin, topic: string): Promise<string> {
  try {
    const groups = await topicGroups(admin, topic);
    return groups.length === 0 ? "no group consumes it" : `consumed by ${groups.join(", ")}`;
  } catch (error) {
    if (error instanceof ClientError && error.kind === "refused") {
      return "the broker does not say who consumes it";
    }
    throw error;
  }
}
