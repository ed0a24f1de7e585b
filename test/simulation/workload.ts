/**
 * The clients of a simulated cluster, all of them the product's own client code: producers, consumers
 * that pull and commit, an operator who changes topics and resets offsets. Each writes down what it asked
 * for and what came of it.
 */
import {
  type Client,
  ClientError,
  createClient,
  type MessageQueue,
  type PullResult,
  type ReceivedMessage,
} from "../../src/client/index.ts";
import type { Environment } from "../../src/io/environment.ts";
import type { Address } from "../../src/io/network.ts";
import { makeBody, messageId, readBody } from "./body.ts";
import type { ClusterPlan } from "./cluster-plan.ts";
import type { Outcome, Place, Scribe, SeenRecord, Send, Sighting } from "./history.ts";
import type { SeededRandom } from "./random.ts";

/** One client process. */
export interface ClientProcess {
  readonly environment: Environment;
  readonly client: Client;
  readonly scribe: Scribe;
  readonly random: SeededRandom;
  readonly plan: ClusterPlan;
  /** Numbers messages over all processes. */
  readonly counter: { next: number };
  /** False once the load is over. */
  readonly isLoading: () => boolean;
}

/**
 * Codes with which a broker says that nothing was stored. Not 14: a broker whose disk fails answers it also
 * for what it had appended and cannot sync, which may be there after a restart.
 */
const refusalCodes: ReadonlySet<number> = new Set([2, 13, 16, 17]);

/** Waits in virtual time. */
export function wait({ environment }: ClientProcess, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    environment.clock.after(delayMs, resolve);
  });
}

/** A client of the cluster. */
export function connect(
  environment: Environment,
  nameservers: readonly Address[],
  timeoutMs: number,
): Client {
  return createClient(environment, {
    nameservers: nameservers.map(({ host, port }) => `${host}:${port}`),
    timeoutMs,
  });
}

export function topicName(index: number): string {
  return `topic-${index}`;
}

/** How histories name a queue: brokers number their queues on their own. */
export function queueNumber({ brokerName, queueId }: MessageQueue): number {
  return (brokerName.charCodeAt(brokerName.length - 1) - 97) * 100 + queueId;
}

/** Runs the work and lets errors of the cluster pass: the next try is the caller's loop. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | ClientError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ClientError) {
      return error;
    }
    throw error;
  }
}

/** Sends until the load is over: single messages, batches and one-way ones. */
export async function produce(process: ClientProcess): Promise<void> {
  const { random, plan, isLoading } = process;
  while (isLoading()) {
    await wait(process, random.between(0, 2 * plan.paceMs));
    const topic = topicName(random.below(plan.topicCount));
    const kind = random.pick(["single", "single", "single", "batch", "oneway", "burst"]);
    let isStored = true;
    if (kind === "batch") {
      isStored = await sendBatch(process, topic);
    } else if (kind === "oneway") {
      await sendOneway(process, topic);
    } else {
      for (let index = kind === "burst" ? random.below(10) : 0; index > 0; index--) {
        void sendOne(process, topic);
      }
      isStored = await sendOne(process, topic);
    }
    if (!isStored) {
      await wait(process, random.between(1, 300));
    }
  }
}

async function sendOne(process: ClientProcess, topic: string): Promise<boolean> {
  const { client, random } = process;
  const queue = random.chance(0.5) ? await chooseQueue(process, topic) : undefined;
  const send = begin(process, topic, queue, queue === undefined ? 3 : 1);
  const result = await attempt(() =>
    client.producer.send(
      { topic, body: makeBody(send.id, process.plan.bodyBytes) },
      { queue, retries: 2 },
    ),
  );
  if (result instanceof ClientError) {
    process.scribe.sendEnded(send, outcomeOf(result, send));
    return false;
  }
  const isStored = result.status === "SEND_OK";
  const place = placeOf(result.queue, result.queueOffset);
  process.scribe.sendEnded(send, isStored ? "ok" : "info", place);
  return isStored;
}

/** Sends to one queue and tells whether it was acknowledged: for the end of a run. */
export async function sendTo(process: ClientProcess, queue: MessageQueue): Promise<boolean> {
  const send = begin(process, queue.topic, queue, 1);
  const body = makeBody(send.id, process.plan.bodyBytes);
  const result = await attempt(() =>
    process.client.producer.send({ topic: queue.topic, body }, { queue }),
  );
  if (result instanceof ClientError) {
    process.scribe.sendEnded(send, outcomeOf(result, send));
    return false;
  }
  const place = placeOf(result.queue, result.queueOffset);
  process.scribe.sendEnded(send, result.status === "SEND_OK" ? "ok" : "info", place);
  return result.status === "SEND_OK";
}

async function sendBatch(process: ClientProcess, topic: string): Promise<boolean> {
  const { client, random, plan, scribe } = process;
  const queue = await chooseQueue(process, topic);
  if (queue === undefined) {
    return false;
  }
  const sends = Array.from({ length: 1 + random.below(8) }, () => begin(process, topic, queue, 1));
  const messages = sends.map(({ id }) => ({ topic, body: makeBody(id, plan.bodyBytes) }));
  const result = await attempt(() => client.producer.sendBatch(messages, { queue }));
  const isStored = !(result instanceof ClientError) && result.status === "SEND_OK";
  for (const [index, send] of sends.entries()) {
    if (result instanceof ClientError) {
      scribe.sendEnded(send, outcomeOf(result, send));
    } else {
      const place = placeOf(result.queue, result.queueOffset + index);
      scribe.sendEnded(send, isStored ? "ok" : "info", place);
    }
  }
  return isStored;
}

async function sendOneway(process: ClientProcess, topic: string): Promise<void> {
  const queue = await chooseQueue(process, topic);
  if (queue === undefined) {
    return;
  }
  const send = begin(process, topic, queue, 1);
  const body = makeBody(send.id, process.plan.bodyBytes);
  await attempt(() => process.client.producer.sendOneway({ topic, body }, { queue }));
  process.scribe.sendEnded(send, "info");
}

export function begin(
  process: ClientProcess,
  topic: string,
  queue: MessageQueue | undefined,
  attemptsMax: number,
): Send {
  const id = messageId(process.counter.next++);
  const number = queue === undefined ? undefined : queueNumber(queue);
  return process.scribe.send(id, topic, number, attemptsMax);
}

function placeOf(queue: MessageQueue, queueOffset: number): Place {
  return { topic: queue.topic, queueId: queueNumber(queue), queueOffset };
}

/** Only a clear refusal of the only try proves that nothing was stored. */
export function outcomeOf(error: ClientError, { attemptsMax }: Pick<Send, "attemptsMax">): Outcome {
  if (attemptsMax > 1) {
    return "info";
  }
  const isRefused = error.kind === "refused" && refusalCodes.has(error.code ?? -1);
  return isRefused || error.kind === "no_route" ? "fail" : "info";
}

export async function chooseQueue(
  process: ClientProcess,
  topic: string,
): Promise<MessageQueue | undefined> {
  const queues = await attempt(() => process.client.pull.queues(topic));
  return queues instanceof ClientError || queues.length === 0
    ? undefined
    : process.random.pick(queues);
}

/** Consumes every queue of every topic in the name of a group, until the load is over. */
export async function consume(process: ClientProcess, group: string): Promise<void> {
  const { plan, client, random, isLoading } = process;
  const running = new Set<string>();
  while (isLoading()) {
    for (let index = 0; index < plan.topicCount; index++) {
      const queues = await attempt(() => client.pull.queues(topicName(index)));
      for (const queue of queues instanceof ClientError ? [] : queues) {
        const key = `${queue.topic} ${queueNumber(queue)}`;
        if (!running.has(key)) {
          running.add(key);
          void consumeQueue(process, group, queue);
        }
      }
    }
    await wait(process, random.between(200, 5_000));
  }
}

async function consumeQueue(
  process: ClientProcess,
  group: string,
  queue: MessageQueue,
): Promise<void> {
  const { client, random, isLoading } = process;
  const holdMs = random.pick([0, 300, 10_000]);
  let offset = await queryOffset(process, group, queue);
  while (isLoading()) {
    const from = offset === undefined || offset < 0 ? 0 : offset;
    const result = await attempt(() =>
      client.pull.pull({ group, queue, offset: from, countMax: 1 + random.below(64), holdMs }),
    );
    if (result instanceof ClientError) {
      await wait(process, random.between(10, 500));
      offset = await queryOffset(process, group, queue);
      continue;
    }
    notePull(process, queue, from, result);
    offset = result.kind === "found" ? result.nextOffset : Math.max(from, result.nextOffset);
    if (result.kind === "found" ? random.chance(0.5) : random.chance(0.05)) {
      await commit(process, group, queue, offset);
    }
    await wait(process, random.between(0, 50));
  }
}

function notePull(
  { scribe }: ClientProcess,
  queue: MessageQueue,
  offset: number,
  result: PullResult,
): readonly Sighting[] {
  let owedOffset = offset;
  return (result.kind === "found" ? result.messages : []).map((message) => {
    const sighting = scribe.saw(sightingOf(queue, message, owedOffset));
    owedOffset = message.queueOffset + 1;
    return sighting;
  });
}

function sightingOf(queue: MessageQueue, message: ReceivedMessage, owedOffset: number): SeenRecord {
  return {
    topic: message.topic,
    queueId: queueNumber({ ...queue, queueId: message.queueId }),
    queueOffset: message.queueOffset,
    owedOffset,
    physicalOffset: message.physicalOffset,
    bytes: message.storedBytes,
    id: readBody(message.body),
  };
}

function offsetKey(group: string, queue: MessageQueue): string {
  return `${group} ${queue.topic} ${queueNumber(queue)}`;
}

/** Commits, sometimes twice, as after an answer that got lost. */
async function commit(
  process: ClientProcess,
  group: string,
  queue: MessageQueue,
  offset: number,
): Promise<void> {
  const { client, scribe, random } = process;
  const once = async (): Promise<void> => {
    const asked = scribe.commit(offsetKey(group, queue), offset);
    const result = await attempt(() => client.pull.commitOffset(group, queue, offset));
    scribe.commitEnded(asked, result instanceof ClientError ? "info" : "ok");
  };
  const again = random.chance(0.2) ? once() : undefined;
  await once();
  await again;
}

/** Asks where the group stands; −1 when it never committed, undefined when nobody answered. */
export async function queryOffset(
  process: ClientProcess,
  group: string,
  queue: MessageQueue,
): Promise<number | undefined> {
  const { client, scribe } = process;
  const invoked = scribe.next();
  const offset = await attempt(() => client.pull.committedOffset(group, queue));
  if (offset instanceof ClientError) {
    return undefined;
  }
  scribe.queried(offsetKey(group, queue), offset ?? -1, invoked);
  return offset ?? -1;
}

/** Reads one queue from end to end; false when the cluster did not answer. */
export async function drainQueue(process: ClientProcess, queue: MessageQueue): Promise<boolean> {
  const { client, scribe } = process;
  const begun = scribe.next();
  const bounds = await attempt(async () => ({
    minOffset: await client.pull.minOffset(queue),
    maxOffset: await client.pull.maxOffset(queue),
  }));
  if (bounds instanceof ClientError) {
    return false;
  }
  const { minOffset, maxOffset } = bounds;
  const sightings: Sighting[] = [];
  let offset = minOffset;
  while (offset < maxOffset) {
    const from = offset;
    const result = await attempt(() =>
      client.pull.pull({ group: "auditor", queue, offset: from, countMax: 32 }),
    );
    if (result instanceof ClientError) {
      return false;
    }
    sightings.push(...notePull(process, queue, from, result));
    if (result.nextOffset <= from) {
      break;
    }
    offset = result.nextOffset;
  }
  scribe.drained({
    topic: queue.topic,
    queueId: queueNumber(queue),
    minOffset,
    maxOffset,
    begun,
    sightings: sightings.filter(({ queueOffset }) => queueOffset < maxOffset),
  });
  return true;
}
