/** Where the queues of a static topic begin and end, worked out from the queues in which their parts lie. */
import type { Client, QueueStatsRow, StaticQueuePart } from "../../src/client/index.ts";
import { brokersOfTopic } from "./targets.ts";

const globalScope = "__global__";

/** A row for each static queue; none for other topics. `rows` are those of the brokers. Throws ClientError. */
export async function staticQueueRows(
  client: Client,
  topic: string,
  rows: readonly QueueStatsRow[],
): Promise<readonly QueueStatsRow[]> {
  const { mappings } = await client.admin.topics.route(topic);
  if (mappings === undefined) {
    return [];
  }
  const stats = new Map(
    rows.map(([{ brokerName, queueId }, each]) => [`${brokerName}:${queueId}`, each]),
  );
  const found: QueueStatsRow[] = [];
  for (const [queueId, { scope, parts }] of await ledQueues(client, topic)) {
    const decided = parts.filter(({ logicOffset }) => logicOffset >= 0);
    const [first, last] = [decided[0], decided.at(-1)];
    const begin = stats.get(placeOf(first));
    const end = stats.get(placeOf(last));
    if (first !== undefined && last !== undefined && begin !== undefined && end !== undefined) {
      const queue = { topic, brokerName: standInOf(scope), queueId };
      const minOffset = logicOffset(first, begin.minOffset, first.endOffset);
      const maxOffset = logicOffset(last, end.maxOffset, -1);
      const { lastUpdateTimestamp } = end;
      found.push([queue, { minOffset, maxOffset, lastUpdateTimestamp }]);
    }
  }
  return found;
}

interface LedQueue {
  readonly scope: string;
  readonly parts: readonly StaticQueuePart[];
}

/** As the brokers that lead them know them; where two think so, the one with the newer mapping. */
async function ledQueues(client: Client, topic: string): Promise<ReadonlyMap<number, LedQueue>> {
  const mappings = [];
  for (const address of await brokersOfTopic(client, topic)) {
    mappings.push((await client.admin.staticTopics.topic(address, topic))?.mapping ?? []);
  }
  const led = new Map<number, LedQueue>();
  for (const { brokerName, scope, queues } of mappings
    .flat()
    .sort((left, right) => left.epoch - right.epoch)) {
    for (const [id, parts] of queues) {
      if (parts.at(-1)?.brokerName === brokerName) {
        led.set(id, { scope, parts });
      }
    }
  }
  return led;
}

/** RocketMQ's clients see static queues on a broker that is not there. */
function standInOf(scope: string): string {
  return `__syslo__${scope === globalScope ? scope.slice(2) : scope}`;
}

function placeOf(part: StaticQueuePart | undefined): string {
  return part === undefined ? "" : `${part.brokerName}:${part.queueId}`;
}

/** Of an offset in the queue where the part lies, at most its end; -1 is no end. */
function logicOffset(part: StaticQueuePart, offset: number, end: number): number {
  const inside = end >= part.startOffset ? Math.min(offset, end) : offset;
  return part.logicOffset + Math.max(0, inside - part.startOffset);
}
