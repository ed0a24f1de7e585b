/**
 * Clients of a store without a broker in between: writers that wait for the acknowledgement, readers, and
 * keepers of state rows. They run in the store's process, so a crash takes them along.
 */
import { MqError } from "../../src/core/error.ts";
import type { Environment } from "../../src/io/environment.ts";
import { decodeRecord } from "../../src/record/decode.ts";
import type {
  MessageStore,
  QueueHandle,
  ReadOutcome,
  RecordDraft,
} from "../../src/store/message-store.ts";
import { makeBody, messageId, readBody } from "./body.ts";
import type { Scribe, Sighting } from "./history.ts";
import type { StorePlan } from "./plan.ts";
import type { SeededRandom } from "./random.ts";

const bornHost = Buffer.from([127, 0, 0, 1, 0, 0, 0x30, 0x39]);
const stateTable = "simulated";

export interface StoreClientOptions {
  readonly environment: Environment;
  readonly store: MessageStore;
  readonly scribe: Scribe;
  readonly random: SeededRandom;
  readonly plan: StorePlan;
  /** Numbers messages over all incarnations. */
  readonly counter: { next: number };
  /** Last value asked for, by state key; over all incarnations. */
  readonly asked: Map<string, number>;
}

/** Runs all clients until their process ends. */
export function startStoreClients(options: StoreClientOptions): void {
  const { plan } = options;
  for (let writer = 0; writer < plan.writerCount; writer++) {
    void write(options, writer);
  }
  void read(options);
  for (let keeper = 0; keeper < 2; keeper++) {
    void keepState(options, `row-${keeper}`);
  }
}

/** Waits in virtual time. */
function wait({ clock }: Environment, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}

async function write(options: StoreClientOptions, writer: number): Promise<void> {
  const { environment, random, plan } = options;
  const paceMs = random.pick([3, 15, 50]) * plan.tempo;
  for (;;) {
    await wait(environment, random.between(0, 2 * paceMs));
    const burst = random.chance(0.1) ? 1 + random.below(20) : 1;
    for (let index = 1; index < burst; index++) {
      void writeOne(options, writer % plan.topicCount);
    }
    const isStored = await writeOne(options, writer % plan.topicCount);
    if (!isStored) {
      await wait(environment, random.between(1, 100) * plan.tempo);
    }
  }
}

async function writeOne(options: StoreClientOptions, topicIndex: number): Promise<boolean> {
  const { store, scribe, random, plan, counter } = options;
  const topic = `topic-${topicIndex}`;
  const queueId = random.below(plan.queueCount);
  const id = messageId(counter.next++);
  const bytes = plan.isBodyMixed ? 12 + random.below(plan.bodyBytes * 4) : plan.bodyBytes;
  const send = scribe.send(id, topic, queueId);
  let place: { topic: string; queueId: number; queueOffset: number };
  let endOffset: number;
  try {
    const appended = store.append(draftOf(store.queue(topic, queueId), id, makeBody(id, bytes)));
    place = { topic, queueId, queueOffset: appended.queueOffset };
    endOffset = appended.endOffset;
  } catch (error) {
    if (error instanceof MqError) {
      scribe.sendEnded(send, "fail");
      return false;
    }
    throw error;
  }
  try {
    await store.whenAcknowledged(endOffset);
    scribe.sendEnded(send, "ok", place);
    return true;
  } catch (error) {
    if (error instanceof MqError) {
      scribe.sendEnded(send, "info");
      return false;
    }
    throw error;
  }
}

/** Every message has one key of its own and one that all have. */
function draftOf(queue: QueueHandle, id: string, body: Buffer): RecordDraft {
  const properties = Buffer.from(`KEYS\u0001${id} k\u0002UNIQ_KEY\u0001u\u0002`);
  return {
    queue,
    flag: 0,
    sysFlag: 0,
    reconsumeTimes: 0,
    preparedTransactionOffset: 0,
    bornTimestampHigh: 0,
    bornTimestampLow: 1,
    bornHost,
    body,
    bodyStart: 0,
    bodyEnd: body.length,
    properties,
    propertiesStart: 0,
    propertiesEnd: properties.length,
    tagHash: 0,
  };
}

async function read(options: StoreClientOptions): Promise<void> {
  const { environment, store, scribe, random, plan } = options;
  for (;;) {
    await wait(environment, random.between(1, 30) * plan.tempo);
    const topic = `topic-${random.below(plan.topicCount)}`;
    const queue = store.queue(topic, random.below(plan.queueCount));
    const { minOffset, maxOffset } = queue;
    const offset = minOffset + random.below(maxOffset - minOffset + 1);
    const outcome = await store.read({
      queue,
      offset,
      countMax: 1 + random.below(40),
      bytesMax: 65_536,
      filter: undefined,
    });
    recordSightings(scribe, queue, offset, outcome);
  }
}

/** Puts what a read found into the scribe; returns it. */
function recordSightings(
  scribe: Scribe,
  queue: QueueHandle,
  offset: number,
  outcome: ReadOutcome,
): readonly Sighting[] {
  const sightings: Sighting[] = [];
  if (outcome.kind !== "found") {
    return sightings;
  }
  let at = outcome.start;
  let owedOffset = offset;
  while (at < outcome.end) {
    const record = decodeRecord(outcome.records, at);
    sightings.push(
      scribe.saw({
        topic: queue.topic,
        queueId: queue.queueId,
        queueOffset: record.queueOffset,
        owedOffset,
        physicalOffset: record.physicalOffset,
        bytes: record.bytes,
        id: readBody(record.body),
      }),
    );
    at += record.bytes;
    owedOffset = record.queueOffset + 1;
  }
  return sightings;
}

async function keepState(options: StoreClientOptions, key: string): Promise<void> {
  const { environment, store, scribe, random, asked, plan } = options;
  for (;;) {
    await wait(environment, random.between(1, 60) * plan.tempo);
    const value = (asked.get(key) ?? 0) + 1;
    asked.set(key, value);
    if (random.chance(0.2)) {
      // Nobody waits for this one: it becomes durable by itself, or with the next.
      scribe.commit(key, value);
      store.state.put(stateTable, key, value);
      continue;
    }
    const first = commitState(options, key, value);
    if (random.chance(0.3)) {
      // Asked again while the first is under way, as after a lost answer: the same promise.
      await wait(environment, random.between(0, 2));
      await commitState(options, key, value);
    }
    await first;
    queryState(store, scribe, key);
  }
}

async function commitState(
  { store, scribe }: StoreClientOptions,
  key: string,
  value: number,
): Promise<void> {
  const commit = scribe.commit(key, value);
  try {
    if (store.state.rows(stateTable).get(key) !== value) {
      store.state.put(stateTable, key, value);
    }
    await store.state.commit();
    scribe.commitEnded(commit, "ok");
  } catch (error) {
    if (!(error instanceof MqError)) {
      throw error;
    }
    scribe.commitEnded(commit, "info");
  }
}

/** Asks for a state row, as a client asks for its offset. */
export function queryState(store: MessageStore, scribe: Scribe, key: string): void {
  const invoked = scribe.next();
  const value = store.state.rows(stateTable).get(key);
  scribe.queried(key, typeof value === "number" ? value : -1, invoked);
}

/** Reads every queue from end to end. */
export async function drainStore(
  store: MessageStore,
  scribe: Scribe,
  plan: StorePlan,
): Promise<void> {
  for (let topicIndex = 0; topicIndex < plan.topicCount; topicIndex++) {
    for (let queueId = 0; queueId < plan.queueCount; queueId++) {
      const queue = store.queue(`topic-${topicIndex}`, queueId);
      const begun = scribe.next();
      const { topic, minOffset, maxOffset } = queue;
      const sightings: Sighting[] = [];
      let offset = minOffset;
      while (offset < maxOffset) {
        const outcome = await store.read({
          queue,
          offset,
          countMax: 200,
          bytesMax: 262_144,
          filter: undefined,
        });
        if (outcome.nextOffset <= offset) {
          break;
        }
        sightings.push(...recordSightings(scribe, queue, offset, outcome));
        offset = outcome.nextOffset;
      }
      // Retention may have gone on meanwhile.
      const { minOffset: min } = queue;
      const kept = sightings.filter(({ queueOffset }) => queueOffset >= min);
      const logEnd = store.facts().logMaxOffset;
      scribe.drained({ topic, queueId, minOffset: min, maxOffset, begun, sightings: kept, logEnd });
    }
  }
}
