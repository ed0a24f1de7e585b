/** `mq group reset-offset` */
import { defineCommand } from "../../command.ts";
import { flag, text, texts } from "../../flag.ts";
import { moveGroup, moveSchema } from "./move-group.ts";

export const command = defineCommand({
  spec: {
    path: ["group", "reset-offset"],
    summary: "move a group to other offsets",
    description:
      "Shows from where to where each queue would move, asks, keeps the old offsets in a file, then moves.\nMembers on line are told by the broker.",
    arguments: [{ name: "GROUP", about: "name of the group", completes: "group" }],
    flags: {
      topic: flag(texts().optional(), {
        about: "only this topic (repeatable); else all topics in which the group has offsets",
        short: "t",
        value: "TOPIC",
      }),
      to: flag(text().optional(), {
        about: "start, end, a time (-1h, RFC 3339, epoch), offset N, +N or -N from where it stands",
        value: "WHERE",
      }),
      toFile: flag(text().optional(), {
        about: "back to the offsets that an earlier reset kept in a file",
        value: "FILE",
      }),
      toGroup: flag(text().optional(), {
        about: "where another group stands",
        value: "GROUP",
        completes: "group",
      }),
      queue: flag(text().optional(), { about: "only these queue ids", value: "0,3" }),
    },
    output: moveSchema,
    examples: [
      "mq group reset-offset billing --topic orders --to -1h --dry-run",
      "mq group reset-offset billing --to end --yes",
      "mq group reset-offset billing --to-group billing-old --topic orders --yes",
    ],
  },
  run: (context, { arguments: [group = ""], flags }) => moveGroup(context, group, flags),
});
