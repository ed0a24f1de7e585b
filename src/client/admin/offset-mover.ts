/**
 * Moves a group in one queue, in the way that the broker has for it.
 *
 * RocketMQ 4, and 5 without `useServerSideResetOffset`, ignores queue and offset of the request: it would move all
 * queues of a group that is on line to their ends. There, offsets of idle groups are committed instead.
 */
import { getBrokerConfig } from "../../protocol/remoting/requests/broker-admin.ts";
import { invokeResetOffset } from "../../protocol/remoting/requests/group.ts";
import { updateConsumerOffset } from "../../protocol/remoting/requests/offset.ts";
import { responseCode } from "../../protocol/remoting/response-code.ts";
import type { ConnectionPool } from "../connection-pool.ts";
import { ClientError } from "../errors.ts";
import type { MessageQueue } from "../message.ts";
import type { RouteCache } from "../route-cache.ts";

/**
 * How a broker would move a group: queue by queue, telling members at once; only while nobody is on line, by a commit in
 * the group's name; or as a whole and by time, since members are on line.
 */
export type ResetWay = "queue_by_queue" | "while_idle" | "by_time";

/** Who is in a group at a broker; undefined when nobody is. */
type AskMembers = (address: string, group: string) => Promise<unknown>;

export class OffsetMover {
  readonly #pool: ConnectionPool;
  readonly #routes: RouteCache;
  readonly #members: AskMembers;
  readonly #movesSingleQueuesAt = new Map<string, boolean>();

  constructor(pool: ConnectionPool, routes: RouteCache, members: AskMembers) {
    this.#pool = pool;
    this.#routes = routes;
    this.#members = members;
  }

  async way(address: string, group: string): Promise<ResetWay> {
    if (await this.#movesSingleQueues(address)) {
      return "queue_by_queue";
    }
    return (await this.#members(address, group)) === undefined ? "while_idle" : "by_time";
  }

  /** Throws ClientError `members_online` where only an idle group can be moved. */
  async move(group: string, queue: MessageQueue, offset: number): Promise<void> {
    const { topic, queueId, brokerName } = queue;
    const address = await this.#routes.brokerAddress(topic, brokerName);
    const way = await this.way(address, group);
    if (way === "queue_by_queue") {
      await this.#pool.ask(address, {
        code: invokeResetOffset.code,
        fields: invokeResetOffset.encode({
          topic,
          group,
          queueId,
          offset,
          timestamp: -1,
          isForce: true,
        }),
      });
      return;
    }
    if (way === "by_time") {
      throw new ClientError(
        "members_online",
        `${address} moves a group with members on line only as a whole and by time: stop its members first`,
      );
    }
    await this.#pool.ask(address, {
      code: updateConsumerOffset.code,
      fields: updateConsumerOffset.encode({
        consumerGroup: group,
        topic,
        queueId,
        commitOffset: offset,
      }),
    });
  }

  /** RocketMQ's brokers tell in their configuration; one that does not answer that request moves exactly. */
  async #movesSingleQueues(address: string): Promise<boolean> {
    const known = this.#movesSingleQueuesAt.get(address);
    if (known !== undefined) {
      return known;
    }
    const reply = await this.#pool.invoke(address, { code: getBrokerConfig.code, fields: [] });
    const text = reply.source.toString("utf8", reply.bodyStart, reply.bodyEnd);
    const answer =
      reply.code === responseCode.requestCodeNotSupported ||
      (reply.code === responseCode.success && /^useServerSideResetOffset=true$/m.test(text));
    this.#movesSingleQueuesAt.set(address, answer);
    return answer;
  }
}
