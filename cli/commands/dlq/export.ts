/** `mq dlq export`: the dead letters of a group as JSON lines in a file. */
import { defineCommand } from "../../command.ts";
import { exportFlags, exportMessages, exportShape } from "../message/topic-export.ts";
import { deadLetterTopic, readableQueues } from "./dead-letters.ts";

export const command = defineCommand({
  spec: {
    path: ["dlq", "export"],
    summary: "write the dead letters of a group to a file",
    description:
      "As 'message export' for the group's dead-letter topic: one JSON line a message, the earliest first. After a look, or a\nchange by hand, 'message import TOPIC -f FILE' and 'topic produce TOPIC --jsonl' send them; the topic that each came from\nstands in its property RETRY_TOPIC. 'dlq redrive' sends them again without a file.",
    arguments: [{ name: "GROUP", about: "name of the group", completes: "group" }],
    flags: exportFlags,
    output: (z) => z.object(exportShape(z)),
    examples: [
      "mq dlq export billing --to dead.jsonl",
      'mq dlq export billing --to dead.jsonl --since 1d --where "body.amount > 100" --resume',
    ],
  },
  async run(context, { arguments: [group = ""], flags }) {
    const queues = await readableQueues(context, group);
    return await exportMessages(context, deadLetterTopic(group), queues, flags);
  },
});
