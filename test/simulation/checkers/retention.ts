/**
 * What retention may take: whole messages from the beginning of a queue, and only what lies further back in the log than is
 * promised to stay. A queue's beginning and end only move forward. Without retention a queue begins at 0 for good.
 */
import type { Drain, History, Violation } from "../history.ts";

export interface RetentionRule {
  /** The last bytes of the log that stay; 0: all of it. */
  readonly retainedBytes: number;
  /** Segments go whole, so as much may lie between what was asked and what was done. */
  readonly segmentBytes: number;
}

/** Judges where queues began, one restart after the other. */
export function checkRetention(history: History, rule: RetentionRule): Violation[] {
  const messages: string[] = [];
  const last = new Map<string, Drain>();
  for (const drain of history.drains) {
    const key = `${drain.topic}:${drain.queueId}`;
    const before = last.get(key);
    last.set(key, drain);
    if (before !== undefined && drain.minOffset < before.minOffset) {
      messages.push(`${key} begins at ${drain.minOffset}, before at ${before.minOffset}`);
    }
    const taken = lastTaken(history, drain);
    const { logEnd = 0 } = drain;
    if (taken !== undefined && logEnd - taken < rule.retainedBytes - rule.segmentBytes) {
      messages.push(
        `${key} begins at ${drain.minOffset}; what went lay ${logEnd - taken} bytes before the end, ${rule.retainedBytes} stay`,
      );
    }
    if (rule.retainedBytes === 0 && drain.minOffset > 0) {
      messages.push(`${key} begins at ${drain.minOffset} although nothing may go`);
    }
  }
  return messages.map((message) => ({ checker: "retention", message }));
}

/** Where the newest record lay that the queue has no more, as far as somebody saw it. */
function lastTaken({ sightings }: History, drain: Drain): number | undefined {
  let place: number | undefined;
  for (const each of sightings) {
    if (
      each.topic === drain.topic &&
      each.queueId === drain.queueId &&
      each.queueOffset < drain.minOffset &&
      each.seen < drain.begun
    ) {
      place = Math.max(place ?? 0, each.physicalOffset);
    }
  }
  return place;
}
