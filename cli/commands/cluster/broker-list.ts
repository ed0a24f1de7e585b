/** `mq cluster list` and `mq broker list`: one answer under both nouns. */
import { gather } from "../../../src/client/index.ts";
import { type Command, type CommandContext, defineCommand } from "../../command.ts";
import type { Column } from "../../render/listing.ts";
import { showShortTime, timeOrNull } from "../time-fields.ts";
import { allBrokers, type BrokerProcess } from "./all-brokers.ts";
import { type BrokerFacts, brokerFacts } from "./broker-facts.ts";
import { brokerChoiceFlags, exitFor, missingParts } from "./chosen-brokers.ts";

const columns: readonly Column[] = [
  { key: "cluster", head: "CLUSTER" },
  { key: "broker", head: "BROKER" },
  { key: "id", head: "ID", align: "right" },
  { key: "address", head: "ADDRESS" },
  { key: "version", head: "VERSION" },
  { key: "isActive", head: "ACTIVE", show: (value) => (value === true ? "yes" : "no") },
  { key: "inPerSecond", head: "IN/S", align: "right", show: rateText },
  { key: "outPerSecond", head: "OUT/S", align: "right", show: rateText },
  { key: "diskUsed", head: "DISK", align: "right", show: shareText },
  { key: "oldestMessage", head: "OLDEST", show: showShortTime },
  { key: "started", head: "STARTED", isWide: true, show: showShortTime },
];

/** The command under the noun. */
export function brokerListCommand(noun: "broker" | "cluster"): Command {
  return defineCommand({
    spec: {
      path: [noun, "list"],
      summary: "list brokers",
      description:
        "Brokers that the nameserver knows, masters (id 0) and replicas, with what each says of itself. Rates are those of\nthe last ten seconds. Exit code 7 when a broker does not answer.",
      flags: {
        cluster: brokerChoiceFlags.cluster,
      },
      output: (z) =>
        z.object({
          cluster: z.string(),
          broker: z.string(),
          id: z.number(),
          address: z.string(),
          version: z.string(),
          isActive: z.boolean(),
          inPerSecond: z.number(),
          outPerSecond: z.number(),
          diskUsed: z.number().nullable(),
          oldestMessage: z.string().nullable(),
          started: z.string().nullable(),
        }),
      examples: [`mq ${noun} list`, `mq ${noun} list -o wide -n ns1:9876,ns2:9876`],
    },
    async run(context, { flags }) {
      const { admin } = context.client();
      const brokers = allBrokers(await admin.cluster.describe()).filter(
        ({ clusterName }) => flags.cluster === undefined || clusterName === flags.cluster,
      );
      const { answers, failures } = await gather(brokers, async ({ address }) =>
        brokerFacts(await admin.cluster.runtimeInfo(address)),
      );
      const missing = missingParts(failures);
      await context.output.list({
        kind: noun === "cluster" ? "ClusterList" : "BrokerList",
        noun: "broker",
        nameKey: "broker",
        columns,
        items: answers.map(({ broker, value }) => itemOf(context, broker, value)),
        summary: `${answers.length} brokers`,
        missing,
      });
      return exitFor(missing);
    },
  });
}

function itemOf({ global }: CommandContext, broker: BrokerProcess, facts: BrokerFacts) {
  return {
    cluster: broker.clusterName,
    broker: broker.brokerName,
    id: broker.brokerId,
    address: broker.address,
    version: facts.version,
    isActive: facts.isActive,
    inPerSecond: facts.inPerSecond,
    outPerSecond: facts.outPerSecond,
    diskUsed: facts.diskUsed ?? null,
    oldestMessage: timeOrNull(facts.earliestMs, global.utc),
    started: timeOrNull(facts.startedMs, global.utc),
  };
}

function rateText(value: unknown): string {
  return typeof value === "number" ? value.toFixed(1) : "-";
}

function shareText(value: unknown): string {
  return typeof value === "number" ? `${(value * 100).toFixed(1)} %` : "-";
}
