/** A group's settings, and how they lie in the state table: RocketMQ's own JSON, so that its files read the same. */
import type { StateValue } from "../../store/message-store.ts";
import { rowFlag, rowInteger, rowMembers, rowTexts } from "../topic/topic-config.ts";

/** How long a failed message rests. Classic consumers ask for delay levels instead; it is kept for those that ask. */
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

/** The row of the state table. */
export function groupRow(config: GroupConfig): StateValue {
  const { subscriptions } = config;
  return {
    attributes: Object.fromEntries(config.attributes),
    brokerId: config.brokerId,
    consumeBroadcastEnable: config.consumeBroadcastEnable,
    consumeEnable: config.consumeEnable,
    consumeFromMinEnable: config.consumeFromMinEnable,
    consumeMessageOrderly: config.consumeMessageOrderly,
    consumeTimeoutMinute: config.consumeTimeoutMinute,
    groupName: config.group,
    groupRetryPolicy: retryPolicyRow(config.retryPolicy),
    groupSysFlag: config.groupSysFlag,
    notifyConsumerIdsChangedEnable: config.notifyConsumerIdsChangedEnable,
    retryMaxTimes: config.retryTimesMax,
    retryQueueNums: config.retryQueueCount,
    ...(subscriptions === undefined
      ? {}
      : { subscriptionDataSet: subscriptions.map((setting) => ({ ...setting })) }),
    whichBrokerWhenConsumeSlowly: config.whichBrokerWhenConsumeSlowly,
  };
}

/** A row; members that are missing, or all of them, have RocketMQ's defaults. */
export function groupOfRow(group: string, row: StateValue): GroupConfig {
  const members = rowMembers(row);
  return {
    group,
    consumeEnable: rowFlag(members, "consumeEnable", true),
    consumeFromMinEnable: rowFlag(members, "consumeFromMinEnable", true),
    consumeBroadcastEnable: rowFlag(members, "consumeBroadcastEnable", true),
    consumeMessageOrderly: rowFlag(members, "consumeMessageOrderly", false),
    consumeTimeoutMinute: rowInteger(members, "consumeTimeoutMinute", 15),
    retryQueueCount: rowInteger(members, "retryQueueNums", 1),
    retryTimesMax: rowInteger(members, "retryMaxTimes", 16),
    retryPolicy: retryPolicyOfRow(members["groupRetryPolicy"]),
    brokerId: rowInteger(members, "brokerId", 0),
    whichBrokerWhenConsumeSlowly: rowInteger(members, "whichBrokerWhenConsumeSlowly", 1),
    notifyConsumerIdsChangedEnable: rowFlag(members, "notifyConsumerIdsChangedEnable", true),
    groupSysFlag: rowInteger(members, "groupSysFlag", 0),
    subscriptions: subscriptionsOfRow(members["subscriptionDataSet"]),
    attributes: rowTexts(members, "attributes"),
  };
}

function retryPolicyRow(policy: GroupRetryPolicy): StateValue {
  const { delaysMs, exponential } = policy;
  return {
    ...(delaysMs === undefined ? {} : { customizedRetryPolicy: { next: delaysMs } }),
    ...(exponential === undefined
      ? {}
      : {
          exponentialRetryPolicy: {
            initial: exponential.initialMs,
            max: exponential.maxMs,
            multiplier: exponential.multiplier,
          },
        }),
    type: policy.type,
  };
}

function retryPolicyOfRow(row: StateValue | undefined): GroupRetryPolicy {
  const members = rowMembers(row);
  const next = rowMembers(members["customizedRetryPolicy"])["next"];
  const exponential = rowMembers(members["exponentialRetryPolicy"]);
  const { multiplier } = exponential;
  return {
    type: members["type"] === "EXPONENTIAL" ? "EXPONENTIAL" : "CUSTOMIZED",
    delaysMs: Array.isArray(next) ? next.filter((delay) => typeof delay === "number") : undefined,
    exponential:
      Object.keys(exponential).length === 0
        ? undefined
        : {
            initialMs: rowInteger(exponential, "initial", 5_000),
            maxMs: rowInteger(exponential, "max", 7_200_000),
            multiplier: typeof multiplier === "number" ? multiplier : 2,
          },
  };
}

function subscriptionsOfRow(
  row: StateValue | undefined,
): readonly GroupSubscriptionSetting[] | undefined {
  if (!Array.isArray(row)) {
    return undefined;
  }
  return row.map((setting: StateValue) => {
    const { topic, expression, expressionType, version } = rowMembers(setting);
    return {
      topic: typeof topic === "string" ? topic : "",
      expressionType: typeof expressionType === "string" ? expressionType : "TAG",
      expression: typeof expression === "string" ? expression : "*",
      version: typeof version === "number" ? version : 0,
    };
  });
}
