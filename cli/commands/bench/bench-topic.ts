/** The topics of a measurement: made before it starts, so that the first sends do not all make it. */
import type { CommandContext } from "../../command.ts";
import { isRouted, untilRouted } from "../topic/routed.ts";

const queueCount = 8;
const readWrite = 6;

/** Makes on every broker what no nameserver knows of the topics, and waits until one does. */
export async function makeBenchTopics(
  context: CommandContext,
  topics: readonly string[],
): Promise<void> {
  const { admin } = context.client();
  const made: string[] = [];
  for (const topic of topics) {
    if (await isRouted(context, topic)) {
      continue;
    }
    for (const { address } of await admin.cluster.brokers()) {
      await admin.topics.update(address, {
        topic,
        readQueueCount: queueCount,
        writeQueueCount: queueCount,
        perm: readWrite,
      });
    }
    made.push(topic);
  }
  for (const topic of made) {
    await untilRouted(context, topic);
  }
}
