/** A consumer group's settings as the official tool writes them. */
import type { GroupConfig } from "../../src/client/index.ts";
import { mapText } from "./values.ts";

/** Names and values in the tool's order. */
export function groupFields(
  config: GroupConfig,
): readonly (readonly [name: string, value: string])[] {
  return [
    ["groupName", config.group],
    ["consumeEnable", String(config.consumeEnable)],
    ["consumeFromMinEnable", String(config.consumeFromMinEnable)],
    ["consumeBroadcastEnable", String(config.consumeBroadcastEnable)],
    ["consumeMessageOrderly", String(config.consumeMessageOrderly)],
    ["retryQueueNums", String(config.retryQueueCount)],
    ["retryMaxTimes", String(config.retryTimesMax)],
    ["groupRetryPolicy", retryPolicyText(config.retryPolicy)],
    ["brokerId", String(config.brokerId)],
    ["whichBrokerWhenConsumeSlowly", String(config.whichBrokerWhenConsumeSlowly)],
    ["notifyConsumerIdsChangedEnable", String(config.notifyConsumerIdsChangedEnable)],
    ["groupSysFlag", String(config.groupSysFlag)],
    ["consumeTimeoutMinute", String(config.consumeTimeoutMinute)],
    ["subscriptionDataSet", subscriptionsText(config.subscriptions) ?? ""],
    ["attributes", mapText(config.attributes)],
  ];
}

/** All of them on one line. */
export function groupText(config: GroupConfig): string {
  const shown = groupFields(config).map(([name, value]) => {
    const isAbsent = name === "subscriptionDataSet" && config.subscriptions === undefined;
    return `${name}=${isAbsent ? "null" : value}`;
  });
  return `SubscriptionGroupConfig{${shown.join(", ")}}`;
}

function retryPolicyText({ type, delaysMs, exponential }: GroupConfig["retryPolicy"]): string {
  const growing =
    exponential === undefined
      ? "null"
      : `ExponentialRetryPolicy{initial=${exponential.initialMs}, max=${exponential.maxMs}, multiplier=${exponential.multiplier}}`;
  const listed =
    delaysMs === undefined ? "null" : `CustomizedRetryPolicy{next=[${delaysMs.join(", ")}]}`;
  return `GroupRetryPolicy{type=${type}, exponentialRetryPolicy=${growing}, customizedRetryPolicy=${listed}}`;
}

function subscriptionsText(subscriptions: GroupConfig["subscriptions"]): string | undefined {
  const rows = subscriptions?.map(
    ({ topic, expressionType, expression, version }) =>
      `SimpleSubscriptionData{topic=${topic}, expressionType=${expressionType}, expression=${expression}, version=${version}}`,
  );
  return rows === undefined ? undefined : `[${rows.join(", ")}]`;
}
