/** The queues of a topic that are read, and those that are written, in the orders in which the official tool takes them. */
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

/** Throws ClientError `no_route`. */
export async function writeQueues(client: Client, topic: string): Promise<readonly MessageQueue[]> {
  const { brokers, queues } = await client.admin.topics.route(topic);
  return [...queues]
    .sort((left, right) => (left.brokerName < right.brokerName ? -1 : 1))
    .filter(({ brokerName, perm }) => {
      const broker = brokers.find((each) => each.brokerName === brokerName);
      return (perm & 2) !== 0 && broker?.addresses.has(0) === true;
    })
    .flatMap(({ brokerName, writeQueueCount }) =>
      Array.from({ length: writeQueueCount }, (_, queueId) => ({ topic, brokerName, queueId })),
    );
}
