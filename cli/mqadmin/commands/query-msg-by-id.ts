/** `mqadmin queryMsgById`: shows messages by their ids, or hands them to a consumer again, or sends them anew. */
import type { ReceivedMessage } from "../../../src/client/index.ts";
import { notFound } from "../../command-error.ts";
import { handToConsumer } from "../direct-consumption.ts";
import { sendResultText } from "../message-text.ts";
import { printMessage } from "../message-view.ts";
import { option, required } from "../option.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { truth } from "../values.ts";

export const subcommand: Subcommand = {
  options: [
    required("t", "topic", "name of the topic"),
    required("i", "msgId", "ids, separated by commas"),
    option("g", "consumerGroup", "with -d: group of a member that gets the message once more"),
    option("d", "clientId", "with -g: that member"),
    option("s", "sendMessage", "true sends the message to its topic once more"),
    option("u", "unitName", "taken and passed over"),
    option("f", "bodyFormat", "text encoding in which the body is shown"),
    option("c", "cluster", "taken and passed over"),
  ],
  spelling: (line) => `message get ${line.text("i")} --topic ${line.text("t")}`,
  async run(call) {
    const { line } = call;
    const ids = line
      .text("i")
      .split(",")
      .filter((id) => id.trim() !== "");
    for (const id of ids.map((each) => each.trim())) {
      const message = await find(call, id);
      if (line.has("g") && line.has("d")) {
        await handToConsumer(call, message, line.text("g"), line.text("d"));
      } else if (line.has("s")) {
        await sendAgain(call, message, id);
      } else {
        const charset = line.value("f");
        await printMessage(call, message, { hasOffsetId: true, charset, trackEnding: "%n" });
      }
    }
    return undefined;
  },
};

/** An id of either kind: where the message lies, or its producer's. */
async function find({ client, line }: AdminCall, id: string): Promise<ReceivedMessage> {
  const topic = line.text("t");
  const lying = await client.messages.viewMessage(id).catch(() => undefined);
  const found = lying ?? (await client.messages.queryByUniqueKey(topic, id)).at(-1);
  if (found === undefined) {
    throw notFound(`topic '${topic}' has no message '${id}'`);
  }
  return found;
}

async function sendAgain(call: AdminCall, message: ReceivedMessage, id: string): Promise<void> {
  const { client, line, printer } = call;
  if (!truth(line, "s", false)) {
    return;
  }
  const { topic, body, flag, properties } = message;
  const sent = await client.producer.send({ topic, body, flag, properties });
  printer.item({ originalId: id, ...sent });
  printer.print("prepare resend msg. originalMsgId=%s%s", id, sendResultText(sent));
}
