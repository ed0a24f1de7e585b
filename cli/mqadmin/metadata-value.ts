/** Topics and groups as the official tool's exports write them: members by name, tables as Java walks them. */
import type {
  Client,
  DataVersion,
  GroupConfig,
  GroupTable,
  TopicConfig,
  TopicTable,
} from "../../src/client/index.ts";
import { isSystemGroup } from "../commands/group/group-names.ts";
import { isInnerTopic } from "../commands/topic/topic-names.ts";
import type { JavaValue } from "./java-json.ts";
import { copiedConcurrentOrder, hashMap } from "./java-order.ts";

/** Bits from this one on are no permission. */
const permMax = 8;

/**
 * Topics of a broker that somebody made, in the order in which the official tool goes through them; `isWhole`: with those
 * of retries and dead letters. Throws ClientError.
 */
export async function userTopics(
  client: Client,
  broker: string,
  { isWhole }: { readonly isWhole: boolean },
): Promise<TopicTable> {
  const table = await client.admin.topics.table(broker);
  const own = new Set(await client.admin.topics.systemNames(broker));
  const topics = copiedConcurrentOrder(table.topics, ({ topic }) => topic).filter(
    ({ topic, perm }) =>
      !own.has(topic) &&
      !isInnerTopic(topic) &&
      (isWhole || !/^%(RETRY|DLQ)%/.test(topic)) &&
      perm >= 0 &&
      perm < permMax,
  );
  return { ...table, topics };
}

/** As `userTopics`, the groups. */
export async function userGroups(client: Client, broker: string): Promise<GroupTable> {
  const table = await client.admin.groups.table(broker);
  const groups = copiedConcurrentOrder(table.groups, ({ group }) => group);
  return { ...table, groups: groups.filter(({ group }) => !isSystemGroup(group)) };
}

export function topicTableValue({ dataVersion, topics }: TopicTable): JavaValue {
  return {
    dataVersion: dataVersionValue(dataVersion),
    topicConfigTable: new Map(topics.map((each) => [each.topic, topicValue(each)])),
  };
}

export function groupTableValue({ dataVersion, forbidden, groups }: GroupTable): JavaValue {
  return {
    dataVersion: dataVersionValue(dataVersion),
    forbiddenTable: new Map(copiedConcurrentOrder([...forbidden], ([group]) => group)),
    subscriptionGroupTable: new Map(groups.map((each) => [each.group, groupValue(each)])),
  };
}

function dataVersionValue({ counter, stateVersion, timestamp }: DataVersion): JavaValue {
  return { counter, stateVersion, timestamp };
}

export function topicValue(config: TopicConfig): JavaValue {
  return {
    attributes: hashMap(config.attributes),
    order: config.order,
    perm: config.perm,
    readQueueNums: config.readQueueCount,
    topicFilterType: config.filterType,
    topicName: config.topic,
    topicSysFlag: config.topicSysFlag,
    writeQueueNums: config.writeQueueCount,
  };
}

export function groupValue(config: GroupConfig): JavaValue {
  return {
    attributes: hashMap(config.attributes),
    brokerId: config.brokerId,
    consumeBroadcastEnable: config.consumeBroadcastEnable,
    consumeEnable: config.consumeEnable,
    consumeFromMinEnable: config.consumeFromMinEnable,
    consumeMessageOrderly: config.consumeMessageOrderly,
    consumeTimeoutMinute: config.consumeTimeoutMinute,
    groupName: config.group,
    groupRetryPolicy: retryPolicyValue(config.retryPolicy),
    groupSysFlag: config.groupSysFlag,
    notifyConsumerIdsChangedEnable: config.notifyConsumerIdsChangedEnable,
    retryMaxTimes: config.retryTimesMax,
    retryQueueNums: config.retryQueueCount,
    ...(config.subscriptions === undefined
      ? {}
      : {
          subscriptionDataSet: config.subscriptions.map(
            ({ expression, expressionType, topic, version }) => ({
              ...{ expression, expressionType, topic, version },
            }),
          ),
        }),
    whichBrokerWhenConsumeSlowly: config.whichBrokerWhenConsumeSlowly,
  };
}

function retryPolicyValue({ type, delaysMs, exponential }: GroupConfig["retryPolicy"]): JavaValue {
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
    type,
  };
}
