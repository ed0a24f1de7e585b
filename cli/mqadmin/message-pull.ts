/** What printMsg, printMsgByQueue and consumeMessage have in common: between which offsets, and how a message looks. */
import type { MessageQueue, PullResult } from "../../src/client/index.ts";
import { bodyText, messageId, messageItem, messageText } from "./message-text.ts";
import type { Printer } from "./printer.ts";
import type { AdminCall } from "./subcommand.ts";
import { timeOf } from "./values.ts";

/** Offsets of the queue, or of the times `-b` and `-e`. */
export async function queueRange(
  { client, line }: AdminCall,
  queue: MessageQueue,
): Promise<{ readonly minOffset: number; readonly maxOffset: number }> {
  const [from, to] = [line.value("b"), line.value("e")];
  return {
    minOffset:
      from === undefined
        ? await client.pull.minOffset(queue)
        : await client.pull.offsetAtTime(queue, timeOf("b", from)),
    maxOffset:
      to === undefined
        ? await client.pull.maxOffset(queue)
        : await client.pull.offsetAtTime(queue, timeOf("e", to)),
  };
}

/** A line for each message. */
export function printPulled(
  printer: Printer,
  found: Extract<PullResult, { readonly kind: "found" }>,
  look: { readonly charset: string; readonly hasBody: boolean },
): void {
  for (const message of found.messages) {
    const body = look.hasBody ? bodyText(message.body, look.charset) : "NOT PRINT BODY";
    printer.item(messageItem(message));
    const shown = messageText(message, found);
    printer.print("MSGID: %s %s BODY: %s%n", messageId(message), shown, body);
  }
}
