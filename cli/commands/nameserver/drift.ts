/** `mq nameserver drift`: nameservers do not talk to each other, and clients ask any of them. */
import { type Client, ClientError } from "../../../src/client/index.ts";
import { inParallel } from "../../../src/core/in-parallel.ts";
import { defineCommand } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { allBrokers } from "../cluster/all-brokers.ts";
import { exitFor } from "../cluster/chosen-brokers.ts";
import { permText } from "../topic/topic-names.ts";
import { askNameservers } from "./each-nameserver.ts";

/** What one nameserver says, by subject: `broker NAME/ID` or `topic NAME`. */
type Sayings = ReadonlyMap<string, string>;

const columns = [
  { key: "what", head: "WHAT" },
  { key: "name", head: "NAME" },
  { key: "nameserver", head: "NAMESERVER" },
  { key: "says", head: "SAYS" },
];

export const command = defineCommand({
  spec: {
    path: ["nameserver", "drift"],
    summary: "show where nameservers contradict each other",
    description:
      "Compares brokers with their addresses and every topic's route, as each nameserver tells them. A moment after a\nbroker or topic was made they may differ; what still differs half a minute later stays so. Exit code 10 when they\ndiffer, 7 when a nameserver does not answer.",
    flags: {},
    output: (z) =>
      z.object({
        what: z.enum(["broker", "topic"]),
        name: z.string(),
        nameserver: z.string(),
        says: z.string().nullable(),
      }),
    examples: ["mq nameserver drift -n ns1:9876,ns2:9876"],
  },
  async run(context) {
    const client = context.client();
    const { answers, missing } = await askNameservers(client, (nameserver) =>
      sayingsOf(client, nameserver),
    );
    const subjects = [...new Set(answers.flatMap(({ value }) => [...value.keys()]))].sort();
    const items = subjects
      .filter((subject) => new Set(answers.map(({ value }) => value.get(subject))).size > 1)
      .flatMap((subject) =>
        answers.map(({ nameserver, value }) => ({
          what: subject.slice(0, subject.indexOf(" ")),
          name: subject.slice(subject.indexOf(" ") + 1),
          nameserver,
          says: value.get(subject) ?? null,
        })),
      );
    if (answers.length < 2) {
      context.output.note("one nameserver has nobody to contradict");
    }
    const differing = answers.length === 0 ? 0 : items.length / answers.length;
    await context.output.list({
      kind: "NameserverDrift",
      noun: "subject",
      nameKey: "name",
      columns,
      items,
      summary: `${subjects.length} brokers and topics at ${answers.length} nameservers, ${differing} differ`,
      missing,
    });
    return items.length > 0 ? exitCode.unhealthy : exitFor(missing);
  },
});

async function sayingsOf({ admin }: Client, nameserver: string): Promise<Sayings> {
  const cluster = await admin.cluster.describeAt(nameserver);
  const brokers = allBrokers(cluster).map(
    ({ brokerName, brokerId, clusterName, address }) =>
      [`broker ${brokerName}/${brokerId}`, `${address} of ${clusterName}`] as const,
  );
  const names = await admin.topics.namesAt(nameserver);
  const topics = await inParallel(names, async (topic) => {
    const route = await admin.topics.routeAt(nameserver, topic).catch((error: unknown) => {
      if (error instanceof ClientError && error.kind === "refused") {
        return undefined;
      }
      throw error;
    });
    return [`topic ${topic}`, route === undefined ? "no route" : routeText(route)] as const;
  });
  return new Map([...brokers, ...topics]);
}

function routeText({
  queues,
}: NonNullable<Awaited<ReturnType<Client["admin"]["topics"]["routeAt"]>>>) {
  return queues
    .map(
      ({ brokerName, readQueueCount, writeQueueCount, perm }) =>
        `${brokerName} ${readQueueCount}/${writeQueueCount} ${permText(perm)}`,
    )
    .sort()
    .join("; ");
}
