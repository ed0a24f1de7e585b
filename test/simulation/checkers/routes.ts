/**
 * Routes converge: some time after the last fault, every topic that a broker acknowledged is in its route,
 * with a queue count that was asked for and not superseded for certain.
 */
import type { Violation } from "../history.ts";

/** A topic made or changed on one broker. */
export interface TopicRequest {
  readonly topic: string;
  readonly brokerName: string;
  readonly queueCount: number;
  readonly invoked: number;
  ended: number;
  isAcknowledged: boolean;
}

/** Queue counts by broker name, as one route says at the end. */
export type RouteCounts = ReadonlyMap<string, number>;

/** Compares what was asked for with the routes at the end, by topic; a topic without one is absent. */
export function checkRoutes(
  requests: readonly TopicRequest[],
  routes: ReadonlyMap<string, RouteCounts>,
): Violation[] {
  const byPlace = new Map<string, TopicRequest[]>();
  for (const request of requests) {
    const key = `${request.topic} ${request.brokerName}`;
    const list = byPlace.get(key) ?? [];
    list.push(request);
    byPlace.set(key, list);
  }
  return [...byPlace.values()].flatMap((list) => judge(list, routes));
}

function judge(
  requests: readonly TopicRequest[],
  routes: ReadonlyMap<string, RouteCounts>,
): Violation[] {
  const { topic, brokerName } = requests[0] as TopicRequest;
  const shown = routes.get(topic)?.get(brokerName);
  const newestInvoked = requests
    .filter(({ isAcknowledged }) => isAcknowledged)
    .reduce((newest, { invoked }) => Math.max(newest, invoked), -1);
  const possible: (number | undefined)[] = requests
    .filter(({ isAcknowledged, ended }) => !(isAcknowledged && ended < newestInvoked))
    .map(({ queueCount }) => queueCount);
  if (newestInvoked < 0) {
    possible.push(undefined);
  }
  if (possible.includes(shown)) {
    return [];
  }
  return [
    {
      checker: "routes",
      message:
        `the route of ${topic} shows ${shown ?? "no"} queues on ${brokerName}; ` +
        `what was asked for allows ${possible.map((count) => count ?? "none").join(", ")}`,
    },
  ];
}
