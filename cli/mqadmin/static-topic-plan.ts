/** How a static topic's queues are spread over brokers: more queues, or the same on other brokers. */
import type { StaticQueuePart, StaticTopicPlan, TopicConfig } from "../../src/client/index.ts";
import { hashOrder, numberHashOrder } from "./java-order.ts";
import {
  checkStaticTopic,
  type MappedTopic,
  refused,
  type StaticTopics,
} from "./static-topic-checks.ts";

/** An epoch is newer than the one before by so much at least. */
const epochStepMs = 1000;
const globalScope = "__global__";

/**
 * A static topic with so many queues, new or with more of them than before. The new ones go to those of the brokers that
 * have the fewest. Throws CommandError.
 */
export function planQueues(question: {
  readonly topic: string;
  readonly queueCount: number;
  /** Names of brokers. */
  readonly targets: readonly string[];
  /** Where the topic is already. */
  readonly known: StaticTopics;
  readonly nowMs: number;
}): StaticTopicPlan {
  const { topic, queueCount, targets, known, nowMs } = question;
  const state = known.size === 0 ? undefined : checkStaticTopic(topic, known);
  const existing = state?.queues ?? new Map<number, readonly StaticQueuePart[]>();
  if (queueCount <= existing.size) {
    const why = queueCount === existing.size ? "has so many already" : "cannot have fewer";
    throw refused(`'${topic}' has ${existing.size} queues and ${why}: -qn ${queueCount}`);
  }
  const brokers = new Map(state?.brokers);
  const counts = new Map(targets.map((name) => [name, 0]));
  for (const parts of existing.values()) {
    const leader = leaderOf(parts);
    counts.set(leader, (counts.get(leader) ?? 0) + 1);
  }
  for (let id = existing.size; id < queueCount; id++) {
    const [name] = hashOrder([...counts], ([each]) => each).reduce((least, each) =>
      each[1] < least[1] ? each : least,
    );
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const grown = withQueue(brokers.get(name) ?? emptyTopic(topic, name));
    const part = { ...newPart(grown, name), generation: 0, logicOffset: 0 };
    brokers.set(name, withParts(grown, id, [part]));
  }
  const epoch = Math.max((state?.epoch ?? nowMs) + epochStepMs, nowMs);
  return planOf(
    { topic, type: "CREATE_OR_UPDATE", epoch, mapIn: [], mapOut: [] },
    brokers,
    queueCount,
  );
}

/** The same queues, as evenly as can be on the brokers that are named; as few as can be move. Throws CommandError. */
export function planRemapping(question: {
  readonly topic: string;
  readonly targets: readonly string[];
  readonly known: StaticTopics;
  readonly nowMs: number;
}): StaticTopicPlan {
  const { topic, targets, known, nowMs } = question;
  const state = checkStaticTopic(topic, known);
  const places = newPlaces(state.queues, targets, state.queueCount);
  const brokers = new Map(state.brokers);
  const mapIn = new Set<string>();
  const mapOut = new Set<string>();
  for (const [id, parts] of state.queues) {
    const [from, to] = [leaderOf(parts), places.get(id) ?? ""];
    if (from !== to) {
      mapIn.add(to);
      mapOut.add(from);
      const grown = withQueue(brokers.get(to) ?? emptyTopic(topic, to));
      const generation = (parts.at(-1)?.generation ?? 0) + 1;
      const moved = [...parts, { ...newPart(grown, to), generation, logicOffset: -1 }];
      brokers.set(to, withParts(grown, id, moved));
      const left = brokers.get(from);
      if (left !== undefined) {
        brokers.set(from, withParts(left, id, moved));
      }
    }
  }
  const epoch = Math.max(state.epoch + epochStepMs, nowMs);
  const names = (set: ReadonlySet<string>): readonly string[] =>
    hashOrder([...set], (name) => name);
  return planOf(
    { topic, type: "REMAPPING", epoch, mapIn: names(mapIn), mapOut: names(mapOut) },
    brokers,
    state.queueCount,
  );
}

/** What stands for the topic on a broker of its cluster that has none of its queues. */
export function emptyTopic(topic: string, brokerName: string): MappedTopic {
  const config: TopicConfig = {
    topic,
    readQueueCount: 0,
    writeQueueCount: 0,
    perm: 6,
    filterType: "SINGLE_TAG",
    topicSysFlag: 0,
    order: false,
    attributes: new Map(),
  };
  return {
    config,
    mapping: {
      ...{ topic, brokerName, scope: globalScope, totalQueues: 0, epoch: 0, isDirty: false },
      currentQueues: new Map(),
      queues: new Map(),
    },
  };
}

/** The broker of each queue: as even as can be, each queue where it is while there is room. */
function newPlaces(
  queues: ReadonlyMap<number, readonly StaticQueuePart[]>,
  targets: readonly string[],
  queueCount: number,
): ReadonlyMap<number, string> {
  const before = new Map<string, number>();
  for (const parts of queues.values()) {
    before.set(leaderOf(parts), (before.get(leaderOf(parts)) ?? 0) + 1);
  }
  const room = new Map(hashOrder(targets, (name) => name).map((name) => [name, 0]));
  for (let each = 0; each < queueCount; each++) {
    // What is left over stays with those that have the most: fewer queues move.
    const [name, count] = [...room].reduce((best, next) => {
      const isLess = next[1] < best[1];
      const isKept =
        next[1] === best[1] && (before.get(next[0]) ?? 0) >= (before.get(best[0]) ?? 0);
      return isLess || isKept ? next : best;
    });
    room.set(name, count + 1);
  }
  const places = new Map<number, string>();
  const waiting: number[] = [];
  for (const [id, parts] of queues) {
    const leader = leaderOf(parts);
    const free = room.get(leader) ?? 0;
    if (free > 0) {
      places.set(id, leader);
      room.set(leader, free - 1);
    } else {
      waiting.push(id);
    }
  }
  for (const [name, free] of room) {
    for (const id of waiting.splice(0, free)) {
      places.set(id, name);
    }
  }
  return places;
}

function withQueue({ config, mapping }: MappedTopic): MappedTopic {
  return {
    config: {
      ...config,
      readQueueCount: config.readQueueCount + 1,
      writeQueueCount: config.writeQueueCount + 1,
    },
    mapping,
  };
}

/** In the queue of its broker that was made last. */
function newPart(
  { config }: MappedTopic,
  brokerName: string,
): Omit<StaticQueuePart, "generation" | "logicOffset"> {
  return {
    brokerName,
    queueId: config.writeQueueCount - 1,
    ...{ startOffset: 0, endOffset: -1, startedAtMs: -1, endedAtMs: -1 },
  };
}

/** Queues are kept by number, as Java walks them. */
export function withParts(
  { config, mapping }: MappedTopic,
  id: number,
  parts: readonly StaticQueuePart[],
): MappedTopic {
  const queues = new Map(mapping.queues).set(id, parts);
  const ordered = numberHashOrder([...queues.keys()].sort((left, right) => left - right));
  return {
    config,
    mapping: { ...mapping, queues: new Map(ordered.map((each) => [each, queues.get(each) ?? []])) },
  };
}

/** All brokers with the same epoch and number of queues; what comes of it holds. */
function planOf(
  plan: Omit<StaticTopicPlan, "brokers">,
  brokers: ReadonlyMap<string, MappedTopic>,
  totalQueues: number,
): StaticTopicPlan {
  const rows = [...brokers].map(
    ([name, { config, mapping }]) =>
      [name, { config, mapping: { ...mapping, epoch: plan.epoch, totalQueues } }] as const,
  );
  const ordered = new Map(hashOrder(rows, ([name]) => name));
  checkStaticTopic(plan.topic, ordered);
  return { ...plan, brokers: ordered };
}

function leaderOf(parts: readonly StaticQueuePart[]): string {
  return parts.at(-1)?.brokerName ?? "";
}
