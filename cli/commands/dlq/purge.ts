/** `mq dlq purge`: whoever consumes the dead letters of a group skips them. */
import { defineCommand } from "../../command.ts";
import { purgeFlags, purgeSchema, purgeTopic, showPurge } from "../topic/topic-purge.ts";
import { deadLetterTopic, readableQueues } from "./dead-letters.ts";

export const command = defineCommand({
  spec: {
    path: ["dlq", "purge"],
    summary: "let whoever consumes a group's dead letters skip them",
    description:
      "As 'topic purge' for the group's dead-letter topic: moves every group that consumes it to its end, after a plan and a\nquestion; `mq group undo-reset` takes it back. The dead letters themselves stay until retention takes them, for brokers\ncannot delete messages: 'dlq list' and 'check dlq' count them as before. `mq topic delete '%DLQ%GROUP'` removes them with\ntheir topic, which the broker makes again for the next one.",
    arguments: [{ name: "GROUP", about: "name of the group", completes: "group" }],
    flags: purgeFlags,
    output: purgeSchema,
    examples: ["mq dlq purge billing --dry-run", "mq dlq purge billing --group undertaker --yes"],
  },
  async run(context, { arguments: [group = ""], flags }) {
    const topic = deadLetterTopic(group);
    if ((await readableQueues(context, group)).length === 0) {
      context.output.note(`group '${group}' never had a dead letter`);
      await showPurge(context, topic, [], () => "planned");
      return undefined;
    }
    const code = await purgeTopic(context, topic, flags);
    context.output.note(`the dead letters stay; mq topic delete '${topic}' would remove them`);
    return code;
  },
});
