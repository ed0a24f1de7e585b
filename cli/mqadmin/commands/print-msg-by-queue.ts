/** `mqadmin printMsgByQueue`: prints the messages of a queue, or counts them by tag. */

import { hashOrder } from "../java-order.ts";
import { printPulled, queueRange } from "../message-pull.ts";
import { option, required } from "../option.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { truth, wholeNumber } from "../values.ts";

const atOnce = 32;

export const subcommand: Subcommand = {
  options: [
    required("t", "topic", "name of the topic"),
    required("a", "brokerName", "name of the broker"),
    required("i", "queueId", "id of the queue"),
    option("c", "charsetName", "text encoding of the bodies, UTF-8 unless told"),
    option("s", "subExpression", "tags, joined by ||"),
    option("b", "beginTimestamp", "milliseconds since 1970, or yyyy-MM-dd#HH:mm:ss:SSS"),
    option("e", "endTimestamp", "likewise"),
    option("p", "print msg", "true prints messages"),
    option("d", "printBody", "true prints their bodies as well"),
    option("f", "calculate", "true counts messages by tag"),
  ],
  spelling: (line) =>
    `topic tail ${line.text("t")} --queue ${line.text("i")} --offset start --exit-at-end`,
  async run(call) {
    const tags = await readQueue(call);
    if (truth(call.line, "f", false)) {
      const sorted = [...hashOrder([...tags], ([tag]) => tag)].sort(([, a], [, b]) => b - a);
      for (const [tag, count] of sorted) {
        call.printer.row("Tag: %-30s Count: %s%n", { tag, count });
      }
    }
    return undefined;
  },
};

/** Resolves with the number of messages by tag. */
async function readQueue(call: AdminCall): Promise<ReadonlyMap<string, number>> {
  const { client, line, printer, signal } = call;
  const topic = line.text("t");
  const queue = { topic, brokerName: line.text("a"), queueId: wholeNumber(line, "i", 0) };
  const { minOffset, maxOffset } = await queueRange(call, queue);
  const look = { charset: line.value("c") ?? "UTF-8", hasBody: truth(line, "d", false) };
  const isPrinted = truth(line, "p", false);
  const expression = line.value("s");
  const tags = new Map<string, number>();
  let offset = minOffset;
  while (offset < maxOffset && !signal.aborted) {
    const group = "TOOLS_CONSUMER";
    const found = await client.pull.pull({ group, queue, offset, countMax: atOnce, expression });
    if (found.kind !== "found") {
      break;
    }
    offset = found.nextOffset;
    for (const { tag = "" } of found.messages.filter((message) => (message.tag ?? "") !== "")) {
      tags.set(tag, (tags.get(tag) ?? 0) + 1);
    }
    if (isPrinted) {
      printPulled(printer, found, look);
    }
  }
  return tags;
}
