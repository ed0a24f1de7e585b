/** Messages that lie in queues, read without joining a group: one batch a queue is held at a time. */
import type { MessageQueue, PullConsumer, ReceivedMessage } from "../../../src/client/index.ts";
import { backlog } from "../topic/tail-backlog.ts";
import type { TailRange } from "../topic/tail-start.ts";

/** RocketMQ's own tools read in this group's name; every broker knows it. */
export const toolsGroup = "TOOLS_CONSUMER";
const pullCountMax = 32;

/** Messages of all ranges, the earliest stored first. */
export function storedMessages(
  pull: PullConsumer,
  ranges: readonly TailRange[],
): AsyncGenerator<ReceivedMessage> {
  return backlog(ranges, async ({ queue, endOffset }, offset) => {
    const result = await pull.pull({ group: toolsGroup, queue, offset, countMax: pullCountMax });
    return {
      // A queue that ends before it was said to end has nothing more to give.
      nextOffset: result.kind === "caught_up" ? endOffset : result.nextOffset,
      messages: result.kind === "found" ? result.messages : [],
    };
  });
}

/** The message at an offset of a queue; undefined when it is not there, or not any more. */
export async function messageAt(
  pull: PullConsumer,
  queue: MessageQueue,
  offset: number,
): Promise<ReceivedMessage | undefined> {
  const result = await pull.pull({ group: toolsGroup, queue, offset, countMax: 1 });
  const messages = result.kind === "found" ? result.messages : [];
  return messages.find(({ queueOffset }) => queueOffset === offset);
}

/** At most so many, and whether there are more: the next one. */
export async function take(
  messages: AsyncIterable<ReceivedMessage>,
  countMax: number,
): Promise<{
  readonly messages: readonly ReceivedMessage[];
  readonly next: ReceivedMessage | undefined;
}> {
  const taken: ReceivedMessage[] = [];
  for await (const message of messages) {
    if (taken.length === countMax) {
      return { messages: taken, next: message };
    }
    taken.push(message);
  }
  return { messages: taken, next: undefined };
}
