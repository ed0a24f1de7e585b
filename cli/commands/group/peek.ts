/** `mq group peek`: what a group would get next, read without joining it and without moving it. */
import { byQueue, type Client, gather } from "../../../src/client/index.ts";
import { inParallel } from "../../../src/core/in-parallel.ts";
import { defineCommand } from "../../command.ts";
import { notFound } from "../../command-error.ts";
import { flag, texts } from "../../flag.ts";
import { chosenBrokers, exitFor, missingParts } from "../cluster/chosen-brokers.ts";
import {
  lookFlags,
  messageColumns,
  messageLook,
  messageSchema,
  printFormatted,
} from "../message/message-look.ts";
import { storedMessages, take } from "../message/stored-messages.ts";
import type { TailRange } from "../topic/tail-start.ts";

const countDefault = 10;

export const command = defineCommand({
  spec: {
    path: ["group", "peek"],
    summary: "show the messages that a group would get next",
    description:
      "Reads from where the group stands in each queue, its retry queues included, the earliest stored first, at most\n--limit (10). Nothing is consumed and no offset moves. The group's own filter is not applied, and members may hold\nsome of these messages already (mq group lag -o wide: IN FLIGHT). A queue in which the group has no offset is left out.",
    arguments: [{ name: "GROUP", about: "name of the group", completes: "group" }],
    flags: {
      topic: flag(texts().optional(), {
        about: "only this topic (repeatable)",
        short: "t",
        value: "TOPIC",
        completes: "topic",
      }),
      ...lookFlags,
    },
    output: messageSchema,
    examples: ["mq group peek billing", "mq group peek billing --topic orders --limit 1 -o json"],
  },
  async run(context, { arguments: [group = ""], flags }) {
    const client = context.client();
    const { admin, pull } = client;
    const { answers, failures } = await gather(await chosenBrokers(client), ({ address }) =>
      admin.groups.progress(address, group),
    );
    const rows = answers
      .flatMap(({ value }) => value)
      .filter(([{ topic }]) => flags.topic?.includes(topic) ?? true)
      .sort(byQueue);
    if (rows.length === 0 && !(await admin.groups.isKnown(group))) {
      throw notFound(`group '${group}' is not known`, "mq group list shows what there is");
    }
    const missing = missingParts(failures);
    const behind = rows.filter(([, at]) => at.consumerOffset < at.brokerOffset);
    const ranges = await inParallel(behind, ([queue, at]) =>
      rangeOf(client, queue, at.consumerOffset, at.brokerOffset),
    );
    const countMax = context.global.limit ?? countDefault;
    const { messages, next } = await take(storedMessages(pull, ranges), countMax);
    const look = await messageLook(context, flags);
    if (flags.format !== undefined) {
      printFormatted(context, look, messages, flags.format);
      return exitFor(missing);
    }
    await context.output.list({
      kind: "GroupPeek",
      noun: "message",
      nameKey: "messageId",
      columns: [{ key: "topic", head: "TOPIC" }, ...messageColumns],
      items: messages.map(look.itemOf),
      summary:
        rows.length === 0
          ? "the group has no offsets yet"
          : `${messages.length} messages${next === undefined ? "" : "; there are more: --limit N"}`,
      isTruncated: next !== undefined,
      missing,
    });
    return exitFor(missing);
  },
});

/** What retention took away is not waited for. */
async function rangeOf(
  { pull }: Client,
  queue: TailRange["queue"],
  offset: number,
  endOffset: number,
): Promise<TailRange> {
  const minOffset = await pull.minOffset(queue);
  return { queue, minOffset, startOffset: Math.max(offset, minOffset), endOffset };
}
