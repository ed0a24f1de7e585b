/** Consumer groups, as an operator sees them (203, 208, 222). */
import { splitTopics } from "../../../broker/query/query-service.ts";
import type { BrokerServices } from "../../../broker/services.ts";
import { MqError } from "../../../core/error.ts";
import { encodeConsumeStats } from "../../../protocol/remoting/bodies/consume-stats.ts";
import { encodeConsumerConnection } from "../../../protocol/remoting/bodies/consumer-connection.ts";
import { encodeResetOffsets } from "../../../protocol/remoting/bodies/reset-offset.ts";
import {
  getConsumerConnections,
  getConsumeStats,
  invokeResetOffset,
} from "../../../protocol/remoting/requests/group.ts";
import { handle } from "../dispatch.ts";
import { connectionOf, subscriptionOf } from "./connection-row.ts";

const admin = { isAdmin: true } as const;

export const groupHandlers = [
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
          connections: [...live.members.values()].map(connectionOf),
          subscriptions: [...live.subscriptions.values()].map(subscriptionOf),
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
    async (services: BrokerServices, header) => {
      const { query, config, stats, topics, clock } = services;
      const group = header.consumerGroup;
      const wanted = [...splitTopics(header.topic ?? ""), ...splitTopics(header.topicList ?? "")];
      const rows = await query.groupProgress(group, wanted);
      const { brokerName } = config;
      const nowMs = clock.elapsedMs();
      let consumeTps = 0;
      for (const topic of new Set(rows.map((row) => row.topic))) {
        const entry = topics.find(topic);
        consumeTps += entry === undefined ? 0 : stats.board.groupGetRate(group, entry, nowMs);
      }
      return {
        fields: {},
        body: encodeConsumeStats({
          consumeTps,
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
