/** Consumer groups, as an operator sees them (201, 203, 208, 222). */
import { splitTopics } from "../../../broker/query/query-service.ts";
import type { BrokerServices } from "../../../broker/services.ts";
import { MqError } from "../../../core/error.ts";
import { encodeConsumeStats } from "../../../protocol/remoting/bodies/consume-stats.ts";
import { encodeConsumerConnection } from "../../../protocol/remoting/bodies/consumer-connection.ts";
import { encodeGroupTable } from "../../../protocol/remoting/bodies/group-table.ts";
import { encodeResetOffsets } from "../../../protocol/remoting/bodies/reset-offset.ts";
import {
  getAllGroups,
  getConsumerConnections,
  getConsumeStats,
  invokeResetOffset,
} from "../../../protocol/remoting/requests/group.ts";
import { handle } from "../dispatch.ts";

const admin = { isAdmin: true } as const;

export const groupHandlers = [
  handle(
    getAllGroups,
    ({ groups }: BrokerServices) => ({
      fields: { totalGroupNum: groups.count },
      body: encodeGroupTable({ dataVersion: groups.dataVersion, groups: groups.configs() }),
    }),
    admin,
  ),

  handle(
    getConsumerConnections,
    ({ members }: BrokerServices, header) => {
      const live = members.find(header.consumerGroup);
      if (live === undefined) {
        throw new MqError(
          "consumer_offline",
          `the consumer group[${header.consumerGroup}] not online`,
        );
      }
      return {
        fields: {},
        body: encodeConsumerConnection({
          connections: [...live.members.values()].map((member) => ({
            clientId: member.clientId,
            clientAddress: member.channel.address,
            language: member.language,
            version: member.version,
          })),
          subscriptions: [...live.subscriptions.values()].map((subscription) => ({
            topic: subscription.topic,
            expression: subscription.expression,
            expressionType: subscription.expressionType,
            classFilterMode: subscription.classFilterMode,
            tags: subscription.tags.tags,
            tagHashes: subscription.tags.hashes,
            subVersion: subscription.subVersion,
          })),
          consumeType: live.consumeType,
          messageModel: live.messageModel,
          consumeFromWhere: live.consumeFromWhere,
        }),
      };
    },
    admin,
  ),

  handle(
    getConsumeStats,
    async ({ query, config }: BrokerServices, header) => {
      const topics = [...splitTopics(header.topic ?? ""), ...splitTopics(header.topicList ?? "")];
      const rows = await query.groupProgress(header.consumerGroup, topics);
      const { brokerName } = config;
      return {
        fields: {},
        body: encodeConsumeStats({
          consumeTps: 0,
          queues: rows.map(
            (row) => [{ brokerName, queueId: row.queueId, topic: row.topic }, row] as const,
          ),
        }),
      };
    },
    admin,
  ),

  handle(
    invokeResetOffset,
    async ({ resets, config }: BrokerServices, header) => {
      const { topic, group } = header;
      const offsets = await resets.reset({
        topic,
        group,
        queueId: header.queueId ?? -1,
        offset: header.offset ?? -1,
        timestampMs: header.timestamp,
        isForced: header.isForce,
      });
      const { brokerName } = config;
      return {
        fields: {},
        body: encodeResetOffsets(
          [...offsets].map(
            ([queueId, offset]) => [{ brokerName, queueId, topic }, offset] as const,
          ),
        ),
      };
    },
    admin,
  ),
];
