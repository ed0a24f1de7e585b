/** `mqadmin queryMsgByKey`: lists the messages with a key. */
import { notFound, usageError } from "../../command-error.ts";
import { messageId, messageItem } from "../message-text.ts";
import { option, required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";
import { wholeNumber } from "../values.ts";

const hourMs = 3_600_000;
const countDefault = 64;

export const subcommand: Subcommand = {
  options: [
    required("t", "topic", "name of the topic"),
    required("k", "msgKey", "the key"),
    option("b", "beginTimestamp", "stored at that time or later, in milliseconds since 1970"),
    option("e", "endTimestamp", "stored at that time or before"),
    option("m", "maxNum", "how many at most, 64 unless told"),
    option("c", "cluster", "taken and passed over"),
    option("p", "keyType", "K: by key; by tag (T) is not supported by mq yet"),
    option("l", "lastKey", "taken and passed over"),
  ],
  spelling: (line) => `message find --topic ${line.text("t")} --key ${line.text("k")}`,
  async run({ client, line, printer }) {
    const [topic, key] = [line.text("t"), line.text("k")];
    const kind = line.value("p") ?? "K";
    if (kind !== "K") {
      throw usageError(`-p: '${kind}': mq finds messages by key (K)`);
    }
    const found = await client.messages.queryByKey(topic, key, {
      fromMs: wholeNumber(line, "b", 0),
      ...(line.has("e") ? { toMs: wholeNumber(line, "e", 0) } : {}),
      countMax: wholeNumber(line, "m", countDefault),
      keepsOrder: true,
    });
    if (found.length === 0) {
      throw notFound(`topic '${topic}' has no message with key '${key}'`);
    }
    printer.print("%-50s %4s %40s %-200s%n", "#Message ID", "#QID", "#Offset", "#IndexKey");
    for (const message of found) {
      const id = messageId(message);
      const hour = Math.floor(message.storeTimestampMs / hourMs) * hourMs;
      const indexKey = [hour, topic, kind, key, id, message.physicalOffset].join("@");
      printer.item({ ...messageItem(message), indexKey });
      printer.print(
        "%-50s %4d %40d %-200s%n",
        ...[id, message.queueId, message.queueOffset, indexKey],
      );
    }
    return undefined;
  },
};
