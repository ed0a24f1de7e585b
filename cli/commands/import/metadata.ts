/** `mq import metadata` */
import { type CommandContext, defineCommand } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { type FlagValues, toggle } from "../../flag.ts";
import { brokerChoiceFlags } from "../cluster/chosen-brokers.ts";
import { carryOut, readConcerned } from "../metadata/carrying-out.ts";
import { type Change, changeSchema } from "../metadata/change.ts";
import type { ClusterState } from "../metadata/cluster-state.ts";
import { compare } from "../metadata/comparison.ts";
import type { MetadataDocument } from "../metadata/document.ts";
import { documentFlags, documentFrom } from "../metadata/document-file.ts";
import { compareOffsets } from "../metadata/offset-changes.ts";
import { readAnyDocument } from "../metadata/rocketmq-files.ts";

const flagShape = {
  ...documentFlags,
  offsets: toggle("set groups to the document's offsets, where they have none"),
  overwrite: toggle("change what is there already, offsets too"),
  ...brokerChoiceFlags,
} as const;

export const command = defineCommand({
  spec: {
    path: ["import", "metadata"],
    summary: "make what a cluster does not have of a document",
    description:
      "Makes topics, groups and values that are missing, and leaves alone what is there with other settings, which is exit code 7\nunless --overwrite changes it. Reads what mq export metadata writes, and RocketMQ's own files: topics.json,\nsubscriptionGroup.json and consumerOffset.json of a store's config folder, and the metadata.json of its mqadmin. An import\nthat was killed is run again: it goes on where it was.",
    flags: flagShape,
    output: changeSchema,
    examples: [
      "mq import metadata -f cluster.yaml --dry-run",
      "mq import metadata -f cluster.yaml --offsets --yes",
      "mq import metadata -f store/config/topics.json --broker broker-a --yes",
    ],
  },
  async run(context, { flags }) {
    const document = await documentFrom(context, flags, (file, value) =>
      readAnyDocument(file, value, flags.broker),
    );
    const client = context.client();
    const state = await readConcerned(client, flags, document, flags.offsets);
    const changes = changesOf(context, document, state, flags);
    if (document.offsets !== undefined && !flags.offsets) {
      context.output.note("offsets of the document are left alone: --offsets sets them");
    }
    const code = await carryOut(context, {
      kind: "Import",
      changes,
      left: async () =>
        changesOf(
          context,
          document,
          await readConcerned(client, flags, document, flags.offsets),
          flags,
        ),
    });
    const hasKept = changes.some(({ action }) => action === "keep");
    return code ?? (hasKept ? exitCode.partial : undefined);
  },
});

function changesOf(
  context: CommandContext,
  document: MetadataDocument,
  state: ClusterState,
  { offsets, overwrite }: FlagValues<typeof flagShape>,
): readonly Change[] {
  const settings = compare(document, state, { isPruning: false }).map((change) =>
    overwrite || change.action === "create" ? change : keptAsItIs(change),
  );
  return offsets
    ? [...settings, ...compareOffsets(context, document, state, { isOverwriting: overwrite })]
    : settings;
}

function keptAsItIs(change: Change): Change {
  return {
    ...change,
    action: "keep",
    losses: [],
    carryOut: undefined,
    reason: "it is there with other settings: --overwrite changes them",
  };
}
