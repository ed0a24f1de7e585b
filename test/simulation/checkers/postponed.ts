/**
 * What was put off comes, and not too soon: a message for later is in its queue at the end and was seen by nobody
 * before its time; one that was given back is tried again or is a dead letter, once for each time that was answered.
 */
import type { History, Violation } from "../history.ts";

/** Messages found at the end, by id: in the topics, and by broker and id where a group's retries and dead letters are. */
export interface Arrivals {
  readonly delivered: ReadonlyMap<string, number>;
  readonly retried: ReadonlyMap<string, number>;
}

/** Nothing was seen before its time. */
export function checkNotEarly(history: History): Violation[] {
  const due = new Map(
    history.postponed.map(({ send, delayMs }) => [send.id, send.invokedMs + delayMs]),
  );
  return history.sightings
    .filter(({ id, seenMs }) => seenMs < (due.get(id ?? "") ?? 0))
    .map(({ id, seenMs }) => ({
      checker: "postponed",
      message: `${id} was seen at ${seenMs} ms, before ${due.get(id ?? "")} ms`,
    }));
}

/** Everything that was promised for later has arrived. */
export function checkArrived(history: History, arrivals: Arrivals): Violation[] {
  const missing = history.postponed
    .filter(({ send }) => send.outcome === "ok" && !arrivals.delivered.has(send.id))
    .map(({ send, delayMs }) => `${send.id}, sent to ${send.topic} for ${delayMs} ms later`);
  const promised = new Map<string, number>();
  for (const { id, brokerName, outcome } of history.givenBack) {
    if (outcome === "ok") {
      const key = `${brokerName} ${id}`;
      promised.set(key, (promised.get(key) ?? 0) + 1);
    }
  }
  for (const [key, count] of promised) {
    const found = arrivals.retried.get(key) ?? 0;
    if (found < count) {
      missing.push(`${key}, given back ${count} times and there ${found} times`);
    }
  }
  return missing.map((text) => ({ checker: "postponed", message: `lost: ${text}` }));
}
