/** `mq broker describe`: a broker, its replicas, its clients, and all that it says of itself. */
import { ClientError, gather } from "../../../src/client/index.ts";
import { defineCommand } from "../../command.ts";
import { CommandError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { brokerFacts } from "../cluster/broker-facts.ts";
import { exitFor, missingParts } from "../cluster/chosen-brokers.ts";
import { showShortTime, timeOrNull } from "../time-fields.ts";
import { brokerProcesses } from "./one-broker.ts";

export const command = defineCommand({
  spec: {
    path: ["broker", "describe"],
    summary: "show a broker, its replicas and what it says of itself",
    description:
      "RUNTIME is the broker's own table (28), name by name; brokers of other versions have other names. PROCESSES are\nits leader (id 0) and its replicas.",
    arguments: [{ name: "BROKER", about: "name or address", completes: "broker" }],
    flags: {},
    output: (z) =>
      z.object({
        name: z.string(),
        cluster: z.string(),
        address: z.string(),
        version: z.string(),
        isActive: z.boolean(),
        inPerSecond: z.number(),
        outPerSecond: z.number(),
        sendWaitMs: z.number(),
        diskUsed: z.number().nullable(),
        oldestMessage: z.string().nullable(),
        started: z.string().nullable(),
        producers: z.number().nullable(),
        processes: z.array(
          z.strictObject({
            id: z.number(),
            address: z.string(),
            version: z.string(),
            isActive: z.boolean(),
          }),
        ),
        runtime: z.array(z.strictObject({ name: z.string(), value: z.string() })),
      }),
    examples: ["mq broker describe broker-a", "mq broker describe 10.0.0.7:10911 -o json"],
  },
  async run(context, { arguments: [broker = ""] }) {
    const { admin } = context.client();
    const processes = await brokerProcesses(context.client(), broker);
    const { answers, failures } = await gather(processes, ({ address }) =>
      admin.cluster.runtimeInfo(address),
    );
    const [first] = answers;
    if (first === undefined) {
      throw new CommandError("MQ-E-NOBROKER", exitCode.unreachable, `'${broker}' does not answer`);
    }
    const missing = missingParts(failures);
    const facts = brokerFacts(first.value);
    const { utc } = context.global;
    const { brokerName, clusterName, address } = first.broker;
    const yesNo = (value: unknown): string => (value === true ? "yes" : "no");
    await context.output.sheet({
      kind: "BrokerDescription",
      item: {
        name: brokerName,
        cluster: clusterName,
        address,
        version: facts.version,
        isActive: facts.isActive,
        inPerSecond: facts.inPerSecond,
        outPerSecond: facts.outPerSecond,
        sendWaitMs: facts.sendWaitMs,
        diskUsed: facts.diskUsed ?? null,
        oldestMessage: timeOrNull(facts.earliestMs, utc),
        started: timeOrNull(facts.startedMs, utc),
        producers: await producerCount(() => admin.brokers.producers(address)),
        processes: answers.map(({ broker: { brokerId, address: at }, value }) => {
          const { version, isActive } = brokerFacts(value);
          return { id: brokerId, address: at, version, isActive };
        }),
        runtime: [...first.value]
          .map(([name, value]) => ({ name, value }))
          .sort((left, right) => (left.name < right.name ? -1 : 1)),
      },
      columns: [
        { key: "name", head: "NAME" },
        { key: "cluster", head: "CLUSTER" },
        { key: "address", head: "ADDRESS" },
        { key: "version", head: "VERSION" },
        { key: "isActive", head: "TAKES SENDS", show: yesNo },
        { key: "inPerSecond", head: "IN/S" },
        { key: "outPerSecond", head: "OUT/S" },
        { key: "sendWaitMs", head: "SENDS WAIT MS" },
        {
          key: "diskUsed",
          head: "DISK USED",
          show: (value) => (typeof value === "number" ? `${(value * 100).toFixed(1)} %` : "-"),
        },
        { key: "oldestMessage", head: "OLDEST MESSAGE", show: showShortTime },
        { key: "started", head: "STARTED", show: showShortTime },
        { key: "producers", head: "PRODUCERS" },
      ],
      sections: [
        {
          title: "PROCESSES",
          key: "processes",
          columns: [
            { key: "id", head: "ID", align: "right" },
            { key: "address", head: "ADDRESS" },
            { key: "version", head: "VERSION" },
            { key: "isActive", head: "ACTIVE", show: yesNo },
          ],
        },
        {
          title: "RUNTIME",
          key: "runtime",
          columns: [
            { key: "name", head: "NAME" },
            { key: "value", head: "VALUE" },
          ],
        },
      ],
      missing,
    });
    return exitFor(missing);
  },
});

/** Connected producers; null from brokers before 4.9, which do not know the request. */
async function producerCount(
  ask: () => Promise<ReadonlyMap<string, readonly { readonly clientId: string }[]>>,
): Promise<number | null> {
  try {
    const groups = [...(await ask()).values()];
    return new Set(groups.flatMap((rows) => rows.map(({ clientId }) => clientId))).size;
  } catch (error) {
    if (error instanceof ClientError && error.kind === "refused") {
      return null;
    }
    throw error;
  }
}
