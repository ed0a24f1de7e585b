/** Consumer groups: their settings, their members, how far they have come, and moving them. */

import {
  type ConsumeStats,
  decodeConsumeStats,
} from "../../protocol/remoting/bodies/consume-stats.ts";
import { decodeConsumerConnection } from "../../protocol/remoting/bodies/consumer-connection.ts";
import {
  type ConsumerRunningInfo,
  decodeConsumerRunningInfo,
} from "../../protocol/remoting/bodies/consumer-running-info.ts";
import { noDataVersion } from "../../protocol/remoting/bodies/data-version.ts";
import {
  type DirectConsumption,
  decodeDirectConsumption,
} from "../../protocol/remoting/bodies/direct-consumption.ts";
import {
  decodeGroupTable,
  encodeGroupConfig,
  type GroupConfig,
  type GroupTable,
} from "../../protocol/remoting/bodies/group-table.ts";
import { decodeConsumerOffsets } from "../../protocol/remoting/bodies/offset-table.ts";
import {
  encodeRequestMode,
  type RequestMode,
} from "../../protocol/remoting/bodies/request-mode.ts";
import { decodeResetOffsets } from "../../protocol/remoting/bodies/reset-offset.ts";
import {
  deleteGroup,
  getAllGroups,
  getConsumerConnections,
  getConsumeStats,
  invokeResetOffset,
  setRequestMode,
  updateGroup,
} from "../../protocol/remoting/requests/group.ts";
import {
  consumeMessageDirectly,
  getConsumerRunningInfo,
} from "../../protocol/remoting/requests/introspection.ts";
import { getAllConsumerOffsets } from "../../protocol/remoting/requests/progress.ts";
import { responseCode } from "../../protocol/remoting/response-code.ts";
import { type ConnectionPool, mustSucceed } from "../connection-pool.ts";
import type { MessageQueue } from "../message.ts";
import type { RouteCache } from "../route-cache.ts";
import type { ClusterAdmin } from "./cluster-admin.ts";
import { type Gathered, gather } from "./gather.ts";
import { type GroupPresence, presenceOf } from "./group-presence.ts";
import { type MetadataPage, metadataPageRows, readPages } from "./metadata-pages.ts";
import { OffsetMover, type ResetWay } from "./offset-mover.ts";
import type { QueueProgressRow } from "./queue-rows.ts";

interface GroupPage extends MetadataPage<GroupConfig>, GroupTable {}

/** A group's settings as RocketMQ makes groups. */
export function groupDefaults(group: string): GroupConfig {
  return {
    group,
    consumeEnable: true,
    consumeFromMinEnable: true,
    consumeBroadcastEnable: true,
    consumeMessageOrderly: false,
    consumeTimeoutMinute: 15,
    retryQueueCount: 1,
    retryTimesMax: 16,
    retryPolicy: { type: "CUSTOMIZED" },
    brokerId: 0,
    whichBrokerWhenConsumeSlowly: 1,
    notifyConsumerIdsChangedEnable: true,
    groupSysFlag: 0,
    attributes: new Map(),
  };
}

export class GroupAdmin {
  readonly #pool: ConnectionPool;
  readonly #cluster: ClusterAdmin;
  readonly #mover: OffsetMover;

  constructor(pool: ConnectionPool, routes: RouteCache, cluster: ClusterAdmin) {
    this.#pool = pool;
    this.#cluster = cluster;
    this.#mover = new OffsetMover(pool, routes, (address, group) => this.members(address, group));
  }

  /** Settings of all groups of one broker. */
  async configs(address: string): Promise<readonly GroupConfig[]> {
    return (await this.#whole(address)).groups;
  }

  /** As `configs`, page by page and in the order of pages, with their version and what groups may not read. */
  async table(address: string): Promise<GroupTable> {
    const { pages, rows } = await readPages<GroupConfig, GroupPage>(
      async (groupSeq, dataVersion) => {
        const reply = await this.#pool.ask(address, {
          code: getAllGroups.code,
          fields: getAllGroups.encode({
            ...{ groupSeq, dataVersion },
            maxGroupNum: metadataPageRows,
          }),
        });
        const table = decodeGroupTable(reply.source, reply.bodyStart, reply.bodyEnd);
        const { totalGroupNum } = getAllGroups.decodeReply(reply.fields);
        return { ...table, rows: table.groups, total: totalGroupNum };
      },
    );
    return {
      dataVersion: pages[0]?.dataVersion ?? noDataVersion,
      groups: rows,
      forbidden: new Map(pages.flatMap(({ forbidden }) => [...forbidden])),
    };
  }

  /** Groups of one broker that may not read some topics, with the names of those. */
  async forbidden(address: string): Promise<ReadonlyMap<string, readonly string[]>> {
    const { forbidden } = await this.#whole(address);
    return new Map(
      [...forbidden]
        .map(([group, topics]) => {
          const names = [...topics].filter(([, bits]) => bits !== 0).map(([topic]) => topic);
          return [group, names] as const;
        })
        .filter(([, topics]) => topics.length > 0),
    );
  }

  /** Settings of all groups, broker by broker. */
  async all(): Promise<Gathered<readonly GroupConfig[]>> {
    return await gather(await this.#cluster.brokers(), ({ address }) => this.configs(address));
  }

  /** Whether a broker that answers has the group. */
  async isKnown(group: string): Promise<boolean> {
    const { answers } = await this.all();
    return answers.some(({ value }) => value.some((config) => config.group === group));
  }

  /**
   * A group's settings on one broker, undefined when it does not have it. Looked up among all of them: a RocketMQ broker
   * that is asked for one group makes it.
   */
  async config(address: string, group: string): Promise<GroupConfig | undefined> {
    return (await this.configs(address)).find((config) => config.group === group);
  }

  /** Creates or changes a group on one broker. */
  async update(address: string, config: GroupConfig): Promise<void> {
    await this.#pool.ask(address, {
      code: updateGroup.code,
      fields: [],
      body: encodeGroupConfig(config),
    });
  }

  /** Whether its members are to pull or to pop from a topic, on one broker. */
  async setRequestMode(address: string, mode: RequestMode): Promise<void> {
    await this.#pool.ask(address, {
      code: setRequestMode.code,
      fields: [],
      body: encodeRequestMode(mode),
    });
  }

  /** Drops a group on one broker; `cleanOffset` also how far it had come. */
  async delete(
    address: string,
    group: string,
    { cleanOffset }: { readonly cleanOffset: boolean },
  ): Promise<void> {
    await this.#pool.ask(address, {
      code: deleteGroup.code,
      // Brokers of 4.x and 5.x know one of the two, and pass over the other.
      fields: deleteGroup.encode({ group, cleanOffset, removeOffset: cleanOffset }),
    });
  }

  /** Members of a group that are connected to one broker, undefined when nobody is. */
  async members(address: string, group: string): Promise<GroupPresence | undefined> {
    const reply = await this.#pool.invoke(address, {
      code: getConsumerConnections.code,
      fields: getConsumerConnections.encode({ consumerGroup: group }),
    });
    if (reply.code === responseCode.consumerNotOnline) {
      return undefined;
    }
    mustSucceed(address, reply);
    return presenceOf(decodeConsumerConnection(reply.source, reply.bodyStart, reply.bodyEnd));
  }

  /** Offsets of all groups of one broker: by `topic@group`, then queue id. */
  async offsets(address: string): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>> {
    const reply = await this.#pool.ask(address, { code: getAllConsumerOffsets.code, fields: [] });
    return decodeConsumerOffsets(reply.source, reply.bodyStart, reply.bodyEnd).offsets;
  }

  /** Where a group stands in every queue of one broker that it has offsets for. */
  async progress(
    address: string,
    group: string,
    topic?: string,
  ): Promise<readonly QueueProgressRow[]> {
    return (await this.consumption(address, group, topic)).queues;
  }

  /** As `progress`, with the messages a second that the group consumed lately. */
  async consumption(address: string, group: string, topic?: string): Promise<ConsumeStats> {
    const reply = await this.#pool.ask(address, {
      code: getConsumeStats.code,
      fields: getConsumeStats.encode({ consumerGroup: group, ...(topic ? { topic } : {}) }),
    });
    return decodeConsumeStats(reply.source, reply.bodyStart, reply.bodyEnd);
  }

  /** What one member says of itself; a member that is not there is a ClientError `refused` (206). */
  async runningInfo(
    address: string,
    member: { readonly group: string; readonly clientId: string; readonly hasStacks?: boolean },
  ): Promise<ConsumerRunningInfo> {
    const reply = await this.#pool.ask(address, {
      code: getConsumerRunningInfo.code,
      fields: getConsumerRunningInfo.encode({
        consumerGroup: member.group,
        clientId: member.clientId,
        jstackEnable: member.hasStacks === true,
      }),
    });
    return decodeConsumerRunningInfo(reply.source, reply.bodyStart, reply.bodyEnd);
  }

  /** Hands one member a message once more and resolves with what it did. Throws ClientError. */
  async consumeDirectly(
    address: string,
    member: { readonly group: string; readonly clientId: string },
    message: { readonly topic: string; readonly offsetMessageId: string },
  ): Promise<DirectConsumption> {
    const reply = await this.#pool.ask(address, {
      code: consumeMessageDirectly.code,
      fields: consumeMessageDirectly.encode({
        consumerGroup: member.group,
        clientId: member.clientId,
        messageId: message.offsetMessageId,
        topic: message.topic,
      }),
    });
    return decodeDirectConsumption(reply.source, reply.bodyStart, reply.bodyEnd);
  }

  /**
   * Moves a group in all queues that a topic has on one broker to a time; -1 is their ends. `isForced`: also where that
   * is ahead. Resolves with the offsets, or undefined when the broker can do so only for members that are on line, and
   * nobody is.
   */
  async resetToTime(
    address: string,
    target: {
      readonly topic: string;
      readonly group: string;
      readonly timeMs: number;
      readonly isForced: boolean;
    },
  ): Promise<readonly (readonly [MessageQueue, number])[] | undefined> {
    const { topic, group, timeMs, isForced } = target;
    const reply = await this.#pool.invoke(address, {
      code: invokeResetOffset.code,
      fields: invokeResetOffset.encode({
        topic,
        group,
        queueId: -1,
        offset: -1,
        timestamp: timeMs,
        isForce: isForced,
      }),
    });
    if (reply.code === responseCode.consumerNotOnline) {
      return undefined;
    }
    mustSucceed(address, reply);
    return decodeResetOffsets(reply.source, reply.bodyStart, reply.bodyEnd);
  }

  /**
   * Moves a group in one queue to an offset; the broker tells its members. Throws ClientError `members_online` where
   * only an idle group can be moved so.
   */
  async resetOffset(group: string, queue: MessageQueue, offset: number): Promise<void> {
    await this.#mover.move(group, queue, offset);
  }

  /** How the broker at the address would move the group now. */
  resetWay(address: string, group: string): Promise<ResetWay> {
    return this.#mover.way(address, group);
  }

  async #whole(address: string): Promise<GroupTable> {
    const reply = await this.#pool.ask(address, { code: getAllGroups.code, fields: [] });
    return decodeGroupTable(reply.source, reply.bodyStart, reply.bodyEnd);
  }
}
