/** What a broker says of lite topics (200074 to 200078). */
import type { JsonObject } from "../json.ts";
import {
  asInteger,
  asObject,
  flag,
  integer,
  list,
  member,
  optionalText,
  optionalTexts,
  parseObject,
  table,
  text,
  texts,
} from "../json-members.ts";

/** Of one broker. */
export interface LiteBroker {
  readonly storeType: string | undefined;
  readonly maxLmqNum: number;
  readonly currentLmqNum: number;
  readonly liteSubscriptionCount: number;
  readonly orderInfoCount: number;
  readonly cqTableSize: number;
  readonly offsetTableSize: number;
  readonly eventMapSize: number;
  /** Minutes that lite topics live without messages, by parent; undefined when nothing was said of it. */
  readonly topicMeta: ReadonlyMap<string, number> | undefined;
  /** Groups by parent; undefined as above. */
  readonly groupMeta: ReadonlyMap<string, readonly string[]> | undefined;
}

export interface LiteParent {
  /** Minutes. */
  readonly ttl: number;
  readonly groups: readonly string[] | undefined;
  readonly lmqNum: number;
  readonly liteTopicCount: number;
}

export interface LiteTopic {
  readonly minOffset: number;
  readonly maxOffset: number;
  /** 0 when there never was a message. */
  readonly lastUpdateMs: number;
  readonly isShardedHere: boolean;
  readonly subscribers: readonly { readonly clientId: string; readonly group: string }[];
}

export interface LiteClient {
  readonly lastAccessMs: number;
  readonly lastConsumeMs: number;
  readonly liteTopicCount: number;
  readonly liteTopics: readonly string[] | undefined;
}

export interface LiteLag {
  readonly liteTopic: string;
  readonly lagCount: number;
  /** Of the oldest message that waits; 0 or less when none does. */
  readonly oldestMs: number;
}

export interface LiteGroup {
  readonly lagCount: number;
  readonly oldestMs: number;
  readonly offsets:
    | {
        readonly brokerOffset: number;
        readonly consumerOffset: number;
        readonly lastTimestampMs: number;
      }
    | undefined;
  readonly mostBehind: readonly LiteLag[];
  readonly longestBehind: readonly LiteLag[];
}

export function decodeLiteBroker(source: Buffer, start: number, end: number): LiteBroker {
  const object = parseObject(source, start, end);
  const meta = <T>(name: string, read: (rows: JsonObject, key: string) => T) =>
    member(object, name) === undefined
      ? undefined
      : new Map(
          [...table(object, name).keys()].map((key) => [key, read(table(object, name), key)]),
        );
  return {
    storeType: optionalText(object, "storeType"),
    maxLmqNum: integer(object, "maxLmqNum", 0),
    currentLmqNum: integer(object, "currentLmqNum", 0),
    liteSubscriptionCount: integer(object, "liteSubscriptionCount", 0),
    orderInfoCount: integer(object, "orderInfoCount", 0),
    cqTableSize: integer(object, "cqTableSize", 0),
    offsetTableSize: integer(object, "offsetTableSize", 0),
    eventMapSize: integer(object, "eventMapSize", 0),
    topicMeta: meta("topicMeta", (rows, key) => asInteger(rows.get(key), key)),
    groupMeta: meta("groupMeta", texts),
  };
}

export function decodeLiteParent(source: Buffer, start: number, end: number): LiteParent {
  const object = parseObject(source, start, end);
  return {
    ttl: integer(object, "ttl", 0),
    groups: optionalTexts(object, "groups"),
    lmqNum: integer(object, "lmqNum", 0),
    liteTopicCount: integer(object, "liteTopicCount", 0),
  };
}

export function decodeLiteTopic(source: Buffer, start: number, end: number): LiteTopic {
  const object = parseObject(source, start, end);
  const offset = table(object, "topicOffset");
  return {
    minOffset: integer(offset, "minOffset", 0),
    maxOffset: integer(offset, "maxOffset", 0),
    lastUpdateMs: integer(offset, "lastUpdateTimestamp", 0),
    isShardedHere: flag(object, "shardingToBroker", false),
    subscribers: list(object, "subscriber").map((each) => {
      const subscriber = asObject(each, "a subscriber");
      return { clientId: text(subscriber, "clientId"), group: text(subscriber, "group") };
    }),
  };
}

export function decodeLiteClient(source: Buffer, start: number, end: number): LiteClient {
  const object = parseObject(source, start, end);
  return {
    lastAccessMs: integer(object, "lastAccessTime", 0),
    lastConsumeMs: integer(object, "lastConsumeTime", 0),
    liteTopicCount: integer(object, "liteTopicCount", 0),
    liteTopics: optionalTexts(object, "liteTopicSet"),
  };
}

export function decodeLiteGroup(source: Buffer, start: number, end: number): LiteGroup {
  const object = parseObject(source, start, end);
  const offsets = member(object, "liteTopicOffsetWrapper");
  return {
    lagCount: integer(object, "totalLagCount", 0),
    oldestMs: integer(object, "earliestUnconsumedTimestamp", 0),
    offsets:
      offsets === undefined ? undefined : offsetsOf(asObject(offsets, "liteTopicOffsetWrapper")),
    mostBehind: lags(object, "lagCountTopK"),
    longestBehind: lags(object, "lagTimestampTopK"),
  };
}

function offsetsOf(object: JsonObject): NonNullable<LiteGroup["offsets"]> {
  return {
    brokerOffset: integer(object, "brokerOffset", 0),
    consumerOffset: integer(object, "consumerOffset", 0),
    lastTimestampMs: integer(object, "lastTimestamp", 0),
  };
}

function lags(object: JsonObject, name: string): readonly LiteLag[] {
  return list(object, name).map((each) => {
    const lag = asObject(each, name);
    return {
      liteTopic: text(lag, "liteTopic"),
      lagCount: integer(lag, "lagCount", 0),
      oldestMs: integer(lag, "earliestUnconsumedTimestamp", 0),
    };
  });
}
