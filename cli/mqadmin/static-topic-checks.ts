/** What must hold of a static topic before and after a change: brokers that disagree would lose messages. */
import type { StaticQueuePart, StaticTopic, StaticTopicMapping } from "../../src/client/index.ts";
import { CommandError } from "../command-error.ts";
import { exitCode } from "../exit-code.ts";

export type StaticTopics = ReadonlyMap<string, StaticTopic>;

/** A static topic with the mapping that each has on each of its brokers. */
export interface MappedTopic {
  readonly config: StaticTopic["config"];
  readonly mapping: StaticTopicMapping;
}

/** What all brokers agree on. */
export interface StaticTopicState {
  readonly epoch: number;
  readonly queueCount: number;
  readonly brokers: ReadonlyMap<string, MappedTopic>;
  /** By static queue, in their order: its parts, of which the last one leads. */
  readonly queues: ReadonlyMap<number, readonly StaticQueuePart[]>;
}

/** Of a topic that some broker has. Throws CommandError `MQ-E-REFUSED` with what does not hold. */
export function checkStaticTopic(topic: string, brokers: StaticTopics): StaticTopicState {
  const mapped = new Map<string, MappedTopic>();
  for (const [brokerName, { config, mapping }] of brokers) {
    if (mapping === undefined) {
      throw refused(`'${topic}' is no static topic on broker ${brokerName}`);
    }
    checkMapping(topic, brokerName, config.topic, mapping);
    mapped.set(brokerName, { config, mapping });
  }
  const [first] = mapped.values();
  if (first === undefined) {
    throw refused(`no broker has '${topic}'`);
  }
  const { epoch, totalQueues, scope } = first.mapping;
  for (const [brokerName, { mapping }] of mapped) {
    const isSame =
      mapping.epoch === epoch && mapping.totalQueues === totalQueues && mapping.scope === scope;
    if (!isSame) {
      throw refused(`'${topic}': ${brokerName} and ${first.mapping.brokerName} disagree`);
    }
  }
  const queues = leadersOf(topic, mapped);
  const isWhole = Array.from({ length: totalQueues }, (_, id) => id).every((id) => queues.has(id));
  if (!isWhole || queues.size !== totalQueues) {
    throw refused(`'${topic}' should have ${totalQueues} queues, and ${queues.size} are led`);
  }
  checkPlaces(topic, mapped, queues);
  return { epoch, queueCount: totalQueues, brokers: mapped, queues };
}

function checkMapping(
  topic: string,
  brokerName: string,
  configured: string,
  mapping: StaticTopicMapping,
): void {
  if (mapping.brokerName !== brokerName) {
    throw refused(`broker ${brokerName} has the mapping of ${mapping.brokerName}`);
  }
  if (mapping.isDirty) {
    throw refused(`the mapping of broker ${brokerName} is not finished`);
  }
  if (mapping.topic !== topic || configured !== topic) {
    throw refused(`broker ${brokerName} has a mapping of '${mapping.topic}', not of '${topic}'`);
  }
}

/** Each queue as its leader knows it. */
function leadersOf(
  topic: string,
  brokers: ReadonlyMap<string, MappedTopic>,
): ReadonlyMap<number, readonly StaticQueuePart[]> {
  const found = new Map<number, readonly StaticQueuePart[]>();
  for (const [brokerName, { mapping }] of brokers) {
    for (const [id, parts] of mapping.queues) {
      checkParts(topic, id, parts);
      if (parts.at(-1)?.brokerName === brokerName) {
        if (found.has(id)) {
          throw refused(`'${topic}': two brokers lead queue ${id}`);
        }
        found.set(id, parts);
      }
    }
  }
  return new Map([...found].sort(([left], [right]) => left - right));
}

/** Offsets and generations grow from part to part. */
function checkParts(topic: string, id: number, parts: readonly StaticQueuePart[]): void {
  for (const [at, part] of parts.entries()) {
    const next = parts[at + 1];
    const { generation, queueId, startOffset, endOffset, logicOffset } = part;
    const isSound = startOffset >= 0 && generation >= 0 && queueId >= 0;
    const isEnded = endOffset === -1 || endOffset >= startOffset;
    const isOpenOnlyAtTheEnd = next === undefined || logicOffset >= 0;
    if (!isSound || !isEnded || !isOpenOnlyAtTheEnd || !isBefore(part, next)) {
      throw refused(`'${topic}': the parts of queue ${id} contradict each other`);
    }
  }
}

function isBefore(part: StaticQueuePart, next: StaticQueuePart | undefined): boolean {
  if (next === undefined) {
    return true;
  }
  const length = part.endOffset >= part.startOffset ? part.endOffset - part.startOffset : 0;
  return (
    part.generation < next.generation &&
    (next.logicOffset === -1 || part.logicOffset + length < next.logicOffset)
  );
}

/** Each part lies in a queue of its own that its broker has. */
function checkPlaces(
  topic: string,
  brokers: ReadonlyMap<string, MappedTopic>,
  queues: ReadonlyMap<number, readonly StaticQueuePart[]>,
): void {
  const taken = new Map<string, number>();
  for (const [id, parts] of queues) {
    for (const { brokerName, queueId } of parts) {
      const place = `${brokerName}:${queueId}`;
      const other = taken.get(place);
      if (other !== undefined) {
        throw refused(`'${topic}': queues ${other} and ${id} lie in the same queue of a broker`);
      }
      taken.set(place, id);
    }
  }
  for (const [brokerName, { config, mapping }] of brokers) {
    if (config.readQueueCount < config.writeQueueCount) {
      throw refused(`'${topic}': broker ${brokerName} has more queues to write than to read`);
    }
    for (const { brokerName: place, queueId, startOffset } of [...mapping.queues.values()].flat()) {
      const count = brokers.get(place)?.config.writeQueueCount;
      if (startOffset !== 0 || count === undefined || queueId >= count) {
        throw refused(`'${topic}': broker ${place} does not have queue ${queueId}`);
      }
    }
  }
}

export function refused(message: string): CommandError {
  return new CommandError("MQ-E-REFUSED", exitCode.failed, message);
}
