/** Entries of a consume queue, and whether a group's filter takes them (321). */
import { encodeJson, type JsonObject, type JsonValue } from "../json.ts";
import {
  asObject,
  flag,
  integer,
  list,
  member,
  objectOf,
  optionalText,
  parseObject,
} from "../json-members.ts";
import { readSubscription, type Subscription, writeSubscription } from "./subscription.ts";

export interface QueueEntryRow {
  readonly physicalOffset: number;
  readonly sizeBytes: number;
  /** Java's hash of the tag; a delivery time in the queues of delayed messages. */
  readonly tagsCode: number;
  /** Whether the subscription takes it; false without one. */
  readonly isTaken: boolean;
  /** Why the entry cannot be read. */
  readonly problem?: string | undefined;
}

export interface QueueEntries {
  readonly subscription: Subscription | undefined;
  /** What is said of the group's filter; absent when no group was named. */
  readonly filterRemark: string | undefined;
  readonly entries: readonly QueueEntryRow[];
  readonly minOffset: number;
  readonly maxOffset: number;
}

export function encodeQueueEntries(value: QueueEntries): Buffer {
  const { subscription } = value;
  return encodeJson(
    objectOf([
      ["filterData", value.filterRemark],
      ["maxQueueIndex", value.maxOffset],
      ["minQueueIndex", value.minOffset],
      ["queueData", value.entries.map(writeEntry)],
      [
        "subscriptionData",
        subscription === undefined ? undefined : writeSubscription(subscription),
      ],
    ]),
  );
}

export function decodeQueueEntries(source: Buffer, start: number, end: number): QueueEntries {
  const object = parseObject(source, start, end);
  const subscription = member(object, "subscriptionData");
  return {
    subscription: subscription === undefined ? undefined : readSubscription(subscription),
    filterRemark: optionalText(object, "filterData"),
    entries: list(object, "queueData").map(readEntry),
    minOffset: integer(object, "minQueueIndex", 0),
    maxOffset: integer(object, "maxQueueIndex", 0),
  };
}

function writeEntry(entry: QueueEntryRow): JsonObject {
  return objectOf([
    ["eval", entry.isTaken],
    ["msg", entry.problem],
    ["physicOffset", entry.physicalOffset],
    ["physicSize", entry.sizeBytes],
    ["tagsCode", entry.tagsCode],
  ]);
}

function readEntry(value: JsonValue): QueueEntryRow {
  const object = asObject(value, "an entry");
  const problem = optionalText(object, "msg");
  return {
    physicalOffset: integer(object, "physicOffset"),
    sizeBytes: integer(object, "physicSize"),
    tagsCode: integer(object, "tagsCode", 0),
    isTaken: flag(object, "eval", false),
    ...(problem === undefined ? {} : { problem }),
  };
}
