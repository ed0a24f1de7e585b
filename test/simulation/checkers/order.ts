/**
 * Queues are dense, in order and immutable: a queue's offsets have no gap, records lie in the log in the
 * same order, one (queue, offset) never shows two contents, and of two sends to one queue of which the
 * first ended before the second began, the first has the smaller offset.
 */
import {
  type Drain,
  type History,
  placeKey,
  type Send,
  type Sighting,
  type Violation,
} from "../history.ts";

export interface OrderRule {
  /** False with asynchronous flush, where a power cut may take a tail that was seen already. */
  readonly isImmutableAcrossCrashes: boolean;
}

/** Judges all queues of a history. */
export function checkOrder(history: History, rule: OrderRule): Violation[] {
  return [
    ...history.drains.flatMap((drain) => checkDensity(drain, history.damaged)),
    ...checkImmutability(history, rule),
    ...checkRealTime(history, rule),
  ].map((message) => ({ checker: "order", message }));
}

function checkDensity(drain: Drain, damaged: ReadonlySet<string>): string[] {
  const { topic, queueId } = drain;
  /** Whether every record of [from, to) rotted, so that none of them needs to be there. */
  const mayMiss = (from: number, to: number): boolean =>
    from >= to ||
    (damaged.has(placeKey({ topic, queueId, queueOffset: from })) && mayMiss(from + 1, to));
  const where = `${drain.topic}:${drain.queueId}`;
  const broken: string[] = [];
  let expected = drain.minOffset;
  let physicalOffset = -1;
  for (const record of drain.sightings) {
    if (record.queueOffset < expected || !mayMiss(expected, record.queueOffset)) {
      broken.push(`${where} shows offset ${record.queueOffset} where ${expected} is next`);
    }
    if (record.queueOffset < record.owedOffset) {
      broken.push(`${where}:${record.queueOffset} came where ${record.owedOffset} was asked for`);
    }
    if (record.physicalOffset <= physicalOffset) {
      broken.push(`${where}:${record.queueOffset} lies before its predecessor in the log`);
    }
    expected = record.queueOffset + 1;
    physicalOffset = record.physicalOffset;
  }
  if (expected > drain.maxOffset || !mayMiss(expected, drain.maxOffset)) {
    broken.push(`${where} ends at ${expected} although its max offset is ${drain.maxOffset}`);
  }
  return broken;
}

function checkImmutability(history: History, rule: OrderRule): string[] {
  const contents = new Map<string, string>();
  const broken: string[] = [];
  const eraOf = eras(history, rule);
  const look = (
    place: Omit<Sighting, "seen" | "seenMs" | "owedOffset" | "physicalOffset" | "bytes">,
    at: number,
  ) => {
    const key = `${eraOf(at)} ${place.topic}:${place.queueId}:${place.queueOffset}`;
    const id = place.id ?? "(foreign bytes)";
    const before = contents.get(key);
    if (before !== undefined && before !== id) {
      broken.push(`${key.slice(key.indexOf(" ") + 1)} showed ${before} and then ${id}`);
    }
    contents.set(key, id);
  };
  for (const send of history.sends.values()) {
    if (send.outcome === "ok" && send.place !== undefined) {
      look({ ...send.place, id: send.id }, send.ended);
    }
  }
  for (const sighting of history.sightings) {
    look(sighting, sighting.seen);
  }
  return broken;
}

/** Numbers the stretches within which contents must agree: one for all, or one a crash. */
function eras(history: History, { isImmutableAcrossCrashes }: OrderRule): (at: number) => number {
  if (isImmutableAcrossCrashes) {
    return () => 0;
  }
  const borders = history.crashes.map(({ at }) => at);
  return (at) => borders.filter((border) => border < at).length;
}

function checkRealTime(history: History, rule: OrderRule): string[] {
  const eraOf = eras(history, rule);
  const queues = new Map<string, Send[]>();
  for (const send of history.sends.values()) {
    // A message that its client may have sent twice can lie at the place of either try.
    if (send.outcome === "ok" && send.place !== undefined && send.attemptsMax === 1) {
      const key = `${eraOf(send.ended)} ${send.place.topic}:${send.place.queueId}`;
      const list = queues.get(key) ?? [];
      list.push(send);
      queues.set(key, list);
    }
  }
  const broken: string[] = [];
  for (const [key, sends] of queues) {
    sends.sort((a, b) => offsetOf(a) - offsetOf(b));
    let latest: Send | undefined;
    for (const send of sends) {
      if (latest !== undefined && latest.invoked > send.ended) {
        broken.push(`${key}: ${send.id} ended before ${latest.id} began, but lies behind it`);
      }
      if (latest === undefined || send.invoked > latest.invoked) {
        latest = send;
      }
    }
  }
  return broken;
}

function offsetOf(send: Send): number {
  return send.place?.queueOffset ?? -1;
}
