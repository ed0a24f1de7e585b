/** `mq store index verify` */
import { defineCommand } from "../../command.ts";
import { notFound, usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { formatCount } from "../../render/format.ts";
import { checkedStore } from "../segment/checked-store.ts";
import { readStoreArgument } from "../segment/store-argument.ts";

export const command = defineCommand({
  spec: {
    path: ["store", "index", "verify"],
    summary: "check the key index against the log",
    description:
      "Looks up each key of each record in the index by which mq message find searches; exit code 8 when entries are wrong,\nmissing or not found from their slot. Needs a stopped broker. A broker makes a damaged file again when a search meets it;\nmq store index rebuild makes all of them.",
    arguments: [{ name: "STORE", about: "folder of the store", completes: "folder" }],
    flags: {},
    output: (z) =>
      z.object({
        file: z.string(),
        entry: z.number(),
        entries: z.number(),
        kind: z.enum(["wrong_entry", "missing_entry", "broken_chain"]),
      }),
    examples: ["mq store index verify ./store", "mq store index verify ./store -o json"],
  },
  async run(context, { arguments: [path = ""] }) {
    const { folder, isRunning } = readStoreArgument(context, path);
    if (isRunning) {
      throw usageError(
        `a broker writes to ${folder}, and what it keeps in memory would look damaged`,
        "stop it first (mq broker stop)",
      );
    }
    const { output } = context;
    const { keys } = checkedStore(context, folder, { isRunning: false, isDeep: true });
    if (keys === undefined) {
      throw notFound(`${folder} has no key index`);
    }
    await output.list({
      kind: "IndexProblems",
      noun: "damaged place",
      nameKey: "file",
      columns: [
        { key: "file", head: "FILE" },
        { key: "kind", head: "KIND" },
        { key: "entry", head: "FROM ENTRY", align: "right" },
        { key: "entries", head: "ENTRIES", align: "right" },
      ],
      items: keys.problems.map((problem) => ({ ...problem })),
      summary: `${formatCount(keys.files)} files, ${formatCount(keys.entries)} entries, ${formatCount(keys.entriesMissing)} still to be made`,
    });
    return keys.problems.length === 0 ? undefined : exitCode.corrupted;
  },
});
