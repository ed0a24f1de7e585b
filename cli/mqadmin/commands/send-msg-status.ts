/** `mqadmin sendMsgStatus`: sends messages to the topic that is named like a broker, and says how long each took. */

import { sendResultText } from "../message-text.ts";
import { option, required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";
import { wholeNumber } from "../values.ts";

const countDefault = 50;
const bytesDefault = 128;
const firstBytes = 16;
const word = "mq ";

export const subcommand: Subcommand = {
  options: [
    required("b", "brokerName", "name of the broker, which every broker has a topic of"),
    option("s", "messageSize", "bytes of each body, 128 unless told"),
    option("c", "count", "how many messages, 50 unless told"),
  ],
  spelling: (line) =>
    `bench produce --topic ${line.text("b")} --count ${wholeNumber(line, "c", countDefault)}`,
  async run({ client, environment, line, printer, signal }) {
    const topic = line.text("b");
    const body = Buffer.alloc(wholeNumber(line, "s", bytesDefault), word);
    await client.producer.send({ topic, body: body.subarray(0, firstBytes) });
    const count = wholeNumber(line, "c", countDefault);
    for (let index = 0; index < count && !signal.aborted; index++) {
      const startMs = environment.clock.elapsedMs();
      const sent = await client.producer.send({ topic, body });
      const elapsedMs = Math.round(environment.clock.elapsedMs() - startMs);
      printer.item({ milliseconds: elapsedMs, ...sent });
      printer.print("rt=%sms, SendResult=%s%n", elapsedMs, sendResultText(sent));
    }
    return undefined;
  },
};
