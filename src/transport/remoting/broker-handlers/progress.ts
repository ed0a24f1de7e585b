/** Who is connected and how far groups have come, as an operator sees it (43, 45, 204, 303, 308, 314, 317, 328, 343, 345). */
import type { Member } from "../../../broker/group/member-table.ts";
import type { GroupProgress } from "../../../broker/query/query-service.ts";
import type { BrokerServices } from "../../../broker/services.ts";
import { MqError } from "../../../core/error.ts";
import { encodeBrokerConsumeStats } from "../../../protocol/remoting/bodies/broker-consume-stats.ts";
import type { ConsumeStats } from "../../../protocol/remoting/bodies/consume-stats.ts";
import { encodeConsumeTimeSpans } from "../../../protocol/remoting/bodies/consume-time-span.ts";
import { encodeCorrectionOffsets } from "../../../protocol/remoting/bodies/correction-offset.ts";
import { encodeGroupSubscription } from "../../../protocol/remoting/bodies/group-subscription.ts";
import { encodeTopicList } from "../../../protocol/remoting/bodies/name-list.ts";
import {
  encodeConsumerOffsets,
  encodeDelayOffsets,
} from "../../../protocol/remoting/bodies/offset-table.ts";
import {
  encodeProducerConnection,
  encodeProducerTable,
} from "../../../protocol/remoting/bodies/producer-table.ts";
import {
  cloneGroupOffset,
  getAllConsumerOffsets,
  getAllDelayOffsets,
  getAllProducers,
  getBrokerConsumeStats,
  getConsumeTimeSpan,
  getProducerConnections,
  getSubscriptionOfGroup,
  getTopicsOfGroup,
  queryCorrectionOffset,
} from "../../../protocol/remoting/requests/progress.ts";
import { handle } from "../dispatch.ts";
import { connectionOf, subscriptionOf } from "./connection-row.ts";

const admin = { isAdmin: true } as const;

const offsetHandlers = [
  handle(
    getAllConsumerOffsets,
    ({ offsets, groups }: BrokerServices) => ({
      fields: {},
      body: encodeConsumerOffsets({ dataVersion: groups.dataVersion, offsets: offsets.all() }),
    }),
    admin,
  ),

  handle(
    getAllDelayOffsets,
    ({ store, topics }: BrokerServices) => {
      const offsets = new Map<number, number>();
      for (const [level, offset] of store.state.rows("delay")) {
        if (typeof offset === "number") {
          offsets.set(Number(level), offset);
        }
      }
      return {
        fields: {},
        body: encodeDelayOffsets({ dataVersion: topics.dataVersion, offsets }),
      };
    },
    admin,
  ),

  handle(
    getConsumeTimeSpan,
    async ({ query, config, clock }: BrokerServices, { topic, group }) => {
      const spans = await query.timeSpans(group, topic, clock.nowMs());
      const { brokerName } = config;
      return {
        fields: {},
        body: encodeConsumeTimeSpans(
          spans.map((span) => ({ ...span, queue: { brokerName, queueId: span.queueId, topic } })),
        ),
      };
    },
    admin,
  ),

  handle(
    queryCorrectionOffset,
    ({ query }: BrokerServices, { topic, compareGroup, filterGroups = "" }) => {
      const leftOut = new Set(filterGroups.split(",").map((group) => group.trim()));
      return {
        fields: {},
        body: encodeCorrectionOffsets(query.correctionOffsets(topic, compareGroup, leftOut)),
      };
    },
    admin,
  ),

  handle(
    cloneGroupOffset,
    async ({ resets }: BrokerServices, { fromGroup, toGroup, topic = "", offline = false }) => {
      await resets.clone(fromGroup, toGroup, topic, offline);
      return { fields: {} };
    },
    admin,
  ),

  handle(
    getBrokerConsumeStats,
    async (services: BrokerServices, { isOrder }) => {
      const { config, storeAddress } = services;
      const groups = new Map<string, readonly ConsumeStats[]>();
      let totalDiff = 0;
      let totalInflightDiff = 0;
      for (const { name } of services.groups.entries()) {
        const stats: ConsumeStats[] = [];
        for (const topic of services.offsets.topicsOf(name)) {
          const rows = await progressIn(services, name, topic, isOrder);
          if (rows !== undefined) {
            for (const row of rows) {
              totalDiff += row.brokerOffset - row.consumerOffset;
              totalInflightDiff += row.pullOffset - row.consumerOffset;
            }
            stats.push(statsOf(services, config.brokerName, name, topic, rows));
          }
        }
        groups.set(name, stats);
      }
      return {
        fields: {},
        body: encodeBrokerConsumeStats({
          brokerAddress: storeAddress,
          groups,
          totalDiff,
          totalInflightDiff,
        }),
      };
    },
    admin,
  ),
];

const clientHandlers = [
  handle(
    getProducerConnections,
    ({ members }: BrokerServices, { producerGroup }) => {
      const producers = members.producersOf(producerGroup);
      if (producers.length === 0) {
        throw new MqError("bad_request", `the producer group[${producerGroup}] not exist`);
      }
      return { fields: {}, body: encodeProducerConnection(producers.map(connectionOf)) };
    },
    admin,
  ),

  handle(
    getAllProducers,
    ({ members, clock }: BrokerServices) => {
      // Heartbeats are noted by the monotonic clock.
      const clockDistanceMs = clock.nowMs() - clock.elapsedMs();
      const rowOf = (member: Member) => ({
        ...connectionOf(member),
        lastUpdateTimestamp: Math.round(member.lastHeartbeatMs + clockDistanceMs),
      });
      const rows = [...members.producerGroups()].map(
        (group) => [group, members.producersOf(group).map(rowOf)] as const,
      );
      return { fields: {}, body: encodeProducerTable(new Map(rows)) };
    },
    admin,
  ),

  handle(
    getTopicsOfGroup,
    ({ offsets, storeAddress }: BrokerServices, { group }) => ({
      fields: {},
      body: encodeTopicList(offsets.topicsOf(group), storeAddress),
    }),
    admin,
  ),

  handle(
    getSubscriptionOfGroup,
    ({ members }: BrokerServices, { group, topic = "" }) => {
      const subscription = members.find(group)?.subscriptions.get(topic);
      return {
        fields: {},
        body: encodeGroupSubscription({
          group,
          topic,
          subscription: subscription === undefined ? undefined : subscriptionOf(subscription),
        }),
      };
    },
    admin,
  ),
];

export const progressHandlers = [...offsetHandlers, ...clientHandlers];

/** A group's progress in one topic where it has offsets; undefined when the topic is left out. */
async function progressIn(
  services: BrokerServices,
  group: string,
  topic: string,
  isOrder: boolean,
): Promise<readonly GroupProgress[] | undefined> {
  const { topics, members, offsets, query } = services;
  const entry = topics.find(topic);
  const live = members.find(group);
  const isUnwanted = live !== undefined && !live.subscriptions.has(topic);
  if (entry === undefined || (isOrder && !entry.config.order) || isUnwanted) {
    return undefined;
  }
  const rows = await query.groupProgress(group, [topic]);
  return rows.filter(({ queueId }) => offsets.committed(group, topic, queueId) >= 0);
}

function statsOf(
  { stats, topics, clock }: BrokerServices,
  brokerName: string,
  group: string,
  topic: string,
  rows: readonly GroupProgress[],
): ConsumeStats {
  const entry = topics.find(topic);
  return {
    consumeTps: entry === undefined ? 0 : stats.board.groupGetRate(group, entry, clock.elapsedMs()),
    queues: rows.map((row) => [{ brokerName, queueId: row.queueId, topic }, row] as const),
  };
}
