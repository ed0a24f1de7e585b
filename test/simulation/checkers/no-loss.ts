/**
 * Acknowledged means readable, after any crash, at its queue and offset. With asynchronous flush a power cut
 * may take what was acknowledged within the stated window before it, and nothing older. What retention took is the
 * business of its own checker.
 */
import {
  type Drain,
  type History,
  placeKey,
  type Send,
  type Sighting,
  type Violation,
} from "../history.ts";

export interface LossRule {
  /** Milliseconds before a power cut or a failing device that may be lost; 0 with synchronous flush. */
  readonly windowMs: number;
}

/** Compares every queue read after a restart with what had been promised by then. */
export function checkNoLoss(history: History, { windowMs }: LossRule): Violation[] {
  const violations: Violation[] = [];
  const risksMs = windowMs > 0 ? riskTimes(history) : [];
  // The answer left at some time between the call and its end.
  const isExcused = ({ invokedMs, endedMs }: Send): boolean =>
    risksMs.some((atMs) => endedMs >= atMs - windowMs && invokedMs <= atMs);
  const promised = promisesByQueue(history);
  for (const drain of history.drains) {
    const found = new Map(drain.sightings.map((each) => [each.queueOffset, each]));
    for (const send of promised.get(`${drain.topic} ${drain.queueId}`) ?? []) {
      const isDue =
        send.ended < drain.begun &&
        !isExcused(send) &&
        (send.place?.queueOffset ?? 0) >= drain.minOffset &&
        !(send.place !== undefined && history.damaged.has(placeKey(send.place)));
      if (isDue && found.get(send.place?.queueOffset ?? -1)?.id !== send.id) {
        violations.push({ checker: "no-loss", message: describeLoss(send, drain, found) });
      }
    }
  }
  return violations;
}

/** A killed process syncs nothing more: what it had not synced is at risk until its successor has. */
const restartMs = 10_000;

function riskTimes({ crashes, deviceFailuresMs }: History): number[] {
  const cutsMs = crashes.filter(({ kind }) => kind === "power").map(({ atMs }) => atMs);
  const killsMs = crashes
    .map(({ atMs }) => atMs)
    .filter((atMs) => cutsMs.some((cutMs) => cutMs > atMs && cutMs < atMs + restartMs));
  return [...cutsMs, ...killsMs, ...deviceFailuresMs];
}

function promisesByQueue(history: History): Map<string, Send[]> {
  const promised = new Map<string, Send[]>();
  for (const send of history.sends.values()) {
    if (send.outcome === "ok" && send.place !== undefined) {
      const key = `${send.place.topic} ${send.place.queueId}`;
      const list = promised.get(key) ?? [];
      list.push(send);
      promised.set(key, list);
    }
  }
  return promised;
}

function describeLoss(send: Send, drain: Drain, found: ReadonlyMap<number, Sighting>): string {
  const offset = send.place?.queueOffset ?? -1;
  const instead = found.get(offset);
  return (
    `${send.id} was acknowledged at ${drain.topic}:${drain.queueId}:${offset}; after a restart the queue ` +
    `holds ${drain.minOffset}..${drain.maxOffset} and there ${instead === undefined ? "nothing" : instead.id}`
  );
}
