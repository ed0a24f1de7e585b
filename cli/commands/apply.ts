/** `mq apply` */
import { defineCommand } from "../command.ts";
import { toggle } from "../flag.ts";
import { brokerChoiceFlags } from "./cluster/chosen-brokers.ts";
import { carryOut, readConcerned } from "./metadata/carrying-out.ts";
import { changeSchema } from "./metadata/change.ts";
import { compare, unnamedCount } from "./metadata/comparison.ts";
import { documentFlags, documentFrom } from "./metadata/document-file.ts";

export const command = defineCommand({
  spec: {
    path: ["apply"],
    summary: "make a cluster what a document says",
    description:
      "Makes and changes topics, groups and values of the nameservers, as mq export metadata writes them. The plan is shown\nfirst; what the document leaves out stays as it is, unless --prune says otherwise. Applied again, it changes nothing.\nOffsets of the document are left alone: mq import metadata --offsets takes them. Exit code 7 when a part failed.",
    flags: {
      ...documentFlags,
      prune: toggle(
        "DELETE topics with their messages, groups and values that the document does not name",
      ),
      ...brokerChoiceFlags,
    },
    output: changeSchema,
    examples: [
      "mq apply -f cluster.yaml --dry-run",
      "mq apply -f cluster.yaml --yes",
      "mq export metadata -P old | mq apply -P new -f - --map-broker rocketmq-a=broker-a --yes",
    ],
  },
  async run(context, { flags }) {
    const document = await documentFrom(context, flags);
    const client = context.client();
    const options = { isPruning: flags.prune };
    const state = await readConcerned(client, flags, document);
    const unnamed = flags.prune ? 0 : unnamedCount(document, state);
    if (unnamed > 0) {
      context.output.note(`${unnamed} topics and groups are not in the document, and stay`);
    }
    return await carryOut(context, {
      kind: "Apply",
      changes: compare(document, state, options),
      left: async () => compare(document, await readConcerned(client, flags, document), options),
    });
  },
});
