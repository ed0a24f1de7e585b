/** `mq cluster describe`: what belongs to a cluster, on one page. */
import { gather } from "../../../src/client/index.ts";
import { defineCommand } from "../../command.ts";
import { notFound } from "../../command-error.ts";
import { askNameservers } from "../nameserver/each-nameserver.ts";
import { isSystemTopic } from "../topic/topic-names.ts";
import { allBrokers } from "./all-brokers.ts";
import { brokerFacts } from "./broker-facts.ts";
import { exitFor, missingParts } from "./chosen-brokers.ts";

export const command = defineCommand({
  spec: {
    path: ["cluster", "describe"],
    summary: "show what belongs to a cluster",
    description:
      "Its nameservers, its brokers with their replicas, and how many topics there are, system topics left out. Without a\nname all clusters that the nameservers know. Exit code 7 when somebody does not answer.",
    arguments: [{ name: "CLUSTER", about: "name of the cluster", isOptional: true }],
    flags: {},
    output: (z) =>
      z.object({
        clusters: z.array(z.string()),
        topics: z.number(),
        inPerSecond: z.number(),
        outPerSecond: z.number(),
        nameservers: z.array(
          z.strictObject({ address: z.string(), version: z.string(), brokers: z.number() }),
        ),
        brokers: z.array(
          z.strictObject({
            cluster: z.string(),
            broker: z.string(),
            id: z.number(),
            address: z.string(),
            version: z.string(),
            isActive: z.boolean(),
          }),
        ),
      }),
    examples: ["mq cluster describe", "mq cluster describe DefaultCluster -o json"],
  },
  async run(context, { arguments: [cluster] }) {
    const client = context.client();
    const { admin } = client;
    const known = await askNameservers(client, async (nameserver) => ({
      version: await admin.cluster.nameserverVersion(nameserver),
      brokers: allBrokers(await admin.cluster.describeAt(nameserver)).length,
    }));
    const all = await admin.cluster.describe();
    const processes = allBrokers(all).filter(
      ({ clusterName }) => cluster === undefined || clusterName === cluster,
    );
    if (processes.length === 0) {
      throw notFound(
        cluster === undefined ? "there is no broker" : `there is no cluster '${cluster}'`,
        "mq broker list shows the brokers and their clusters",
      );
    }
    const { answers, failures } = await gather(processes, async ({ address }) =>
      brokerFacts(await admin.cluster.runtimeInfo(address)),
    );
    const missing = [...known.missing, ...missingParts(failures)];
    // Each broker has topics that are called as itself and its cluster.
    const own = new Set(allBrokers(all).flatMap((each) => [each.clusterName, each.brokerName]));
    const topics = (await admin.topics.names()).filter(
      (topic) => !isSystemTopic(topic) && !own.has(topic),
    );
    const leaders = answers.filter(({ broker }) => broker.brokerId === 0);
    await context.output.sheet({
      kind: "ClusterDescription",
      item: {
        clusters: [...new Set(processes.map(({ clusterName }) => clusterName))].sort(),
        topics: topics.length,
        inPerSecond: leaders.reduce((sum, { value }) => sum + value.inPerSecond, 0),
        outPerSecond: leaders.reduce((sum, { value }) => sum + value.outPerSecond, 0),
        nameservers: known.answers.map(({ nameserver, value }) => ({
          address: nameserver,
          ...value,
        })),
        brokers: answers.map(({ broker, value }) => ({
          cluster: broker.clusterName,
          broker: broker.brokerName,
          id: broker.brokerId,
          address: broker.address,
          version: value.version,
          isActive: value.isActive,
        })),
      },
      columns: [
        { key: "clusters", head: "CLUSTERS", show: (value) => String(value) },
        { key: "topics", head: "TOPICS" },
        { key: "inPerSecond", head: "IN/S", show: rateText },
        { key: "outPerSecond", head: "OUT/S", show: rateText },
      ],
      sections: [
        {
          title: "NAMESERVERS",
          key: "nameservers",
          columns: [
            { key: "address", head: "ADDRESS" },
            { key: "version", head: "VERSION" },
            { key: "brokers", head: "BROKERS", align: "right" },
          ],
        },
        {
          title: "BROKERS",
          key: "brokers",
          columns: [
            { key: "cluster", head: "CLUSTER" },
            { key: "broker", head: "BROKER" },
            { key: "id", head: "ID", align: "right" },
            { key: "address", head: "ADDRESS" },
            { key: "version", head: "VERSION" },
            {
              key: "isActive",
              head: "ACTIVE",
              show: (value) => (value === true ? "yes" : "no"),
            },
          ],
        },
      ],
      missing,
    });
    return exitFor(missing);
  },
});

function rateText(value: unknown): string {
  return typeof value === "number" ? value.toFixed(1) : "-";
}
