/** A topic's settings: one (351), a list of them (18), or a table of all (21, and inside a registration: 103). */
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
  table,
  text,
  textTable,
} from "../json-members.ts";
import {
  type DataVersion,
  noDataVersion,
  readDataVersion,
  writeDataVersion,
} from "./data-version.ts";
import { readMappings, writeMappings } from "./topic-route.ts";

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

/** One topic's settings, wherever they stand. */
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

export function decodeTopicConfigList(
  source: Buffer,
  start: number,
  end: number,
): readonly TopicConfig[] {
  return list(parseObject(source, start, end), "topicConfigList").map(readTopicConfig);
}

export function encodeTopicConfigList(configs: readonly TopicConfig[]): Buffer {
  return encodeJson(objectOf([["topicConfigList", configs.map(writeTopicConfig)]]));
}

/** All topics of a broker. */
export interface TopicTable {
  readonly dataVersion: DataVersion;
  readonly topics: readonly TopicConfig[];
  /** Queue mappings of static topics: JSON text by topic. Absent without any. */
  readonly mappings?: ReadonlyMap<string, string> | undefined;
}

export function decodeTopicTable(source: Buffer, start: number, end: number): TopicTable {
  return readTopicTable(parseObject(source, start, end));
}

export function encodeTopicTable(topicTable: TopicTable): Buffer {
  return encodeJson(writeTopicTable(topicTable));
}

export function readTopicTable(object: JsonObject): TopicTable {
  return {
    dataVersion: readDataVersion(member(object, "dataVersion")),
    topics: [...table(object, "topicConfigTable").values()].map(readTopicConfig),
    mappings: readMappings(object, "topicQueueMappingInfoMap"),
  };
}

export function writeTopicTable(topicTable: TopicTable): JsonObject {
  const rows = topicTable.topics.map((row) => [row.topic, writeTopicConfig(row)] as const);
  return objectOf([
    ["dataVersion", writeDataVersion(topicTable.dataVersion)],
    ["mappingDataVersion", writeDataVersion(noDataVersion)],
    ["topicConfigTable", objectOf(rows)],
    ["topicQueueMappingDetailMap", new Map()],
    ["topicQueueMappingInfoMap", writeMappings(topicTable.mappings) ?? new Map()],
  ]);
}
