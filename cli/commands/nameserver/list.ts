/** `mq nameserver list`: the nameservers that commands ask, and what each knows. */
import { ClientError } from "../../../src/client/index.ts";
import { inParallel } from "../../../src/core/in-parallel.ts";
import { defineCommand } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { allBrokers } from "../cluster/all-brokers.ts";

export const command = defineCommand({
  spec: {
    path: ["nameserver", "list"],
    summary: "list the nameservers and what each knows",
    description:
      "Those of --nameserver, MQ_NAMESERVER or the profile. Exit code 7 when one does not answer, 5 when none does.",
    flags: {},
    output: (z) =>
      z.object({
        nameserver: z.string(),
        answers: z.boolean(),
        milliseconds: z.number().nullable(),
        version: z.string().nullable(),
        brokers: z.number().nullable(),
        topics: z.number().nullable(),
        error: z.string().nullable(),
      }),
    examples: ["mq nameserver list", "mq nameserver list -n ns1:9876,ns2:9876 -o json"],
  },
  async run(context) {
    const { admin } = context.client();
    const { clock } = context.environment;
    const items = await inParallel(admin.cluster.nameservers, async (nameserver) => {
      try {
        const startedMs = clock.elapsedMs();
        const version = await admin.cluster.nameserverVersion(nameserver);
        const milliseconds = Math.round((clock.elapsedMs() - startedMs) * 10) / 10;
        const brokers = allBrokers(await admin.cluster.describeAt(nameserver)).length;
        const topics = (await admin.topics.namesAt(nameserver)).length;
        return { nameserver, answers: true, milliseconds, version, brokers, topics, error: null };
      } catch (error) {
        if (!(error instanceof ClientError)) {
          throw error;
        }
        const nothing = { milliseconds: null, version: null, brokers: null, topics: null };
        return { nameserver, answers: false, ...nothing, error: error.message };
      }
    });
    const down = items.filter(({ answers }) => !answers).length;
    await context.output.list({
      kind: "NameserverList",
      noun: "nameserver",
      nameKey: "nameserver",
      columns: [
        { key: "nameserver", head: "NAMESERVER" },
        { key: "answers", head: "ANSWERS", show: (value) => (value === true ? "yes" : "no") },
        { key: "milliseconds", head: "MS", align: "right" },
        { key: "version", head: "VERSION" },
        { key: "brokers", head: "BROKERS", align: "right" },
        { key: "topics", head: "TOPICS", align: "right" },
        { key: "error", head: "ERROR", isWide: true },
      ],
      items,
      summary: `${items.length} nameservers${down > 0 ? `, ${down} do not answer` : ""}`,
    });
    return down === 0 ? undefined : down === items.length ? exitCode.unreachable : exitCode.partial;
  },
});
