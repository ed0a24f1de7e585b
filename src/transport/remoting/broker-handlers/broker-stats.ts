/** A broker's statistics, raw queues, upkeep and replicas (306, 315, 321, 329, 907). */
import type { BrokerServices } from "../../../broker/services.ts";
import { MqError } from "../../../core/error.ts";
import { limits } from "../../../core/limits.ts";
import { encodeBrokerStats } from "../../../protocol/remoting/bodies/broker-stats.ts";
import { encodeHaStatus } from "../../../protocol/remoting/bodies/ha-status.ts";
import { encodeQueueEntries } from "../../../protocol/remoting/bodies/queue-entries.ts";
import {
  cleanExpiredConsumeQueues,
  deleteExpiredCommitLog,
  getHaStatus,
  queryConsumeQueue,
  viewBrokerStats,
} from "../../../protocol/remoting/requests/broker-admin.ts";
import { handle } from "../dispatch.ts";
import { subscriptionOf } from "./connection-row.ts";

const admin = { isAdmin: true } as const;

export const brokerStatsHandlers = [
  handle(
    viewBrokerStats,
    ({ stats, clock }: BrokerServices, { statsName, statsKey }) => {
      const found = stats.board.view(statsName, statsKey, clock.elapsedMs());
      if (found === undefined) {
        throw new MqError("bad_request", `The stats <${statsName}> <${statsKey}> not exist`);
      }
      return { fields: {}, body: encodeBrokerStats(found) };
    },
    admin,
  ),

  handle(
    queryConsumeQueue,
    async ({ query, members }: BrokerServices, header) => {
      const { topic, queueId, index, count, consumerGroup = "" } = header;
      const subscription = members.find(consumerGroup)?.subscriptions.get(topic);
      const wanted = Math.max(0, Math.min(count, limits.scanEntriesMax));
      const { entries, minOffset, maxOffset } = await query.entries(topic, queueId, index, wanted);
      const filter = subscription?.tags.filter;
      return {
        fields: {},
        body: encodeQueueEntries({
          subscription: subscription === undefined ? undefined : subscriptionOf(subscription),
          filterRemark: consumerGroup === "" ? undefined : filterRemark(header, subscription),
          entries: entries.map((entry) => ({
            physicalOffset: entry.physicalOffset,
            sizeBytes: entry.sizeBytes,
            tagsCode: entry.tagHash,
            isTaken: subscription !== undefined && (filter?.(entry.tagHash) ?? true),
            ...(entry.isHole ? { problem: "the record is lost" } : {}),
          })),
          minOffset,
          maxOffset,
        }),
      };
    },
    admin,
  ),

  handle(cleanExpiredConsumeQueues, removeExpired, admin),
  handle(deleteExpiredCommitLog, removeExpired, admin),

  handle(
    getHaStatus,
    ({ store }: BrokerServices) => ({
      fields: {},
      body: encodeHaStatus({
        isLeader: true,
        logMaxOffset: store.facts().logMaxOffset,
        inSyncReplicaCount: 0,
        replicaCount: 0,
      }),
    }),
    admin,
  ),
];

/** RocketMQ's words: the filter of other expressions than tags, which is none, or why there is no filter. */
function filterRemark(
  { consumerGroup, topic }: { readonly consumerGroup?: string | undefined; readonly topic: string },
  subscription: object | undefined,
): string {
  return subscription === undefined ? `${consumerGroup}@${topic} is not online!` : "null";
}

/** Files of queues go with the segments that they speak of: one removal serves both requests. */
async function removeExpired({ store }: BrokerServices): Promise<{ readonly fields: object }> {
  await store.removeExpired();
  return { fields: {} };
}
