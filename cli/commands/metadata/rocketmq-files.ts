/**
 * Files in which RocketMQ keeps and exports metadata, read as a document: `topics.json`, `subscriptionGroup.json` and
 * `consumerOffset.json` of a store's `config` folder, and the `metadata.json` that its mqadmin exports.
 */
import { readGroupConfigs, readTopicConfigs } from "../../../src/client/index.ts";
import { DecodeError } from "../../../src/core/error.ts";
import { usageError } from "../../command-error.ts";
import { isSystemGroup } from "../group/group-names.ts";
import { isSystemTopic } from "../topic/topic-names.ts";
import type { GroupOffsets, MetadataDocument } from "./document.ts";
import { readDocument } from "./document-reader.ts";
import { membersOf } from "./setting-kinds.ts";
import { groupSettings, settingsOf, topicSettings } from "./setting-table.ts";

/**
 * Reads a document of either kind. RocketMQ's offsets do not say of which broker they are: `broker` does. Throws
 * CommandError `MQ-E-USAGE`.
 */
export function readAnyDocument(
  file: string,
  value: unknown,
  broker: string | undefined,
): MetadataDocument {
  const members = new Map(membersOf(value) ?? []);
  const topics = members.get("topicConfigTable");
  const groups = members.get("subscriptionGroupTable");
  const offsets = members.get("offsetTable");
  if (topics === undefined && groups === undefined && offsets === undefined) {
    return readDocument(file, value);
  }
  try {
    return {
      topics: topics === undefined ? undefined : rocketmqTopics(topics),
      groups: groups === undefined ? undefined : rocketmqGroups(groups),
      offsets: offsets === undefined ? undefined : rocketmqOffsets(file, offsets, broker),
      keyValues: undefined,
    };
  } catch (error) {
    if (error instanceof DecodeError) {
      throw usageError(`${file}: ${error.message}`);
    }
    throw error;
  }
}

function rocketmqTopics(table: unknown): MetadataDocument["topics"] {
  return readTopicConfigs(listText(table))
    .filter(({ topic }) => !isSystemTopic(topic))
    .map((config) => ({
      name: config.topic,
      brokers: undefined,
      settings: settingsOf(topicSettings, config),
    }));
}

function rocketmqGroups(table: unknown): MetadataDocument["groups"] {
  return readGroupConfigs(listText(table))
    .filter(({ group }) => !isSystemGroup(group))
    .map((config) => ({
      name: config.group,
      brokers: undefined,
      settings: settingsOf(groupSettings, config),
    }));
}

function listText(table: unknown): string {
  return JSON.stringify((membersOf(table) ?? []).map(([, config]) => config));
}

function rocketmqOffsets(
  file: string,
  table: unknown,
  broker: string | undefined,
): readonly GroupOffsets[] {
  if (broker === undefined) {
    throw usageError(
      `${file} does not say of which broker its offsets are`,
      "--broker NAME says on which they are set",
    );
  }
  const rows = (membersOf(table) ?? []).map(([key, queues]) => ({
    group: key.slice(key.indexOf("@") + 1),
    topic: key.slice(0, key.indexOf("@")),
    broker,
    queues: Object.fromEntries(
      (membersOf(queues) ?? []).filter(([, offset]) => Number(offset) >= 0),
    ),
  }));
  const kept = rows.filter(
    ({ group, topic }) => topic !== "" && !isSystemGroup(group) && !isSystemTopic(topic),
  );
  return readDocument(file, { offsets: kept }).offsets ?? [];
}
