/** `mq topic purge`: every group skips what lies in a topic. */
import { defineCommand } from "../../command.ts";
import { purgeFlags, purgeSchema, purgeTopic } from "./topic-purge.ts";

export const command = defineCommand({
  spec: {
    path: ["topic", "purge"],
    summary: "let every group skip what lies in a topic",
    description:
      "Moves every group of the topic to its end, after a plan and a question; `mq group undo-reset GROUP` takes it back.\nThe messages themselves stay until retention takes them: brokers cannot delete messages, and a group that is new and\nbegins at the first message gets them. Messages that wait in a group's retry topic are not skipped.",
    arguments: [{ name: "TOPIC", about: "name of the topic", completes: "topic" }],
    flags: purgeFlags,
    output: purgeSchema,
    examples: ["mq topic purge orders --dry-run", "mq topic purge orders --group billing --yes"],
  },
  run: (context, { arguments: [topic = ""], flags }) => purgeTopic(context, topic, flags),
});
