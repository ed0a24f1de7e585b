/** Dead letters: messages that a group failed so often that its broker put them aside, in a topic of their own. */
import { type Admin, ClientError, gather, type QueueStatsRow } from "../../../src/client/index.ts";
import type { MissingPart } from "../../render/listing.ts";
import { missingParts } from "../cluster/chosen-brokers.ts";

const prefix = "%DLQ%";

/** The topic of a group's dead letters. */
export function deadLetterTopic(group: string): string {
  return `${prefix}${group}`;
}

/** The group whose dead letters a topic holds; undefined for other topics. */
export function groupOfDeadLetters(topic: string): string | undefined {
  return topic.startsWith(prefix) ? topic.slice(prefix.length) : undefined;
}

export interface DeadLetterQueues {
  readonly queues: readonly QueueStatsRow[];
  readonly missing: readonly MissingPart[];
}

/** The queues of a group's dead letters over all brokers. Throws ClientError `no_route` when it never had any. */
export async function deadLetterQueues(admin: Admin, group: string): Promise<DeadLetterQueues> {
  const topic = deadLetterTopic(group);
  const { answers, failures } = await gather(await admin.topics.leaders(topic), ({ address }) =>
    admin.topics.stats(address, topic),
  );
  return { queues: answers.flatMap(({ value }) => value), missing: missingParts(failures) };
}

/** How many dead letters a group has; brokers that do not answer are passed over. */
export async function deadLetterCount(admin: Admin, group: string): Promise<number> {
  try {
    return messageCount((await deadLetterQueues(admin, group)).queues);
  } catch (error) {
    if (error instanceof ClientError && error.kind === "no_route") {
      return 0;
    }
    throw error;
  }
}

/** Messages that lie in the queues. */
export function messageCount(rows: readonly QueueStatsRow[]): number {
  return rows.reduce((sum, [, { minOffset, maxOffset }]) => sum + maxOffset - minOffset, 0);
}
