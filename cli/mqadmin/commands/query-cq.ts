/** `mqadmin queryCq`: the entries of a queue, and whether a group would be given them. */
import { javaJson } from "../java-json.ts";
import { hashOrder, numberHashOrder } from "../java-order.ts";
import { option, required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";
import { brokersOfTopic } from "../targets.ts";
import { wholeNumber } from "../values.ts";

const countDefault = 10;
const rule = "======================================%n";

export const subcommand: Subcommand = {
  options: [
    required("t", "topic", "name of the topic"),
    required("q", "queue", "id of the queue"),
    required("i", "index", "offset of the first entry"),
    option("c", "count", "how many entries, 10 unless told"),
    option("b", "broker", "the broker, HOST:PORT"),
    option("g", "consumer", "group whose filter is tried on the entries"),
  ],
  spelling: () => undefined,
  async run({ client, line, printer }) {
    const topic = line.text("t");
    const address = line.value("b") ?? (await brokersOfTopic(client, topic))[0] ?? "";
    const first = wholeNumber(line, "i", 0);
    const found = await client.admin.brokers.queueEntries(address, {
      topic,
      queueId: wholeNumber(line, "q", 0),
      first,
      count: wholeNumber(line, "c", countDefault),
      group: line.value("g"),
    });
    const { subscription, filterRemark, minOffset, maxOffset } = found;
    if (subscription !== undefined) {
      const shown = javaJson({
        classFilterMode: subscription.classFilterMode,
        codeSet: new Set(numberHashOrder(subscription.tagHashes)),
        expressionType: subscription.expressionType,
        subString: subscription.expression,
        subVersion: Number(subscription.subVersion),
        tagsSet: new Set(hashOrder(subscription.tags, (tag) => tag)),
        topic: subscription.topic,
      });
      printer.print(`Subscription data: %n%s%n${rule}`, shown);
    }
    if (filterRemark !== undefined) {
      printer.print(`Filter data: %n%s%n${rule}`, filterRemark);
    }
    printer.print(`Queue data: %nmax: %d, min: %d%n${rule}`, maxOffset, minOffset);
    for (const [index, entry] of found.entries.entries()) {
      const { physicalOffset, sizeBytes, tagsCode, isTaken, problem } = entry;
      printer.item({ offset: first + index, ...entry });
      printer.print(
        `idx: %d%nConsumeQueueData{physicOffset=%d, physicSize=%d, tagsCode=%d, extendDataJson='null', bitMap='null', eval=%s, msg='%s'}%n${rule}`,
        ...[first + index, physicalOffset, sizeBytes, tagsCode, isTaken, problem],
      );
    }
    return undefined;
  },
};
