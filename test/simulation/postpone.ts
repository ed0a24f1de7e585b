/**
 * Clients of a simulated cluster that put messages off: one sends them for later, one gives back what it reads, as a
 * consumer whose work fails does. At the end the auditor waits until everything that was promised has arrived.
 */
import { ConnectionPool } from "../../src/client/connection-pool.ts";
import { ClientError, type MessageQueue } from "../../src/client/index.ts";
import { sendMessageBack } from "../../src/protocol/remoting/requests/send-back.ts";
import { responseCode } from "../../src/protocol/remoting/response-code.ts";
import { parseDelayLevels } from "../../src/record/delay-levels.ts";
import { makeBody, readBody } from "./body.ts";
import type { Arrivals } from "./checkers/postponed.ts";
import { brokerName } from "./cluster.ts";
import { delayLevels } from "./cluster-plan.ts";
import type { History, Outcome } from "./history.ts";
import {
  attempt,
  begin,
  type ClientProcess,
  chooseQueue,
  outcomeOf,
  topicName,
  wait,
} from "./workload.ts";

const levelsMs = parseDelayLevels(delayLevels);
const group = "struggling-group";
const retryTopic = `%RETRY%${group}`;
const deadLetterTopic = `%DLQ%${group}`;
/** After so many tries a message is a dead letter. */
const triesMax = 2;

/** Sends messages for later until the load is over. */
export async function postpone(process: ClientProcess): Promise<void> {
  const { random, plan, isLoading, scribe, client } = process;
  while (isLoading()) {
    await wait(process, random.between(0, 4 * plan.paceMs));
    const topic = topicName(random.below(plan.topicCount));
    const queue = await chooseQueue(process, topic);
    if (queue === undefined) {
      await wait(process, 200);
      continue;
    }
    const level = 1 + random.below(levelsMs.length);
    // A crash between a delivery and the record of it makes the broker deliver again.
    const send = begin(process, topic, queue, Number.POSITIVE_INFINITY);
    scribe.postponed(send, levelsMs[level - 1] ?? 0);
    const body = makeBody(send.id, plan.bodyBytes);
    const properties = new Map([["DELAY", String(level)]]);
    const result = await attempt(() =>
      client.producer.send({ topic, body, properties }, { queue }),
    );
    const isFailed = result instanceof ClientError;
    scribe.sendEnded(send, isFailed ? outcomeOf(result, { attemptsMax: 1 }) : "ok");
  }
}

/** Reads the first topic and the group's retries, and gives some of it back, until the load is over. */
export async function struggle(process: ClientProcess): Promise<void> {
  const pool = new ConnectionPool({ environment: process.environment, timeoutMs: 1_000 });
  const offsets = new Map<string, number>();
  while (process.isLoading()) {
    await wait(process, process.random.between(20, 400));
    const topic = process.random.pick([topicName(0), retryTopic]);
    const queue = await chooseQueue(process, topic);
    if (queue !== undefined) {
      await giveSomeBack(process, pool, queue, offsets);
    }
  }
  await pool.close();
}

async function giveSomeBack(
  process: ClientProcess,
  pool: ConnectionPool,
  queue: MessageQueue,
  offsets: Map<string, number>,
): Promise<void> {
  const { random, client, scribe } = process;
  const key = `${queue.brokerName} ${queue.topic} ${queue.queueId}`;
  const offset = offsets.get(key) ?? 0;
  const result = await attempt(() => client.pull.pull({ group, queue, offset, countMax: 8 }));
  if (result instanceof ClientError) {
    return;
  }
  offsets.set(key, result.nextOffset);
  for (const message of result.kind === "found" ? result.messages : []) {
    const id = readBody(message.body);
    if (id !== undefined && random.chance(0.4)) {
      const back = scribe.gaveBack(id, queue.brokerName);
      const reply = await attempt(() =>
        pool.invoke(addressOf(queue.brokerName), {
          code: sendMessageBack.code,
          fields: sendMessageBack.encode({
            offset: message.physicalOffset,
            group,
            delayLevel: random.pick([0, 0, 1, 2]),
            maxReconsumeTimes: triesMax,
          }),
        }),
      );
      scribe.backEnded(back, outcomeOfBack(reply));
    }
  }
}

function outcomeOfBack(reply: ClientError | { readonly code: number }): Outcome {
  if (reply instanceof ClientError) {
    return "info";
  }
  return reply.code === responseCode.success ? "ok" : "info";
}

function addressOf(name: string): string {
  return `127.0.0.1:${10_911 + 10 * (name.charCodeAt(name.length - 1) - 97)}`;
}

/** What has arrived of all that was put off; undefined when the cluster did not answer. */
export async function readArrivals(process: ClientProcess): Promise<Arrivals | undefined> {
  const { plan } = process;
  const delivered = new Map<string, number>();
  const retried = new Map<string, number>();
  for (let broker = 0; broker < plan.brokerCount; broker++) {
    const name = brokerName(broker);
    for (let topic = 0; topic < plan.topicCount; topic++) {
      for (let queueId = 0; queueId < plan.queueCount; queueId++) {
        const queue = { topic: topicName(topic), brokerName: name, queueId };
        if (!(await countIds(process, queue, "", delivered))) {
          return undefined;
        }
      }
    }
    for (const topic of [retryTopic, deadLetterTopic]) {
      const queue = { topic, brokerName: name, queueId: 0 };
      if (!(await countIds(process, queue, `${name} `, retried))) {
        return undefined;
      }
    }
  }
  return { delivered, retried };
}

/** Counts the messages of a queue by id; a topic that never came to be is empty. */
async function countIds(
  process: ClientProcess,
  queue: MessageQueue,
  prefix: string,
  counts: Map<string, number>,
): Promise<boolean> {
  const { client } = process;
  let offset = 0;
  for (;;) {
    const from = offset;
    const result = await attempt(() =>
      client.pull.pull({ group: "auditor", queue, offset: from, countMax: 64 }),
    );
    if (result instanceof ClientError) {
      return result.kind === "no_route" || result.code === responseCode.topicNotExist;
    }
    for (const message of result.kind === "found" ? result.messages : []) {
      const key = prefix + (readBody(message.body) ?? "(foreign bytes)");
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    if (result.nextOffset <= from) {
      return true;
    }
    offset = result.nextOffset;
  }
}

/** True when something was put off at all. */
export function hasPostponed(history: History): boolean {
  return history.postponed.length > 0 || history.givenBack.length > 0;
}
