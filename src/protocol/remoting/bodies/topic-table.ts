/** A topic's settings: one (351), or a table of them inside a registration (103). */
import { encodeJson, type JsonObject, type JsonValue } from "../json.ts";
import {
  asObject,
  flag,
  integer,
  objectOf,
  optionalText,
  parseObject,
  text,
  textTable,
} from "../json-members.ts";

export interface TopicConfig {
  readonly topic: string;
  readonly readQueueCount: number;
  readonly writeQueueCount: number;
  readonly perm: number;
  readonly filterType: string;
  readonly topicSysFlag: number;
  readonly order: boolean;
  readonly attributes: ReadonlyMap<string, string>;
}

export function readTopicConfig(value: JsonValue): TopicConfig {
  const object = asObject(value, "a topic");
  return {
    topic: text(object, "topicName"),
    readQueueCount: integer(object, "readQueueNums", 16),
    writeQueueCount: integer(object, "writeQueueNums", 16),
    perm: integer(object, "perm", 6),
    filterType: optionalText(object, "topicFilterType") ?? "SINGLE_TAG",
    topicSysFlag: integer(object, "topicSysFlag", 0),
    order: flag(object, "order", false),
    attributes: textTable(object, "attributes"),
  };
}

export function writeTopicConfig(config: TopicConfig): JsonObject {
  return objectOf([
    ["attributes", objectOf(config.attributes)],
    ["order", config.order],
    ["perm", config.perm],
    ["readQueueNums", config.readQueueCount],
    ["topicFilterType", config.filterType],
    ["topicName", config.topic],
    ["topicSysFlag", config.topicSysFlag],
    ["writeQueueNums", config.writeQueueCount],
  ]);
}

export function decodeTopicConfig(source: Buffer, start: number, end: number): TopicConfig {
  return readTopicConfig(parseObject(source, start, end));
}

export function encodeTopicConfig(config: TopicConfig): Buffer {
  return encodeJson(writeTopicConfig(config));
}
