/** `mq group reset-offset` */
import { defineCommand } from "../../command.ts";
import { flag, text, texts, toggle } from "../../flag.ts";
import { moveGroup, moveSchema } from "./move-group.ts";

export const command = defineCommand({
  spec: {
    path: ["group", "reset-offset"],
    summary: "move a group to other offsets",
    description:
      "Shows from where to where each queue would move, asks, keeps the old offsets in a file, then moves.\nmq, and RocketMQ 5 with useServerSideResetOffset, tell members on line and move queue by queue. Other RocketMQ\nbrokers are refused while members are on line, unless --force-online is given: there whole topics go to a time or\nan end, and members are told; single queues and plain offsets are committed beneath the members, who may commit\nover them.",
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
      queue: flag(texts().optional(), {
        about: "only these queues (repeatable): 0,3 on every broker, broker-a:3 on one",
        value: "[BROKER:]N[,N…]",
      }),
      forceOnline: toggle("also where the broker can only move a group of which nobody is on line"),
      allowNewTopics: toggle("also in topics that the group never consumed"),
      save: flag(text().optional(), {
        about: "keep the old offsets in this file as well",
        value: "FILE",
      }),
    },
    output: moveSchema,
    examples: [
      "mq group reset-offset billing --topic orders --to -1h --dry-run",
      "mq group reset-offset billing --to end --yes",
      "mq group reset-offset billing --topic orders --queue broker-a:3 --to +1 --save before.tsv",
      "mq group reset-offset billing --to-group billing-old --topic orders --yes",
    ],
  },
  run: (context, { arguments: [group = ""], flags }) => moveGroup(context, group, flags),
});
