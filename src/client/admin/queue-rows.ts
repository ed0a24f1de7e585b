/** What brokers say of single queues, in the order in which people look for them. */
import type { ConsumeProgress } from "../../protocol/remoting/bodies/consume-stats.ts";
import type { QueueStats } from "../../protocol/remoting/bodies/topic-stats.ts";
import type { MessageQueue } from "../message.ts";
import { compareQueues } from "../route-cache.ts";

export type QueueStatsRow = readonly [MessageQueue, QueueStats];
export type QueueProgressRow = readonly [MessageQueue, ConsumeProgress];

/** By topic, broker and queue. */
export function byQueue(
  [left]: readonly [MessageQueue, unknown],
  [right]: readonly [MessageQueue, unknown],
): number {
  if (left.topic !== right.topic) {
    return left.topic < right.topic ? -1 : 1;
  }
  return compareQueues(left, right);
}
