/** `mq message export`: messages as JSON lines in a file, which a later run goes on with. */
import { defineCommand } from "../../command.ts";
import { exportFlags, exportMessages, exportShape } from "./topic-export.ts";

export const command = defineCommand({
  spec: {
    path: ["message", "export"],
    summary: "write a topic's messages to a file",
    description:
      "One JSON line a message, as 'topic tail -o jsonl' prints them, the earliest stored first, up to what is there when it\nbegins. 'message import' and 'topic produce --jsonl' send them. With --resume an export that was ended, or newer messages,\nare added to the file.",
    arguments: [{ name: "TOPIC", about: "name of the topic", completes: "topic" }],
    flags: exportFlags,
    output: (z) => z.object(exportShape(z)),
    examples: [
      "mq message export orders --to orders.jsonl",
      "mq message export orders --to orders.jsonl --since 1d --where \"region = 'eu'\" --resume",
    ],
  },
  async run(context, { arguments: [topic = ""], flags }) {
    return await exportMessages(context, topic, await context.client().pull.queues(topic), flags);
  },
});
