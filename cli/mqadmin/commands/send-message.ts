/** `mqadmin sendMessage`: sends one message. */
import { usageError } from "../../command-error.ts";
import { option, required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";
import { wholeNumber } from "../values.ts";

const pattern = "%-32s  %-4s  %-20s    %s%n";

export const subcommand: Subcommand = {
  options: [
    required("t", "topic", "name of the topic"),
    required("p", "body", "the body, as UTF-8"),
    option("k", "key", "keys, separated by spaces"),
    option("c", "tags", "the tag"),
    option("b", "broker", "name of the broker"),
    option("i", "qid", "with -b: id of the queue"),
    option("m", "msgTraceEnable", "taken and passed over: mq sends no traces yet"),
  ],
  spelling: (line) => `topic produce ${line.text("t")} --value ${JSON.stringify(line.text("p"))}`,
  async run({ client, line, printer }) {
    if (line.has("i") && !line.has("b")) {
      printer.print("Broker name must be set if the queue is chosen!");
      throw usageError("-i needs -b, the broker's name");
    }
    const topic = line.text("t");
    const queueId = wholeNumber(line, "i", -1);
    const keys = line.value("k")?.split(" ");
    const message = { topic, body: Buffer.from(line.text("p")), keys, tag: line.value("c") };
    const queue = queueId < 0 ? undefined : { topic, brokerName: line.text("b"), queueId };
    const sent = await client.producer.send(message, { queue });
    printer.print(pattern, "#Broker Name", "#QID", "#Send Result", "#MsgId");
    printer.row(pattern, {
      broker: sent.queue.brokerName,
      queue: sent.queue.queueId,
      status: sent.status,
      id: sent.uniqueKey,
    });
    return undefined;
  },
};
