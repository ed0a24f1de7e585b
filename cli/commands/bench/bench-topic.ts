/** The topic of a measurement: made before it starts, so that the first sends do not all make it. */
import type { CommandContext } from "../../command.ts";
import { isRouted, untilRouted } from "../topic/routed.ts";

const queueCount = 8;
const readWrite = 6;

/** Makes the topic on every broker when no nameserver knows it, and waits until one does. */
export async function makeBenchTopic(context: CommandContext, topic: string): Promise<void> {
  if (await isRouted(context, topic)) {
    return;
  }
  const { admin } = context.client();
  for (const { address } of await admin.cluster.brokers()) {
    await admin.topics.update(address, {
      topic,
      readQueueCount: queueCount,
      writeQueueCount: queueCount,
      perm: readWrite,
    });
  }
  await untilRouted(context, topic);
}
