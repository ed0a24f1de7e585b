/** Nothing is read that was not sent: same bytes, same topic and queue, not more often than it was tried. */
import type { History, Send, Sighting, Violation } from "../history.ts";

/** Judges everything that anybody saw. */
export function checkNoPhantom(history: History): Violation[] {
  const messages: string[] = [];
  for (const sighting of history.sightings) {
    const fault = faultOf(sighting, history.sends);
    if (fault !== undefined) {
      messages.push(
        `${sighting.topic}:${sighting.queueId}:${sighting.queueOffset} showed ${sighting.id ?? "foreign bytes"}: ${fault}`,
      );
    }
  }
  for (const drain of history.drains) {
    messages.push(...countCopies(drain.sightings, history.sends));
  }
  return messages.map((message) => ({ checker: "no-phantom", message }));
}

function faultOf(sighting: Sighting, sends: ReadonlyMap<string, Send>): string | undefined {
  const send = sighting.id === undefined ? undefined : sends.get(sighting.id);
  if (send === undefined) {
    return "nobody sent it";
  }
  if (send.invoked > sighting.seen) {
    return "it was sent later";
  }
  if (send.outcome === "fail" && send.ended < sighting.seen) {
    return "its send was refused";
  }
  if (send.topic !== sighting.topic) {
    return `it was sent to ${send.topic}`;
  }
  if (send.queueId !== undefined && send.queueId !== sighting.queueId) {
    return `it was sent to queue ${send.queueId}`;
  }
  return undefined;
}

function countCopies(
  sightings: readonly Sighting[],
  sends: ReadonlyMap<string, Send>,
): readonly string[] {
  const counts = new Map<string, number>();
  for (const { id } of sightings) {
    if (id !== undefined) {
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }
  return [...counts]
    .filter(([id, count]) => count > (sends.get(id)?.attemptsMax ?? count))
    .map(([id, count]) => `${id} is there ${count} times, more often than it was sent`);
}
