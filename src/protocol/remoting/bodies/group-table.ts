/**
 * Settings of consumer groups: one (200, 352), a list of them (225), all of a broker (201), and which topics a group
 * may not read (353). Members that older tools leave out have RocketMQ's defaults.
 */
import { encodeJson, type JsonObject, type JsonValue } from "../json.ts";
import {
  asInteger,
  asObject,
  decimal,
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
import { type DataVersion, readDataVersion, writeDataVersion } from "./data-version.ts";

/** How long a failed message rests. Classic consumers ask for delay levels instead; proxies read this. */
export interface GroupRetryPolicy {
  /** CUSTOMIZED or EXPONENTIAL. */
  readonly type: string;
  /** Of CUSTOMIZED: milliseconds by attempt; RocketMQ's own when absent. */
  readonly delaysMs?: readonly number[] | undefined;
  readonly exponential?:
    | { readonly initialMs: number; readonly maxMs: number; readonly multiplier: number }
    | undefined;
}

/** A subscription that an operator gives a group. */
export interface GroupSubscriptionSetting {
  readonly topic: string;
  readonly expressionType: string;
  readonly expression: string;
  readonly version: number;
}

export interface GroupConfig {
  readonly group: string;
  readonly consumeEnable: boolean;
  readonly consumeFromMinEnable: boolean;
  readonly consumeBroadcastEnable: boolean;
  readonly consumeMessageOrderly: boolean;
  readonly consumeTimeoutMinute: number;
  readonly retryQueueCount: number;
  readonly retryTimesMax: number;
  readonly retryPolicy: GroupRetryPolicy;
  readonly brokerId: number;
  readonly whichBrokerWhenConsumeSlowly: number;
  readonly notifyConsumerIdsChangedEnable: boolean;
  readonly groupSysFlag: number;
  readonly subscriptions?: readonly GroupSubscriptionSetting[] | undefined;
  readonly attributes: ReadonlyMap<string, string>;
}

export interface GroupTable {
  readonly dataVersion: DataVersion;
  readonly groups: readonly GroupConfig[];
  /** By group, the topics that it may not read, with RocketMQ's bits. */
  readonly forbidden: ReadonlyMap<string, ReadonlyMap<string, number>>;
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
    retryPolicy: readRetryPolicy(member(object, "groupRetryPolicy")),
    brokerId: integer(object, "brokerId", 0),
    whichBrokerWhenConsumeSlowly: integer(object, "whichBrokerWhenConsumeSlowly", 1),
    notifyConsumerIdsChangedEnable: flag(object, "notifyConsumerIdsChangedEnable", true),
    groupSysFlag: integer(object, "groupSysFlag", 0),
    subscriptions:
      member(object, "subscriptionDataSet") === undefined
        ? undefined
        : list(object, "subscriptionDataSet").map(readSubscriptionSetting),
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
    ["groupRetryPolicy", writeRetryPolicy(config.retryPolicy)],
    ["groupSysFlag", config.groupSysFlag],
    ["notifyConsumerIdsChangedEnable", config.notifyConsumerIdsChangedEnable],
    ["retryMaxTimes", config.retryTimesMax],
    ["retryQueueNums", config.retryQueueCount],
    ["subscriptionDataSet", config.subscriptions?.map(writeSubscriptionSetting)],
    ["whichBrokerWhenConsumeSlowly", config.whichBrokerWhenConsumeSlowly],
  ]);
}

function readRetryPolicy(value: JsonValue | undefined): GroupRetryPolicy {
  const object = value === undefined ? new Map() : asObject(value, "groupRetryPolicy");
  const customized = member(object, "customizedRetryPolicy");
  const exponential = member(object, "exponentialRetryPolicy");
  return {
    type: optionalText(object, "type") ?? "CUSTOMIZED",
    delaysMs:
      customized === undefined
        ? undefined
        : list(asObject(customized, "customizedRetryPolicy"), "next").map((delay) =>
            asInteger(delay, "a delay"),
          ),
    exponential: exponential === undefined ? undefined : readExponential(exponential),
  };
}

function readExponential(value: JsonValue): GroupRetryPolicy["exponential"] {
  const object = asObject(value, "exponentialRetryPolicy");
  return {
    initialMs: integer(object, "initial", 5_000),
    maxMs: integer(object, "max", 7_200_000),
    multiplier: decimal(object, "multiplier", 2),
  };
}

function writeRetryPolicy(policy: GroupRetryPolicy): JsonObject {
  const { delaysMs, exponential } = policy;
  return objectOf([
    ["customizedRetryPolicy", delaysMs === undefined ? undefined : objectOf([["next", delaysMs]])],
    [
      "exponentialRetryPolicy",
      exponential === undefined
        ? undefined
        : objectOf([
            ["initial", exponential.initialMs],
            ["max", exponential.maxMs],
            ["multiplier", exponential.multiplier],
          ]),
    ],
    ["type", policy.type],
  ]);
}

function readSubscriptionSetting(value: JsonValue): GroupSubscriptionSetting {
  const object = asObject(value, "a subscription of a group");
  return {
    topic: text(object, "topic"),
    expressionType: optionalText(object, "expressionType") ?? "TAG",
    expression: optionalText(object, "expression") ?? "*",
    version: integer(object, "version", 0),
  };
}

function writeSubscriptionSetting(setting: GroupSubscriptionSetting): JsonObject {
  return objectOf([
    ["expression", setting.expression],
    ["expressionType", setting.expressionType],
    ["topic", setting.topic],
    ["version", setting.version],
  ]);
}

export function encodeGroupConfig(config: GroupConfig): Buffer {
  return encodeJson(writeGroupConfig(config));
}

export function decodeGroupConfig(source: Buffer, start: number, end: number): GroupConfig {
  return readGroupConfig(parseObject(source, start, end));
}

export function encodeGroupConfigList(configs: readonly GroupConfig[]): Buffer {
  return encodeJson(objectOf([["groupConfigList", configs.map(writeGroupConfig)]]));
}

export function decodeGroupConfigList(
  source: Buffer,
  start: number,
  end: number,
): readonly GroupConfig[] {
  return list(parseObject(source, start, end), "groupConfigList").map(readGroupConfig);
}

export function encodeGroupTable(groupTable: GroupTable): Buffer {
  const forbidden = [...groupTable.forbidden].map(
    ([group, topics]) => [group, objectOf(topics)] as const,
  );
  return encodeJson(
    objectOf([
      ["dataVersion", writeDataVersion(groupTable.dataVersion)],
      ["forbiddenTable", objectOf(forbidden)],
      [
        "subscriptionGroupTable",
        objectOf(groupTable.groups.map((group) => [group.group, writeGroupConfig(group)])),
      ],
    ]),
  );
}

export function decodeGroupTable(source: Buffer, start: number, end: number): GroupTable {
  const object = parseObject(source, start, end);
  const forbidden = table(object, "forbiddenTable");
  return {
    dataVersion: readDataVersion(member(object, "dataVersion")),
    groups: [...table(object, "subscriptionGroupTable").values()].map(readGroupConfig),
    forbidden: new Map(
      [...forbidden.keys()].map((group) => [group, readForbidden(table(forbidden, group))]),
    ),
  };
}

function readForbidden(topics: JsonObject): ReadonlyMap<string, number> {
  return new Map([...topics].map(([topic, bits]) => [topic, asInteger(bits, "forbidden")]));
}

/** Whether a group may read a topic (353). */
export interface GroupForbidden {
  readonly group: string;
  readonly topic: string;
  readonly readable: boolean;
}

export function encodeGroupForbidden(row: GroupForbidden): Buffer {
  return encodeJson(
    objectOf([
      ["group", row.group],
      ["readable", row.readable],
      ["topic", row.topic],
    ]),
  );
}

export function decodeGroupForbidden(source: Buffer, start: number, end: number): GroupForbidden {
  const object = parseObject(source, start, end);
  return {
    group: text(object, "group"),
    topic: text(object, "topic"),
    readable: flag(object, "readable", true),
  };
}
