/** `mq export metadata` */
import { orderNamespace } from "../../../src/client/index.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { flag, texts, toggle, type Zod } from "../../flag.ts";
import { brokerChoiceFlags } from "../cluster/chosen-brokers.ts";
import { documentOf } from "../metadata/cluster-document.ts";
import { type ClusterState, readCluster } from "../metadata/cluster-state.ts";
import { documentKind, documentVersion, plainDocument } from "../metadata/document.ts";
import { exportFlags, printExported } from "./exported.ts";

const settingsSchema = (z: Zod) =>
  z.looseObject({ name: z.string(), brokers: z.array(z.string()).optional() });

export const command = defineCommand({
  spec: {
    path: ["export", "metadata"],
    summary: "write topics, groups and values of a cluster as a document",
    description:
      "One document of what operators set: topics, groups, values of the nameservers (orders of topics, and other namespaces\nby --namespace), with --offsets how far groups have come. Topics and groups of the system are left out, and there are no\nsecrets in it. mq diff, mq apply and mq import metadata read it. Works on RocketMQ's clusters as well.",
    flags: {
      offsets: toggle("how far every group has come, too"),
      namespace: flag(texts().optional(), {
        about: "values of this namespace of the nameservers, too",
        value: "NAME",
      }),
      ...exportFlags,
      ...brokerChoiceFlags,
    },
    output: (z) =>
      z.object({
        apiVersion: z.literal(documentVersion),
        kind: z.literal(documentKind),
        topics: z.array(settingsSchema(z)),
        groups: z.array(settingsSchema(z)),
        offsets: z
          .array(
            z.strictObject({
              group: z.string(),
              topic: z.string(),
              broker: z.string(),
              queues: z.record(z.string(), z.number()),
            }),
          )
          .optional(),
        keyValues: z.array(
          z.strictObject({ namespace: z.string(), key: z.string(), value: z.string() }),
        ),
      }),
    examples: [
      "mq export metadata --to cluster.yaml",
      "mq export metadata --offsets -o json > cluster.json",
      "mq export metadata -P old | mq apply -P new -f - --dry-run",
    ],
  },
  async run(context, { flags }) {
    const state = await readCluster(context.client(), {
      brokers: flags,
      namespaces: [...new Set([orderNamespace, ...(flags.namespace ?? [])])],
      withOffsets: flags.offsets,
    });
    const document = documentOf(state, { withOffsets: flags.offsets });
    const { topics = [], groups = [], offsets, keyValues = [] } = document;
    const told = new Set(state.nameservers.map(({ values }) => valuesText(values)));
    if (told.size > 1) {
      context.output.note("the nameservers have different values: those of the first are exported");
    }
    await noteForbidden(context, state);
    printExported(
      context,
      {
        kind: documentKind,
        document: plainDocument(document),
        summary: [
          `${topics.length} topics`,
          `${groups.length} groups`,
          `${keyValues.length} values`,
          ...(offsets === undefined ? [] : [`${offsets.length} offsets`]),
          `of ${state.brokers.map(({ broker }) => broker.brokerName).join(", ")}`,
        ].join(", "),
      },
      flags.to,
    );
    return undefined;
  },
});

/** Whoever moves a cluster has to know what does not move with it. */
async function noteForbidden(context: CommandContext, { brokers }: ClusterState): Promise<void> {
  const { admin } = context.client();
  for (const { broker } of brokers) {
    for (const [group, topics] of await admin.groups.forbidden(broker.address)) {
      context.output.note(
        `not in the document: '${group}' may not read ${topics.join(", ")} on ${broker.brokerName}`,
      );
    }
  }
}

function valuesText(values: ReadonlyMap<string, ReadonlyMap<string, string>>): string {
  return JSON.stringify([...values].map(([namespace, rows]) => [namespace, [...rows].sort()]));
}
