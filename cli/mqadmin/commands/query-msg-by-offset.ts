/** `mqadmin queryMsgByOffset`: shows the message at an offset of a queue. */
import { printMessage } from "../message-view.ts";
import { option, required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";
import { wholeNumber } from "../values.ts";

export const subcommand: Subcommand = {
  options: [
    required("t", "topic", "name of the topic"),
    required("b", "brokerName", "name of the broker"),
    required("i", "queueId", "id of the queue"),
    required("o", "offset", "offset in the queue"),
    option("f", "bodyFormat", "text encoding in which the body is shown"),
    option("r", "routeTopic", "taken and passed over"),
  ],
  spelling: (line) =>
    `message get ${line.text("t")}/${line.text("i")}/${line.text("o")} --broker ${line.text("b")}`,
  async run(call) {
    const { client, line } = call;
    const queue = {
      topic: line.text("t"),
      brokerName: line.text("b"),
      queueId: wholeNumber(line, "i", 0),
    };
    const offset = wholeNumber(line, "o", 0);
    const found = await client.pull.pull({ group: "TOOLS_CONSUMER", queue, offset, countMax: 1 });
    const [message] = found.kind === "found" ? found.messages : [];
    if (message !== undefined) {
      await printMessage(call, message, {
        from: found,
        hasOffsetId: true,
        charset: line.value("f"),
        trackEnding: "%n",
      });
    }
    return undefined;
  },
};
