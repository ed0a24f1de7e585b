/** `mq topic list` */
import { type Admin, ClientError } from "../../../src/client/index.ts";
import { inParallel } from "../../../src/core/in-parallel.ts";
import { defineCommand } from "../../command.ts";
import { toggle } from "../../flag.ts";
import { topicNames } from "./ordinary-topics.ts";
import { permText } from "./topic-names.ts";

export const command = defineCommand({
  spec: {
    path: ["topic", "list"],
    summary: "list topics",
    description: "Topics that the nameserver knows, with their queues over all brokers.",
    flags: { all: toggle("system, retry and dead-letter topics as well", "a") },
    output: (z) =>
      z.object({
        name: z.string(),
        queues: z.number(),
        perm: z.string(),
        brokers: z.array(z.string()),
      }),
    examples: ["mq topic list", "mq topic list -o name", "mq topic list --all -o json"],
  },
  async run(context, { flags }) {
    const { admin } = context.client();
    const { all, ordinary } = await topicNames(admin);
    const names = flags.all ? all : ordinary;
    const items = await inParallel(names, async (name) => {
      const queues = await queuesOf(admin, name);
      return {
        name,
        queues: queues.reduce((sum, { writeQueueCount }) => sum + writeQueueCount, 0),
        perm: permText(queues[0]?.perm ?? 0),
        brokers: queues.map(({ brokerName }) => brokerName),
      };
    });
    const hidden = all.length - names.length;
    await context.output.list({
      kind: "TopicList",
      noun: "topic",
      nameKey: "name",
      columns: [
        { key: "name", head: "NAME" },
        { key: "queues", head: "QUEUES", align: "right" },
        { key: "perm", head: "PERM" },
        { key: "brokers", head: "BROKERS", show: (value) => String(value) },
      ],
      items,
      summary: `${names.length} topics${hidden > 0 ? ` (${hidden} of the system hidden, --all shows them)` : ""}`,
    });
    return undefined;
  },
});

/** None when the topic went away after the list was made. */
async function queuesOf(admin: Admin, topic: string) {
  try {
    return (await admin.topics.route(topic)).queues;
  } catch (error) {
    if (error instanceof ClientError && error.kind === "no_route") {
      return [];
    }
    throw error;
  }
}
