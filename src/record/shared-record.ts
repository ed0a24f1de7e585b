/**
 * Records that stand in more than one place of a queue, or in more than one queue (RocketMQ 5): an inner batch takes as
 * many offsets as it has messages; a record of light queues is named by each of them.
 */
import { readInt64 } from "../core/int64.ts";
import type { RecordShape } from "./decode.ts";
import { recordAt, sysFlag } from "./layout.ts";
import { parseProperties, propertyNames } from "./properties.ts";

/** One more place of a record. */
export interface SharedPlace {
  readonly topic: string;
  readonly queueOffset: number;
}

/** What light queues are called. */
export const lightQueuePrefix = "%LMQ%";

/** Offsets that the record takes in its own queue: 1 but for an inner batch. */
export function offsetsTaken(source: Buffer, start: number, shape: RecordShape): number {
  if ((source.readInt32BE(start + recordAt.sysFlag) & sysFlag.innerBatch) === 0) {
    return 1;
  }
  const properties = parseProperties(source, shape.propertiesStart, shape.propertiesEnd);
  const count = Number(properties.get(propertyNames.innerCount));
  return Number.isSafeInteger(count) && count > 0 && count <= 0x7fff ? count : 1;
}

const dispatchName = Buffer.from(propertyNames.multiDispatch, "latin1");

/** The light queues that the record stands in besides its own; they have the queue id 0. */
export function sharedPlaces(source: Buffer, shape: RecordShape): readonly SharedPlace[] {
  if (!source.subarray(shape.propertiesStart, shape.propertiesEnd).includes(dispatchName)) {
    return [];
  }
  const properties = parseProperties(source, shape.propertiesStart, shape.propertiesEnd);
  const topics = (properties.get(propertyNames.multiDispatch) ?? "").split(",");
  const offsets = (properties.get(propertyNames.multiQueueOffset) ?? "").split(",");
  return topics
    .map((topic, index) => ({ topic, queueOffset: Number(offsets[index] ?? Number.NaN) }))
    .filter(
      ({ topic, queueOffset }) =>
        topic.startsWith(lightQueuePrefix) && Number.isSafeInteger(queueOffset) && queueOffset >= 0,
    );
}

/** True when the record also is the message at the offset of the queue, although it calls itself another. */
export function standsAlsoAt(
  source: Buffer,
  start: number,
  shape: RecordShape,
  place: { readonly topic: string; readonly queueId: number; readonly queueOffset: number },
): boolean {
  const topic = source.toString("utf8", shape.topicStart, shape.topicEnd);
  if (topic === place.topic && source.readInt32BE(start + recordAt.queueId) === place.queueId) {
    const base = readInt64(source, start + recordAt.queueOffset);
    return (
      place.queueOffset >= base && place.queueOffset < base + offsetsTaken(source, start, shape)
    );
  }
  return (
    place.queueId === 0 &&
    sharedPlaces(source, shape).some(
      (each) => each.topic === place.topic && each.queueOffset === place.queueOffset,
    )
  );
}
