/** `mq group describe`: all there is to know of a group on one page. */
import {
  type BrokerAddress,
  type Client,
  type GroupConfig,
  gather,
} from "../../../src/client/index.ts";
import { defineCommand } from "../../command.ts";
import { notFound } from "../../command-error.ts";
import type { Column, MissingPart } from "../../render/listing.ts";
import { chosenBrokers, exitFor, missingParts } from "../cluster/chosen-brokers.ts";
import { deadLettersOf } from "../dlq/dead-letters.ts";
import { showShortTime, timeOrNull } from "../time-fields.ts";
import { groupMembers, memberColumns } from "./group-members.ts";

const columns: readonly Column[] = [
  { key: "name", head: "group" },
  { key: "consumeType", head: "consumes" },
  { key: "messageModel", head: "model" },
  { key: "consumeFromWhere", head: "begins at" },
  { key: "lag", head: "behind" },
  { key: "deadLetters", head: "dead letters" },
];

const settingColumns: readonly Column[] = [
  { key: "broker", head: "BROKER" },
  { key: "consumeEnabled", head: "ENABLED", show: yesNo },
  { key: "broadcastEnabled", head: "BROADCAST", show: yesNo },
  { key: "isOrderly", head: "ORDERLY", show: yesNo },
  { key: "retryTimesMax", head: "RETRIES", align: "right" },
  { key: "retryQueues", head: "RETRY QUEUES", align: "right" },
  { key: "consumeTimeoutMinutes", head: "TIMEOUT MIN", align: "right" },
  { key: "attributes", head: "ATTRIBUTES", isWide: true },
];

const lagColumns: readonly Column[] = [
  { key: "topic", head: "TOPIC" },
  { key: "queues", head: "QUEUES", align: "right" },
  { key: "lag", head: "LAG", align: "right" },
  { key: "lastConsumed", head: "LAST CONSUMED", show: showShortTime },
];

export const command = defineCommand({
  spec: {
    path: ["group", "describe"],
    summary: "show a group's settings, members, subscriptions and lag",
    arguments: [{ name: "GROUP", about: "name of the group", completes: "group" }],
    flags: {},
    output: (z) =>
      z.object({
        name: z.string(),
        consumeType: z.string().nullable(),
        messageModel: z.string().nullable(),
        consumeFromWhere: z.string().nullable(),
        lag: z.number(),
        deadLetters: z.number(),
        settings: z.array(
          z.strictObject({
            broker: z.string(),
            consumeEnabled: z.boolean(),
            broadcastEnabled: z.boolean(),
            fromMinEnabled: z.boolean(),
            isOrderly: z.boolean(),
            retryTimesMax: z.number(),
            retryQueues: z.number(),
            consumeTimeoutMinutes: z.number(),
            attributes: z.record(z.string(), z.string()),
          }),
        ),
        members: z.array(
          z.strictObject({
            clientId: z.string(),
            address: z.string(),
            language: z.string(),
            version: z.string(),
            brokers: z.array(z.string()),
          }),
        ),
        subscriptions: z.array(
          z.strictObject({ topic: z.string(), expression: z.string(), expressionType: z.string() }),
        ),
        topics: z.array(
          z.strictObject({
            topic: z.string(),
            queues: z.number(),
            lag: z.number(),
            lastConsumed: z.string().nullable(),
          }),
        ),
      }),
    examples: ["mq group describe billing", "mq group describe billing -o json | jq .settings"],
  },
  async run(context, { arguments: [group = ""] }) {
    const client = context.client();
    const brokers = await chosenBrokers(client);
    const { settings, missing } = await groupSettings(client, group, brokers);
    if (settings.length === 0) {
      throw notFound(`group '${group}' is not known`, "mq group list shows what there is");
    }
    // Brokers that are down were named once; the others are asked for the rest.
    const alive = brokers.filter(({ address }) =>
      missing.every((each) => each.address !== address),
    );
    const { members, presence } = await groupMembers(client.admin, group, alive);
    const topics = await topicLags(client, group, alive, context.global.utc);
    await context.output.sheet({
      kind: "GroupDescription",
      item: {
        name: group,
        consumeType: presence?.consumeType ?? null,
        messageModel: presence?.messageModel ?? null,
        consumeFromWhere: presence?.consumeFromWhere ?? null,
        lag: topics.reduce((sum, { lag }) => sum + lag, 0),
        deadLetters: (await deadLettersOf(client.admin, group)).count,
        settings,
        members,
        subscriptions: presence?.subscriptions ?? [],
        topics,
      },
      columns,
      sections: [
        { title: "SETTINGS", key: "settings", columns: settingColumns },
        { title: "MEMBERS", key: "members", columns: memberColumns },
        {
          title: "SUBSCRIPTIONS",
          key: "subscriptions",
          columns: [
            { key: "topic", head: "TOPIC" },
            { key: "expression", head: "EXPRESSION" },
            { key: "expressionType", head: "TYPE" },
          ],
        },
        { title: "LAG", key: "topics", columns: lagColumns },
      ],
      missing,
    });
    return exitFor(missing);
  },
});

function yesNo(value: unknown): string {
  return value === true ? "yes" : "no";
}

async function groupSettings(
  { admin }: Client,
  group: string,
  brokers: readonly BrokerAddress[],
): Promise<{
  readonly settings: readonly ReturnType<typeof settingsItem>[];
  readonly missing: readonly MissingPart[];
}> {
  const { answers, failures } = await gather(brokers, ({ address }) =>
    admin.groups.config(address, group),
  );
  return {
    settings: answers.flatMap(({ broker, value }) =>
      value === undefined ? [] : [settingsItem(broker.brokerName, value)],
    ),
    missing: missingParts(failures),
  };
}

function settingsItem(broker: string, config: GroupConfig) {
  return {
    broker,
    consumeEnabled: config.consumeEnable,
    broadcastEnabled: config.consumeBroadcastEnable,
    fromMinEnabled: config.consumeFromMinEnable,
    isOrderly: config.consumeMessageOrderly,
    retryTimesMax: config.retryTimesMax,
    retryQueues: config.retryQueueCount,
    consumeTimeoutMinutes: config.consumeTimeoutMinute,
    attributes: Object.fromEntries(config.attributes),
  };
}

interface TopicLag {
  readonly topic: string;
  readonly queues: number;
  readonly lag: number;
  readonly lastConsumed: string | null;
}

async function topicLags(
  { admin }: Client,
  group: string,
  brokers: readonly BrokerAddress[],
  isUtc: boolean,
): Promise<readonly TopicLag[]> {
  const { answers } = await gather(brokers, ({ address }) => admin.groups.progress(address, group));
  const topics = new Map<string, { queues: number; lag: number; lastMs: number }>();
  for (const [{ topic }, progress] of answers.flatMap(({ value }) => value)) {
    const sums = topics.get(topic) ?? { queues: 0, lag: 0, lastMs: 0 };
    topics.set(topic, {
      queues: sums.queues + 1,
      lag: sums.lag + Math.max(0, progress.brokerOffset - progress.consumerOffset),
      lastMs: Math.max(sums.lastMs, progress.lastTimestamp),
    });
  }
  return [...topics]
    .map(([topic, { queues, lag, lastMs }]) => ({
      topic,
      queues,
      lag,
      lastConsumed: timeOrNull(lastMs, isUtc),
    }))
    .sort((left, right) => (left.topic < right.topic ? -1 : 1));
}
