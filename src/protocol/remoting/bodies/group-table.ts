/** Settings of all consumer groups (201). Members that older tools leave out have RocketMQ's defaults. */
import { encodeJson, type JsonObject, type JsonValue } from "../json.ts";
import {
  asObject,
  flag,
  integer,
  member,
  objectOf,
  parseObject,
  table,
  text,
  textTable,
} from "../json-members.ts";
import { type DataVersion, readDataVersion, writeDataVersion } from "./data-version.ts";

export interface GroupConfig {
  readonly group: string;
  readonly consumeEnable: boolean;
  readonly consumeFromMinEnable: boolean;
  readonly consumeBroadcastEnable: boolean;
  readonly consumeMessageOrderly: boolean;
  readonly consumeTimeoutMinute: number;
  readonly retryQueueCount: number;
  readonly retryTimesMax: number;
  readonly brokerId: number;
  readonly whichBrokerWhenConsumeSlowly: number;
  readonly notifyConsumerIdsChangedEnable: boolean;
  readonly groupSysFlag: number;
  readonly attributes: ReadonlyMap<string, string>;
}

export interface GroupTable {
  readonly dataVersion: DataVersion;
  readonly groups: readonly GroupConfig[];
}

function readGroupConfig(value: JsonValue): GroupConfig {
  const object = asObject(value, "a group");
  return {
    group: text(object, "groupName"),
    consumeEnable: flag(object, "consumeEnable", true),
    consumeFromMinEnable: flag(object, "consumeFromMinEnable", true),
    consumeBroadcastEnable: flag(object, "consumeBroadcastEnable", true),
    consumeMessageOrderly: flag(object, "consumeMessageOrderly", false),
    consumeTimeoutMinute: integer(object, "consumeTimeoutMinute", 15),
    retryQueueCount: integer(object, "retryQueueNums", 1),
    retryTimesMax: integer(object, "retryMaxTimes", 16),
    brokerId: integer(object, "brokerId", 0),
    whichBrokerWhenConsumeSlowly: integer(object, "whichBrokerWhenConsumeSlowly", 1),
    notifyConsumerIdsChangedEnable: flag(object, "notifyConsumerIdsChangedEnable", true),
    groupSysFlag: integer(object, "groupSysFlag", 0),
    attributes: textTable(object, "attributes"),
  };
}

function writeGroupConfig(config: GroupConfig): JsonObject {
  return objectOf([
    ["attributes", objectOf(config.attributes)],
    ["brokerId", config.brokerId],
    ["consumeBroadcastEnable", config.consumeBroadcastEnable],
    ["consumeEnable", config.consumeEnable],
    ["consumeFromMinEnable", config.consumeFromMinEnable],
    ["consumeMessageOrderly", config.consumeMessageOrderly],
    ["consumeTimeoutMinute", config.consumeTimeoutMinute],
    ["groupName", config.group],
    ["groupRetryPolicy", objectOf([["type", "CUSTOMIZED"]])],
    ["groupSysFlag", config.groupSysFlag],
    ["notifyConsumerIdsChangedEnable", config.notifyConsumerIdsChangedEnable],
    ["retryMaxTimes", config.retryTimesMax],
    ["retryQueueNums", config.retryQueueCount],
    ["whichBrokerWhenConsumeSlowly", config.whichBrokerWhenConsumeSlowly],
  ]);
}

export function encodeGroupTable(groupTable: GroupTable): Buffer {
  return encodeJson(
    objectOf([
      ["dataVersion", writeDataVersion(groupTable.dataVersion)],
      ["forbiddenTable", new Map()],
      [
        "subscriptionGroupTable",
        objectOf(groupTable.groups.map((group) => [group.group, writeGroupConfig(group)])),
      ],
    ]),
  );
}

export function decodeGroupTable(source: Buffer, start: number, end: number): GroupTable {
  const object = parseObject(source, start, end);
  return {
    dataVersion: readDataVersion(member(object, "dataVersion")),
    groups: [...table(object, "subscriptionGroupTable").values()].map(readGroupConfig),
  };
}
