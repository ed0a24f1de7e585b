/** `mqadmin brokerConsumeStats`: how far all groups of a broker are behind, queue by queue. */
import { byQueue } from "../../../src/client/index.ts";
import { front } from "../java-format.ts";
import { option, required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";
import { secondsText, truth, wholeNumber } from "../values.ts";

const timeoutMsDefault = 50_000;
const pattern = "%-64s  %-64s  %-32s  %-4d  %-20d  %-20d  %-20d  %s%n";

export const subcommand: Subcommand = {
  options: [
    required("b", "brokerAddr", "the broker, HOST:PORT"),
    option("t", "timeoutMillis", "how long to wait for the answer, in milliseconds"),
    option("l", "level", "only queues that are at least so many messages behind"),
    option("o", "order", "true: only ordered topics"),
  ],
  spelling: () => "group list",
  async run({ client, line, printer }) {
    const level = wholeNumber(line, "l", 0);
    const found = await client.admin.brokers.consumption(line.text("b"), {
      isOrdered: truth(line, "o", false),
      timeoutMs: wholeNumber(line, "t", timeoutMsDefault),
    });
    printer.print(
      "%-64s  %-64s  %-32s  %-4s  %-20s  %-20s  %-20s  %s%n",
      ...["#Topic", "#Group", "#Broker Name", "#QID", "#Broker Offset", "#Consumer Offset"],
      ...["#Diff", "#LastTime"],
    );
    for (const [group, stats] of found.groups) {
      for (const [queue, progress] of stats.flatMap(({ queues }) => [...queues].sort(byQueue))) {
        const { brokerOffset, consumerOffset, lastTimestamp } = progress;
        const diff = brokerOffset - consumerOffset;
        if (diff >= level && lastTimestamp > 0) {
          printer.row(pattern, {
            topic: front(queue.topic, 64),
            group,
            broker: front(queue.brokerName, 32),
            queue: queue.queueId,
            brokerOffset,
            consumerOffset,
            diff,
            lastTime: secondsText(lastTimestamp),
          });
        }
      }
    }
    printer.print("%nDiff Total: %d%n", found.totalDiff);
    return undefined;
  },
};
