/** `mqadmin topicStatus`: offsets of a topic's queues. */
import { byQueue, type QueueStatsRow } from "../../../src/client/index.ts";
import { notFound } from "../../command-error.ts";
import { front } from "../java-format.ts";
import { option, required } from "../option.ts";
import { staticQueueRows } from "../static-offsets.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { brokersOfTopic } from "../targets.ts";
import { millisecondsText } from "../values.ts";

export const subcommand: Subcommand = {
  options: [
    required("t", "topic", "name of the topic"),
    option("c", "cluster", "topic whose brokers are asked instead of the topic's own"),
  ],
  spelling: (line) => `topic describe ${line.text("t")}`,
  async run(call) {
    const { client, line, printer } = call;
    const topic = line.text("t");
    const rows: QueueStatsRow[] = [];
    for (const address of await brokersOfTopic(client, line.value("c") ?? topic)) {
      rows.push(...(await client.admin.topics.stats(address, topic)));
    }
    if (rows.length === 0 && !line.has("c")) {
      throw notFound(`topic '${topic}' has no queues on the brokers of its route`);
    }
    rows.push(...(await staticRowsOf(call, rows)));
    printer.print(
      "%-32s  %-4s  %-20s  %-20s    %s%n",
      ...["#Broker Name", "#QID", "#Min Offset", "#Max Offset", "#Last Updated"],
    );
    for (const [queue, stats] of rows.sort(byQueue)) {
      const { minOffset, maxOffset, lastUpdateTimestamp } = stats;
      printer.row("%-32s  %-4d  %-20d  %-20d    %s%n", {
        broker: front(queue.brokerName, 32),
        queue: queue.queueId,
        minOffset,
        maxOffset,
        lastUpdated: lastUpdateTimestamp > 0 ? millisecondsText(lastUpdateTimestamp) : "",
      });
    }
    // The official tool never fills this rate in.
    printer.print("%nTopic Put TPS: 0.0%n");
    return undefined;
  },
};

/** The official tool has them only without `-c`. */
async function staticRowsOf(
  { client, line }: AdminCall,
  rows: readonly QueueStatsRow[],
): Promise<readonly QueueStatsRow[]> {
  return line.has("c") ? [] : await staticQueueRows(client, line.text("t"), rows);
}
