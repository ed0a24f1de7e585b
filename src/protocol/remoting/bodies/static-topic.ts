/**
 * Static topics: topics with a fixed number of queues whose queues lie on several brokers, one after the other (351, 513).
 * Each broker holds a mapping: of the queues that it leads or led, where their messages are.
 */
import { encodeJson, type JsonObject, type JsonUnquoted, type JsonValue } from "../json.ts";
import {
  asInteger,
  asObject,
  flag,
  integer,
  list,
  member,
  objectOf,
  optionalText,
  parseObject,
  table,
  text,
} from "../json-members.ts";
import { readTopicConfig, type TopicConfig, writeTopicConfig } from "./topic-table.ts";

/** A part of a static queue: a queue of one broker. -1 stands for what is not decided. */
export interface StaticQueuePart {
  /** Counts the parts of a queue, from 0. */
  readonly generation: number;
  readonly brokerName: string;
  readonly queueId: number;
  /** What the static queue's offset is at `startOffset`. */
  readonly logicOffset: number;
  readonly startOffset: number;
  readonly endOffset: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

export interface StaticTopicMapping {
  readonly topic: string;
  readonly scope: string;
  readonly totalQueues: number;
  readonly brokerName: string;
  /** Grows with every change: a time in milliseconds since 1970. */
  readonly epoch: number;
  readonly isDirty: boolean;
  /** The broker's queue by the static queue that it leads. */
  readonly currentQueues: ReadonlyMap<number, number>;
  /** Parts by static queue, the oldest first; the last one leads. */
  readonly queues: ReadonlyMap<number, readonly StaticQueuePart[]>;
}

/** A topic on one broker; other topics have no mapping. */
export interface StaticTopic {
  readonly config: TopicConfig;
  readonly mapping: StaticTopicMapping | undefined;
}

/** What a change of a static topic was, and is going to be: RocketMQ's tool keeps both in files. */
export interface StaticTopicPlan {
  readonly topic: string;
  readonly type: "CREATE_OR_UPDATE" | "REMAPPING";
  readonly epoch: number;
  /** By the names of their brokers. */
  readonly brokers: ReadonlyMap<string, StaticTopic>;
  /** Brokers that get queues, and those that lose some. */
  readonly mapIn: readonly string[];
  readonly mapOut: readonly string[];
}

export function decodeStaticTopic(source: Buffer, start: number, end: number): StaticTopic {
  return readStaticTopic(parseObject(source, start, end));
}

/** Also what a route says of a broker's mapping, which is all but the parts. */
export function decodeStaticTopicMapping(
  source: Buffer,
  start: number,
  end: number,
): StaticTopicMapping {
  return readMapping(parseObject(source, start, end));
}

export function encodeStaticTopicMapping(mapping: StaticTopicMapping): Buffer {
  return encodeJson(writeMapping(mapping));
}

export function encodeStaticTopicPlan(plan: StaticTopicPlan): Buffer {
  const brokers = [...plan.brokers].map(([name, each]) => [name, writeStaticTopic(each)] as const);
  return encodeJson(
    objectOf([
      ["brokerConfigMap", objectOf(brokers)],
      ["brokerToMapIn", plan.mapIn],
      ["brokerToMapOut", plan.mapOut],
      ["epoch", plan.epoch],
      ["topic", plan.topic],
      ["type", plan.type],
    ]),
  );
}

export function decodeStaticTopicPlan(source: Buffer, start: number, end: number): StaticTopicPlan {
  const object = parseObject(source, start, end);
  const brokers = [...table(object, "brokerConfigMap")].map(
    ([name, value]) => [name, readStaticTopic(asObject(value, "a static topic"))] as const,
  );
  return {
    topic: text(object, "topic"),
    type: optionalText(object, "type") === "REMAPPING" ? "REMAPPING" : "CREATE_OR_UPDATE",
    epoch: integer(object, "epoch"),
    brokers: new Map(brokers),
    mapIn: list(object, "brokerToMapIn").map(String),
    mapOut: list(object, "brokerToMapOut").map(String),
  };
}

function readStaticTopic(object: JsonObject): StaticTopic {
  const mapping = member(object, "mappingDetail");
  return {
    config: readTopicConfig(object),
    mapping: mapping === undefined ? undefined : readMapping(asObject(mapping, "mappingDetail")),
  };
}

function writeStaticTopic({ config, mapping }: StaticTopic): JsonObject {
  const [attributes, ...others] = writeTopicConfig(config);
  return objectOf([
    ...(attributes === undefined ? [] : [attributes]),
    ["mappingDetail", mapping === undefined ? undefined : writeMapping(mapping)],
    ...others,
  ]);
}

function readMapping(object: JsonObject): StaticTopicMapping {
  return {
    topic: text(object, "topic"),
    scope: optionalText(object, "scope") ?? "__global__",
    totalQueues: integer(object, "totalQueues", 0),
    brokerName: text(object, "bname"),
    epoch: integer(object, "epoch", 0),
    isDirty: flag(object, "dirty", false),
    currentQueues: new Map(
      [...table(object, "currIdMap")].map(([id, queueId]) => [
        Number(id),
        asInteger(queueId, "currIdMap"),
      ]),
    ),
    queues: new Map(
      [...table(object, "hostedQueues").keys()].map((id) => [
        Number(id),
        list(table(object, "hostedQueues"), id).map(readPart),
      ]),
    ),
  };
}

function writeMapping(mapping: StaticTopicMapping): JsonObject {
  const queues = [...mapping.queues].map(
    ([id, parts]) => [String(id), parts.map(writePart)] as const,
  );
  const current = [...mapping.currentQueues].map(([id, queueId]) => [String(id), queueId] as const);
  return objectOf([
    ["bname", mapping.brokerName],
    ["currIdMap", unquoted(current)],
    ["dirty", mapping.isDirty],
    ["epoch", mapping.epoch],
    ["hostedQueues", unquoted(queues)],
    ["scope", mapping.scope],
    ["topic", mapping.topic],
    ["totalQueues", mapping.totalQueues],
  ]);
}

function unquoted(entries: Iterable<readonly [string, JsonValue]>): JsonUnquoted {
  return { kind: "unquoted", entries: new Map(entries) };
}

function readPart(value: JsonValue): StaticQueuePart {
  const row = asObject(value, "a part of a static queue");
  return {
    generation: integer(row, "gen", 0),
    brokerName: text(row, "bname"),
    queueId: integer(row, "queueId", 0),
    logicOffset: integer(row, "logicOffset", 0),
    startOffset: integer(row, "startOffset", 0),
    endOffset: integer(row, "endOffset", -1),
    startedAtMs: integer(row, "timeOfStart", -1),
    endedAtMs: integer(row, "timeOfEnd", -1),
  };
}

function writePart(part: StaticQueuePart): JsonObject {
  return objectOf([
    ["bname", part.brokerName],
    ["endOffset", part.endOffset],
    ["gen", part.generation],
    ["logicOffset", part.logicOffset],
    ["queueId", part.queueId],
    ["startOffset", part.startOffset],
    ["timeOfEnd", part.endedAtMs],
    ["timeOfStart", part.startedAtMs],
  ]);
}
