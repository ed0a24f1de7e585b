/**
 * The operator of a simulated cluster: makes topics, changes their queue counts, resets the offsets of a
 * group that nobody consumes with. What was asked for stands in the topic record, for the checker of routes.
 */
import { ClientError } from "../../src/client/index.ts";
import type { TopicRequest } from "./checkers/routes.ts";
import { brokerName } from "./cluster.ts";
import {
  attempt,
  type ClientProcess,
  queryOffset,
  queueNumber,
  topicName,
  wait,
} from "./workload.ts";

const readWrite = 6;

/** Every topic change that was asked for, in order. */
export type TopicRecord = TopicRequest[];

/** Creates the topics of the load on every broker; returns when all have them. */
export async function createTopics(process: ClientProcess, record: TopicRecord): Promise<void> {
  for (let broker = 0; broker < process.plan.brokerCount; broker++) {
    for (let index = 0; index < process.plan.topicCount; index++) {
      while (
        !(await setTopic(process, record, broker, topicName(index), process.plan.queueCount))
      ) {
        await wait(process, 200);
      }
    }
  }
}

/** Changes topics and resets offsets until the load is over. */
export async function operate(process: ClientProcess, record: TopicRecord): Promise<void> {
  const { random, plan, isLoading } = process;
  let madeCount = 0;
  while (isLoading()) {
    await wait(process, random.between(50, 1_500));
    const broker = random.below(plan.brokerCount);
    if (random.chance(0.5)) {
      const index = random.chance(0.4) ? madeCount++ : random.below(madeCount + 1);
      await setTopic(process, record, broker, `extra-${index}`, 1 + random.below(8));
    } else {
      await resetIdleGroup(process);
    }
  }
}

async function setTopic(
  process: ClientProcess,
  record: TopicRecord,
  broker: number,
  topic: string,
  queueCount: number,
): Promise<boolean> {
  const { client, scribe } = process;
  const name = brokerName(broker);
  const address = `127.0.0.1:${10_911 + 10 * broker}`;
  const request: TopicRequest = {
    topic,
    brokerName: name,
    queueCount,
    invoked: scribe.next(),
    ended: Number.POSITIVE_INFINITY,
    isAcknowledged: false,
  };
  record.push(request);
  const result = await attempt(() =>
    client.admin.topics.update(address, {
      topic,
      readQueueCount: queueCount,
      writeQueueCount: queueCount,
      perm: readWrite,
    }),
  );
  request.ended = scribe.next();
  request.isAcknowledged = !(result instanceof ClientError);
  return request.isAcknowledged;
}

/** A reset is a commit that may go anywhere; the group has no members that could commit against it. */
async function resetIdleGroup(process: ClientProcess): Promise<void> {
  const { client, random, scribe, plan } = process;
  const group = "idle-group";
  const queues = await attempt(() => client.pull.queues(topicName(random.below(plan.topicCount))));
  if (queues instanceof ClientError || queues.length === 0) {
    return;
  }
  const queue = random.pick(queues);
  const maxOffset = await attempt(() => client.pull.maxOffset(queue));
  if (maxOffset instanceof ClientError) {
    return;
  }
  const offset = random.below(maxOffset + 1);
  const asked = scribe.commit(`${group} ${queue.topic} ${queueNumber(queue)}`, offset);
  const result = await attempt(() => client.admin.groups.resetOffset(group, queue, offset));
  scribe.commitEnded(asked, result instanceof ClientError ? "info" : "ok");
  await queryOffset(process, group, queue);
}
