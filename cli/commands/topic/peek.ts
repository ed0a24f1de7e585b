/** `mq topic peek`: one look at the ends of a topic's queues; joins no group, waits for nothing. */
import type { MessageQueue, PullConsumer } from "../../../src/client/index.ts";
import { defineCommand } from "../../command.ts";
import { count, flag, text, toggle } from "../../flag.ts";
import {
  lookFlags,
  messageColumns,
  messageLook,
  messageSchema,
  printFormatted,
} from "../message/message-look.ts";
import { storedMessages } from "../message/stored-messages.ts";
import { chosenQueues } from "./chosen-queues.ts";
import type { TailRange } from "./tail-start.ts";

/** Messages of all queues are held until they are shown. */
const countMax = 1_000;

export const command = defineCommand({
  spec: {
    path: ["topic", "peek"],
    summary: "look at the newest or oldest messages of each queue",
    description:
      "The newest message of each queue, or the oldest ones with --oldest, N of each with --count. Joins no group and\ncommits no offsets.",
    arguments: [{ name: "TOPIC", about: "name of the topic", completes: "topic" }],
    flags: {
      oldest: toggle("the oldest instead of the newest"),
      count: flag(count(1, countMax).default(1), { about: "of each queue (1)", value: "N" }),
      queue: flag(text(1).optional(), { about: "only these queue ids", value: "0,3" }),
      ...lookFlags,
    },
    output: messageSchema,
    examples: ["mq topic peek orders", "mq topic peek orders --oldest --queue 0 --count 3 -o json"],
  },
  async run(context, { arguments: [topic = ""], flags }) {
    const { pull } = context.client();
    const { output } = context;
    const queues = chosenQueues(await pull.queues(topic), flags.queue);
    const ranges = await Promise.all(queues.map((queue) => endOf(pull, queue, flags)));
    const empty = ranges.filter(({ startOffset, endOffset }) => startOffset === endOffset);
    const messages = [];
    for await (const message of storedMessages(pull, ranges)) {
      messages.push(message);
    }
    const look = await messageLook(context, flags);
    if (flags.format !== undefined) {
      printFormatted(context, look, messages, flags.format);
    } else {
      await output.list({
        kind: "MessageList",
        noun: "message",
        nameKey: "messageId",
        columns: messageColumns,
        items: messages.map(look.itemOf),
      });
    }
    const without = empty.length === 0 ? "" : `, ${empty.length} of them empty`;
    output.note(`${messages.length} messages of ${ranges.length} queues${without}`);
    return undefined;
  },
});

async function endOf(
  pull: PullConsumer,
  queue: MessageQueue,
  { oldest, count }: { readonly oldest: boolean; readonly count: number },
): Promise<TailRange> {
  const [minOffset, maxOffset] = await Promise.all([pull.minOffset(queue), pull.maxOffset(queue)]);
  return oldest
    ? {
        queue,
        minOffset,
        startOffset: minOffset,
        endOffset: Math.min(maxOffset, minOffset + count),
      }
    : {
        queue,
        minOffset,
        startOffset: Math.max(minOffset, maxOffset - count),
        endOffset: maxOffset,
      };
}
