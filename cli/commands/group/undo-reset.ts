/** `mq group undo-reset` */
import { defineCommand } from "../../command.ts";
import { notFound } from "../../command-error.ts";
import { flag, text } from "../../flag.ts";
import { moveGroup, moveSchema } from "./move-group.ts";
import { newestSavedOffsets } from "./saved-offsets.ts";

export const command = defineCommand({
  spec: {
    path: ["group", "undo-reset"],
    summary: "move a group back to where it was before its last reset",
    description:
      "Each reset keeps the old offsets in a file of the user's state folder; the newest of the group is taken. Shows a plan\nand asks, like the reset, and keeps the present offsets in its turn. Queues that had no offset stay as they are.",
    arguments: [{ name: "GROUP", about: "name of the group", completes: "group" }],
    flags: {
      file: flag(text().optional(), { about: "of an earlier reset", value: "FILE" }),
    },
    output: moveSchema,
    examples: [
      "mq group undo-reset billing --dry-run",
      "mq group undo-reset billing --file ~/.local/state/mq/offsets/billing-1795393634478.tsv --yes",
    ],
  },
  async run(context, { arguments: [group = ""], flags }) {
    const toFile = flags.file ?? newestSavedOffsets(context, group);
    if (toFile === undefined) {
      throw notFound(
        `no reset of group '${group}' was made from here`,
        "--file names the file that a reset printed, on the machine where it was made",
      );
    }
    context.output.note(`offsets of ${toFile}`);
    return await moveGroup(context, group, { toFile });
  },
});
