/** Topics, as an operator sees and changes them (17, 18, 21, 202, 215, 300, 305, 316, 351). */
import type { BrokerServices } from "../../../broker/services.ts";
import { changeTopicAttributes } from "../../../broker/topic/topic-attributes.ts";
import type { TopicEntry, WantedTopic } from "../../../broker/topic/topic-table.ts";
import { MqError } from "../../../core/error.ts";
import { encodeGroupList, encodeTopicList } from "../../../protocol/remoting/bodies/name-list.ts";
import { encodeTopicStats } from "../../../protocol/remoting/bodies/topic-stats.ts";
import {
  decodeTopicConfigList,
  encodeTopicConfig,
  encodeTopicTable,
} from "../../../protocol/remoting/bodies/topic-table.ts";
import {
  cleanUnusedTopics,
  deleteTopic,
  getAllTopicConfigs,
  getSystemTopics,
  getTopicConfig,
  getTopicGroups,
  getTopicStats,
  updateTopic,
  updateTopicList,
} from "../../../protocol/remoting/requests/topic.ts";
import { handle } from "../dispatch.ts";

const admin = { isAdmin: true } as const;

const changingHandlers = [
  handle(
    updateTopic,
    async ({ topics }: BrokerServices, header) => {
      const before = topics.find(header.topic)?.config;
      const entry = topics.update({
        topic: header.topic,
        readQueueCount: header.readQueueCount,
        writeQueueCount: header.writeQueueCount,
        perm: header.perm,
        filterType: header.topicFilterType === "MULTI_TAG" ? "MULTI_TAG" : "SINGLE_TAG",
        topicSysFlag: header.topicSysFlag ?? 0,
        order: header.order ?? false,
        attributes: changeTopicAttributes(before?.attributes, header.attributes ?? ""),
      });
      await entry.settling;
      return { fields: {} };
    },
    admin,
  ),

  handle(
    updateTopicList,
    async ({ topics }: BrokerServices, _header, { source, bodyStart, bodyEnd }) => {
      const wanted = decodeTopicConfigList(source, bodyStart, bodyEnd).map((config) => {
        const before = topics.find(config.topic)?.config.attributes;
        const changes = [...config.attributes].map(([name, value]) => `${name}=${value}`).join(",");
        return { ...config, attributes: changeTopicAttributes(before, changes) };
      });
      await updateAll(topics, wanted);
      return { fields: {} };
    },
    admin,
  ),

  handle(
    deleteTopic,
    async ({ topics }: BrokerServices, { topic }) => {
      if (topic.trim() === "") {
        throw new MqError("parameter_invalid", "The specified topic is blank.");
      }
      await topics.remove(topic);
      return { fields: {} };
    },
    admin,
  ),

  handle(
    cleanUnusedTopics,
    async ({ topics }: BrokerServices) => {
      await topics.removeUnused();
      return { fields: {} };
    },
    admin,
  ),
];

const askingHandlers = [
  handle(
    getAllTopicConfigs,
    ({ topics }: BrokerServices, { topicSeq, maxTopicNum }) => {
      const configs = topics.configs();
      const start = topicSeq ?? 0;
      const page = maxTopicNum === undefined ? configs : configs.slice(start, start + maxTopicNum);
      return {
        fields: { totalTopicNum: configs.length },
        body: encodeTopicTable({ dataVersion: topics.dataVersion, topics: page }),
      };
    },
    admin,
  ),

  handle(
    getSystemTopics,
    ({ topics }: BrokerServices) => ({
      fields: {},
      body: encodeTopicList(topics.systemTopics()),
    }),
    admin,
  ),

  handle(
    getTopicConfig,
    ({ topics }: BrokerServices, header) => ({
      fields: {},
      body: encodeTopicConfig(topics.get(header.topic).config),
    }),
    admin,
  ),

  handle(
    getTopicStats,
    async ({ query, config, topics, stats, clock }: BrokerServices, header) => {
      const extents = await query.topicStats(header.topic);
      const { brokerName } = config;
      const putRate = stats.board.topicPutRate(topics.get(header.topic), clock.elapsedMs());
      return {
        fields: {},
        body: encodeTopicStats(
          extents.map(
            (extent) =>
              [{ brokerName, queueId: extent.queueId, topic: extent.topic }, extent] as const,
          ),
          putRate,
        ),
      };
    },
    admin,
  ),

  handle(
    getTopicGroups,
    ({ query }: BrokerServices, header) => ({
      fields: {},
      body: encodeGroupList(query.groupsOf(header.topic)),
    }),
    admin,
  ),
];

export const topicHandlers = [...changingHandlers, ...askingHandlers];

/** All of the list are checked before the first is changed. */
async function updateAll(
  topics: BrokerServices["topics"],
  wanted: readonly WantedTopic[],
): Promise<void> {
  for (const one of wanted) {
    topics.check(one);
  }
  const entries: readonly TopicEntry[] = wanted.map((one) => topics.update(one));
  await Promise.all(entries.map((entry) => entry.settling));
}
