/** `mq topic route`: what clients are told. */
import { defineCommand } from "../../command.ts";
import { permText } from "./topic-names.ts";

export const command = defineCommand({
  spec: {
    path: ["topic", "route"],
    summary: "show what clients see of a topic",
    description:
      "Brokers with their addresses, queues and permission, as the nameserver tells clients. Producers write only where\nthere is a master.",
    arguments: [{ name: "TOPIC", about: "name of the topic", completes: "topic" }],
    flags: {},
    output: (z) =>
      z.object({
        topic: z.string(),
        cluster: z.string(),
        broker: z.string(),
        master: z.string().nullable(),
        replicas: z.array(z.string()),
        readQueues: z.number(),
        writeQueues: z.number(),
        perm: z.string(),
        order: z.string().nullable(),
      }),
    examples: ["mq topic route orders", "mq topic route orders -o json"],
  },
  async run(context, { arguments: [topic = ""] }) {
    const { brokers, queues, orderTopicConf } = await context.client().admin.topics.route(topic);
    const items = brokers
      .map(({ brokerName, clusterName, addresses }) => {
        const found = queues.find((each) => each.brokerName === brokerName);
        return {
          topic,
          cluster: clusterName,
          broker: brokerName,
          master: addresses.get(0) ?? null,
          replicas: [...addresses].filter(([id]) => id !== 0).map(([, address]) => address),
          readQueues: found?.readQueueCount ?? 0,
          writeQueues: found?.writeQueueCount ?? 0,
          perm: permText(found?.perm ?? 0),
          order: orderTopicConf ?? null,
        };
      })
      .sort((left, right) => (left.broker < right.broker ? -1 : 1));
    const written = items.filter(({ master }) => master !== null);
    const count = (key: "readQueues" | "writeQueues") =>
      (key === "readQueues" ? items : written).reduce((sum, item) => sum + item[key], 0);
    await context.output.list({
      kind: "TopicRoute",
      noun: "broker",
      nameKey: "broker",
      columns: [
        { key: "broker", head: "BROKER" },
        { key: "master", head: "MASTER" },
        { key: "replicas", head: "REPLICAS", show: (value) => String(value) || "-" },
        { key: "readQueues", head: "READ", align: "right" },
        { key: "writeQueues", head: "WRITE", align: "right" },
        { key: "perm", head: "PERM" },
        { key: "cluster", head: "CLUSTER", isWide: true },
        { key: "order", head: "ORDER", isWide: true },
      ],
      items,
      summary: `${count("readQueues")} queues to read, ${count("writeQueues")} to write, on ${items.length} brokers`,
    });
    return undefined;
  },
});
