/** Dead letters: messages that a group failed so often that its broker put them aside, in a topic of their own. */
import {
  type Admin,
  ClientError,
  gather,
  type QueueStatsRow,
  type ReceivedMessage,
} from "../../../src/client/index.ts";
import type { CommandContext } from "../../command.ts";
import { CommandError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
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

/** How many dead letters a group has, none when it never had any; and the brokers that did not say. */
export async function deadLettersOf(
  admin: Admin,
  group: string,
): Promise<{ readonly count: number; readonly missing: readonly MissingPart[] }> {
  try {
    const { queues, missing } = await deadLetterQueues(admin, group);
    return { count: messageCount(queues), missing };
  } catch (error) {
    if (error instanceof ClientError && error.kind === "no_route") {
      return { count: 0, missing: [] };
    }
    throw error;
  }
}

/** Messages that lie in the queues. */
export function messageCount(rows: readonly QueueStatsRow[]): number {
  return rows.reduce((sum, [, { minOffset, maxOffset }]) => sum + maxOffset - minOffset, 0);
}

/** None for a group that never had a dead letter. */
export async function readableQueues(context: CommandContext, group: string) {
  const { admin, pull } = context.client();
  const topic = deadLetterTopic(group);
  try {
    const queues = await pull.queues(topic);
    if (queues.length === 0) {
      // RocketMQ before 5 makes these topics so that nobody can read them.
      throw new CommandError(
        "MQ-E-UNREADABLE",
        exitCode.precondition,
        `the dead letters of '${group}' may not be read`,
        { hint: `mq topic update '${topic}' --perm rw` },
      );
    }
    return queues;
  } catch (error) {
    if (error instanceof ClientError && error.kind === "no_route") {
      if (await admin.groups.isKnown(group)) {
        return [];
      }
      throw new CommandError("MQ-E-NOTFOUND", exitCode.notFound, `group '${group}' is not known`, {
        hint: "mq dlq list shows groups with dead letters",
      });
    }
    throw error;
  }
}

/** What brokers note when they put a message aside; a client that does it itself notes less. */
export function originOf({ properties }: ReceivedMessage) {
  return {
    originTopic: properties.get("DLQ_ORIGIN_TOPIC") ?? properties.get("RETRY_TOPIC") ?? null,
    originMessageId:
      properties.get("DLQ_ORIGIN_MESSAGE_ID") ?? properties.get("ORIGIN_MESSAGE_ID") ?? null,
  };
}
