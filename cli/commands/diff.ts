/** `mq diff` */
import { defineCommand } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { toggle } from "../flag.ts";
import { brokerChoiceFlags } from "./cluster/chosen-brokers.ts";
import { readConcerned, showResults } from "./metadata/carrying-out.ts";
import { changeSchema, planned } from "./metadata/change.ts";
import { compare, unnamedCount } from "./metadata/comparison.ts";
import { documentFlags, documentFrom } from "./metadata/document-file.ts";

export const command = defineCommand({
  spec: {
    path: ["diff"],
    summary: "show how a cluster differs from a document",
    description:
      "Shows what mq apply would do with the document, which mq export metadata writes. Settings that the document leaves out\nare not compared. Exit code 0, with --exit-code 11 when there are differences.",
    flags: {
      ...documentFlags,
      exitCode: toggle("exit code 11 when there are differences"),
      prune: toggle("topics, groups and values that the document does not name are differences"),
      ...brokerChoiceFlags,
    },
    output: changeSchema,
    examples: [
      "mq diff -f cluster.yaml",
      "mq diff -f cluster.yaml --prune --exit-code",
      "mq export metadata -P old | mq diff -P new -f -",
    ],
  },
  async run(context, { flags }) {
    const document = await documentFrom(context, flags);
    const state = await readConcerned(context.client(), flags, document);
    const changes = compare(document, state, { isPruning: flags.prune });
    await showResults(context, "Diff", changes.map(planned));
    const unnamed = flags.prune ? 0 : unnamedCount(document, state);
    if (unnamed > 0) {
      context.output.note(`${unnamed} topics and groups are not in the document (--prune)`);
    }
    return flags.exitCode && changes.length > 0 ? exitCode.different : undefined;
  },
});
