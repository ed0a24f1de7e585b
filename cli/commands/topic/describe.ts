/** `mq topic describe` */
import { z } from "zod";
import { defineCommand } from "../../command.ts";
import { formatClock } from "../../render/time.ts";

export const command = defineCommand({
  spec: {
    path: ["topic", "describe"],
    summary: "show a topic's queues",
    arguments: [{ name: "TOPIC", about: "name of the topic", completes: "topic" }],
    flags: {},
    output: z.object({
      topic: z.string(),
      broker: z.string(),
      queue: z.number(),
      minOffset: z.number(),
      maxOffset: z.number(),
      messages: z.number(),
      lastStoredMs: z.number(),
    }),
    examples: ["mq topic describe orders", "mq topic describe orders -o json"],
  },
  async run(context, { arguments: [topic = ""] }) {
    const rows = await context.client().admin.topicStats(topic);
    const items = rows.map(([queue, stats]) => ({
      topic: queue.topic,
      broker: queue.brokerName,
      queue: queue.queueId,
      minOffset: stats.minOffset,
      maxOffset: stats.maxOffset,
      messages: stats.maxOffset - stats.minOffset,
      lastStoredMs: stats.lastUpdateTimestamp,
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
          key: "lastStoredMs",
          head: "LAST STORED",
          show: (value) => formatClock(Number(value), context.global.utc),
        },
      ],
      items,
      summary: `${items.length} queues, ${messages} messages`,
    });
    return undefined;
  },
});
