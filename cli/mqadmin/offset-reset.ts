/**
 * Moves a group to a time, as resetOffsetByTime and skipAccumulatedMessage do: by the brokers where they can, else by
 * committing offsets for a group that is not on line.
 */
import type { Client, MessageQueue, QueueProgressRow } from "../../src/client/index.ts";
import { front } from "./java-format.ts";
import { copiedQueueOrder, queueConcurrentOrder } from "./java-order.ts";
import type { Printer } from "./printer.ts";

export interface OffsetTarget {
  readonly topic: string;
  readonly group: string;
  /** Milliseconds since 1970; -1 is the end. */
  readonly timeMs: number;
  /** Also where that is ahead of where the group stands. */
  readonly isForced: boolean;
  /** Topic whose brokers are asked. */
  readonly routeTopic: string;
}

/** Where the group was moved in each queue; undefined when a broker wants its members on line. */
export async function resetByBrokers(
  client: Client,
  target: OffsetTarget,
): Promise<readonly (readonly [MessageQueue, number])[] | undefined> {
  const { brokers } = await client.admin.topics.route(target.routeTopic);
  const moved: (readonly [MessageQueue, number])[] = [];
  for (const { addresses } of brokers) {
    const address = addresses.get(0) ?? [...addresses.values()][0] ?? "";
    const rows = await client.admin.groups.resetToTime(address, target);
    if (rows === undefined) {
      return undefined;
    }
    moved.push(...rows);
  }
  return copiedQueueOrder(moved);
}

/** A table of them. */
export function printMoved(
  printer: Printer,
  moved: readonly (readonly [MessageQueue, number])[],
): void {
  printer.print("%-40s  %-40s  %-40s%n", "#brokerName", "#queueId", "#offset");
  for (const [{ brokerName, queueId }, offset] of moved) {
    const row = { broker: front(brokerName, 32), queue: queueId, offset };
    printer.row("%-40s  %-40d  %-40d%n", row);
  }
}

/** Commits offsets in the group's name, with a line for each queue. `lastHead` is the head of the last column. */
export async function resetByCommits(
  client: Client,
  printer: Printer,
  target: OffsetTarget,
  lastHead: string,
): Promise<void> {
  const pattern = "%-20s  %-20s  %-20s  %-20s  %-20s  %-20s%n";
  const rows = await progressOf(client, target);
  const lines: Readonly<Record<string, string | number>>[] = [];
  for (const [queue, { brokerOffset, consumerOffset }] of rows) {
    const timeOffset =
      target.timeMs === -1
        ? await client.pull.maxOffset(queue)
        : await client.pull.offsetAtTime(queue, target.timeMs);
    const isMoved = target.isForced || timeOffset <= consumerOffset;
    if (isMoved) {
      await client.pull.commitOffset(target.group, queue, timeOffset);
    }
    const newOffset = isMoved ? timeOffset : consumerOffset;
    const broker = front(queue.brokerName, 32);
    lines.push({
      ...{ broker, queue: queue.queueId, brokerOffset },
      ...{ consumerOffset, timeOffset, newOffset },
    });
  }
  printer.print(
    pattern,
    ...["#brokerName", "#queueId", "#brokerOffset", "#consumerOffset", "#timestampOffset"],
    lastHead,
  );
  for (const line of lines) {
    printer.row(pattern, line);
  }
}

/** Where the group stands in the topic; at the first messages where it never was. */
async function progressOf(
  client: Client,
  { topic, group, routeTopic }: OffsetTarget,
): Promise<readonly QueueProgressRow[]> {
  const { brokers } = await client.admin.topics.route(routeTopic);
  const rows: QueueProgressRow[] = [];
  for (const { addresses } of brokers) {
    const address = addresses.get(0) ?? [...addresses.values()][0] ?? "";
    const { queues } = await client.admin.groups.consumption(address, group);
    const own = queueConcurrentOrder(queues).filter(([queue]) => queue.topic === topic);
    rows.push(...(own.length > 0 ? own : await beginningsOf(client, address, topic)));
  }
  return rows;
}

async function beginningsOf(
  client: Client,
  address: string,
  topic: string,
): Promise<readonly QueueProgressRow[]> {
  const stats = await client.admin.topics.stats(address, topic);
  return stats
    .map(([queue, { minOffset, maxOffset }]): QueueProgressRow => {
      const offsets = { brokerOffset: maxOffset, consumerOffset: minOffset };
      return [queue, { ...offsets, pullOffset: minOffset, lastTimestamp: 0 }];
    })
    .sort(([left], [right]) => left.queueId - right.queueId);
}
