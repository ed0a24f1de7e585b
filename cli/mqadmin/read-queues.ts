/** The queues that consumers of a topic read, in the order in which the official tool walks them. */
import type { Client, MessageQueue } from "../../src/client/index.ts";
import { queueHashOrder } from "./java-order.ts";

/** Throws ClientError `no_route`. */
export async function readQueues(client: Client, topic: string): Promise<readonly MessageQueue[]> {
  const { queues } = await client.admin.topics.route(topic);
  const readable = queues
    .filter(({ perm }) => (perm & 4) !== 0)
    .flatMap(({ brokerName, readQueueCount }) =>
      Array.from({ length: readQueueCount }, (_, queueId) => ({ topic, brokerName, queueId })),
    );
  return queueHashOrder(readable);
}
