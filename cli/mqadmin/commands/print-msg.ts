/** `mqadmin printMsg`: prints the messages of all queues of a topic. */
import type { MessageQueue } from "../../../src/client/index.ts";
import { printPulled, queueRange } from "../message-pull.ts";
import { queueText } from "../message-text.ts";
import { option, required } from "../option.ts";
import { readQueues } from "../read-queues.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { truth } from "../values.ts";

const atOnce = 32;

export const subcommand: Subcommand = {
  options: [
    required("t", "topic", "name of the topic"),
    option("c", "charsetName", "text encoding of the bodies, UTF-8 unless told"),
    option("s", "subExpression", "tags, joined by ||"),
    option("b", "beginTimestamp", "milliseconds since 1970, or yyyy-MM-dd#HH:mm:ss:SSS"),
    option("e", "endTimestamp", "likewise"),
    option("d", "printBody", "false leaves bodies out"),
    option("l", "lmqParentTopic", "taken and passed over"),
  ],
  spelling: (line) => `topic tail ${line.text("t")} --offset start --exit-at-end`,
  async run(call) {
    for (const queue of await readQueues(call.client, call.line.text("t"))) {
      await printQueue(call, queue);
    }
    return undefined;
  },
};

async function printQueue(call: AdminCall, queue: MessageQueue): Promise<void> {
  const { client, line, printer, signal } = call;
  const { minOffset, maxOffset } = await queueRange(call, queue);
  const shown = queueText(queue);
  printer.print("minOffset=%s, maxOffset=%s, %s%n", minOffset, maxOffset, shown);
  const look = { charset: line.value("c") ?? "UTF-8", hasBody: truth(line, "d", true) };
  let offset = minOffset;
  while (offset < maxOffset && !signal.aborted) {
    const expression = line.value("s");
    const group = "TOOLS_CONSUMER";
    const found = await client.pull.pull({ group, queue, offset, countMax: atOnce, expression });
    offset = found.nextOffset;
    if (found.kind === "found") {
      printPulled(printer, found, look);
    } else if (found.kind === "nothing_matched") {
      printer.print("%s no matched msg. status=NO_MATCHED_MSG, offset=%s%n", shown, offset);
    } else {
      const status = found.kind === "caught_up" ? "NO_NEW_MSG" : "OFFSET_ILLEGAL";
      printer.print("%s print msg finished. status=%s, offset=%s%n", shown, status, offset);
      break;
    }
  }
  printer.print("--------------------------------------------------------%n");
}
