/** Topics, as an operator sees them (17, 202, 300, 351). */
import type { BrokerServices } from "../../../broker/services.ts";
import { changeAttributes } from "../../../broker/topic/topic-attributes.ts";
import { encodeGroupList } from "../../../protocol/remoting/bodies/name-list.ts";
import { encodeTopicStats } from "../../../protocol/remoting/bodies/topic-stats.ts";
import { encodeTopicConfig } from "../../../protocol/remoting/bodies/topic-table.ts";
import {
  getTopicConfig,
  getTopicGroups,
  getTopicStats,
  updateTopic,
} from "../../../protocol/remoting/requests/topic.ts";
import { handle } from "../dispatch.ts";

const admin = { isAdmin: true } as const;

export const topicHandlers = [
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
        attributes: changeAttributes(before?.attributes ?? new Map(), header.attributes ?? ""),
      });
      await entry.settling;
      return { fields: {} };
    },
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
    async ({ query, config }: BrokerServices, header) => {
      const extents = await query.topicStats(header.topic);
      const { brokerName } = config;
      return {
        fields: {},
        body: encodeTopicStats(
          extents.map(
            (extent) =>
              [{ brokerName, queueId: extent.queueId, topic: extent.topic }, extent] as const,
          ),
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
