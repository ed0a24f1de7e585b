/** What two looks at a cluster say together: rates, and lag as it is at the second one. */
import { type BrokerSample, type ClusterSample, topicOfQueue } from "./cluster-sample.ts";

export interface Flow {
  /** A second, with one decimal; null while there is no earlier look to compare with. */
  readonly inPerSecond: number | null;
  readonly outPerSecond: number | null;
}

export interface BrokerFlow extends Flow {
  readonly sample: BrokerSample;
  readonly bytesInPerSecond: number | null;
  /** Messages that groups have not consumed; null when the broker does not tell. */
  readonly lag: number | null;
}

export interface NamedFlow extends Flow {
  readonly name: string;
  readonly lag: number | null;
}

/** By broker. One that started anew in between has no rate. */
export function brokerFlows(
  before: ClusterSample | undefined,
  now: ClusterSample,
): readonly BrokerFlow[] {
  return now.brokers.map((sample) => {
    const earlier = before?.brokers.find(({ broker }) => broker.address === sample.broker.address);
    const isSame = earlier !== undefined && earlier.facts.startedMs === sample.facts.startedMs;
    const rate = (key: "messagesIn" | "messagesOut" | "bytesIn"): number | null =>
      isSame ? perSecond(sample[key] - earlier[key], sample.atMs - earlier.atMs) : null;
    return {
      sample,
      inPerSecond: rate("messagesIn"),
      outPerSecond: rate("messagesOut"),
      bytesInPerSecond: rate("bytesIn"),
      lag: lagOf(sample),
    };
  });
}

function lagOf({ groups }: BrokerSample): number | null {
  if (groups === undefined) {
    return null;
  }
  let lag = 0;
  for (const queues of groups.values()) {
    for (const { brokerOffset, consumerOffset } of queues.values()) {
      lag += Math.max(0, brokerOffset - consumerOffset);
    }
  }
  return lag;
}

/** By group: what arrives in its queues, what it consumes, what it has not consumed yet. */
export function groupFlows(
  before: ClusterSample | undefined,
  now: ClusterSample,
): readonly NamedFlow[] {
  return consumption(before, now, (group) => group);
}

/** By topic: what arrives, and what all its groups together consume and have not consumed yet. */
export function topicFlows(
  before: ClusterSample | undefined,
  now: ClusterSample,
): readonly NamedFlow[] {
  const consumed = new Map(
    consumption(before, now, (_, queue) => topicOfQueue(queue)).map((flow) => [flow.name, flow]),
  );
  return now.topics.map(({ topic, ends, atMs }) => {
    const earlier = before?.topics.find((each) => each.topic === topic);
    let arrived = 0;
    for (const [queue, end] of ends) {
      arrived += Math.max(0, end - (earlier?.ends.get(queue) ?? end));
    }
    const flow = consumed.get(topic);
    return {
      name: topic,
      inPerSecond: earlier === undefined ? null : perSecond(arrived, atMs - earlier.atMs),
      outPerSecond: flow === undefined ? null : flow.outPerSecond,
      lag: flow === undefined ? null : flow.lag,
    };
  });
}

interface Sum {
  inPerSecond: number;
  outPerSecond: number;
  lag: number;
  isCompared: boolean;
}

function consumption(
  before: ClusterSample | undefined,
  now: ClusterSample,
  nameOf: (group: string, queue: string) => string,
): readonly NamedFlow[] {
  const sums = new Map<string, Sum>();
  for (const { broker, atMs, groups = new Map() } of now.brokers) {
    const earlier = before?.brokers.find((each) => each.broker.address === broker.address);
    const ms = atMs - (earlier?.atMs ?? 0);
    for (const [group, queues] of groups) {
      const known = earlier?.groups?.get(group);
      for (const [queue, place] of queues) {
        const name = nameOf(group, queue);
        const sum = sums.get(name) ?? {
          inPerSecond: 0,
          outPerSecond: 0,
          lag: 0,
          isCompared: false,
        };
        sums.set(name, sum);
        sum.lag += Math.max(0, place.brokerOffset - place.consumerOffset);
        const was = known?.get(queue);
        if (was !== undefined) {
          sum.isCompared = true;
          sum.inPerSecond += grown(was.brokerOffset, place.brokerOffset, ms);
          // A group that was moved back consumes nothing by that.
          sum.outPerSecond += grown(was.consumerOffset, place.consumerOffset, ms);
        }
      }
      if (queues.size === 0 && !sums.has(group)) {
        addIdle(sums, nameOf(group, ""));
      }
    }
  }
  return [...sums].map(([name, { inPerSecond, outPerSecond, lag, isCompared }]) => ({
    name,
    inPerSecond: isCompared ? round(inPerSecond) : null,
    outPerSecond: isCompared ? round(outPerSecond) : null,
    lag,
  }));
}

/** A group that has consumed nothing anywhere is still one. */
function addIdle(sums: Map<string, Sum>, name: string): void {
  if (name !== "") {
    sums.set(name, { inPerSecond: 0, outPerSecond: 0, lag: 0, isCompared: false });
  }
}

function grown(before: number, now: number, ms: number): number {
  return ms > 0 ? (Math.max(0, now - before) * 1_000) / ms : 0;
}

function perSecond(count: number, ms: number): number | null {
  return ms > 0 && count >= 0 ? round((count * 1_000) / ms) : null;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The sum of what is known; null when nothing is. */
export function sumOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : round(known.reduce((sum, value) => sum + value, 0));
}
