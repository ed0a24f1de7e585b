/**
 * Who serves a topic. Routes are asked from one nameserver at a time, the next one after a failure, and kept for
 * 30 seconds as RocketMQ's own clients do.
 */
import type { Clock } from "../io/clock.ts";
import { type Cluster, decodeCluster } from "../protocol/remoting/bodies/cluster.ts";
import { decodeTopicList } from "../protocol/remoting/bodies/name-list.ts";
import { decodeTopicRoute, type TopicRoute } from "../protocol/remoting/bodies/topic-route.ts";
import type { Command } from "../protocol/remoting/command.ts";
import { getAllTopics, getClusterInfo, getRouteInfo } from "../protocol/remoting/requests/route.ts";
import { responseCode } from "../protocol/remoting/response-code.ts";
import type { ClientRequest } from "./connection.ts";
import { type ConnectionPool, mustSucceed, refusal } from "./connection-pool.ts";
import { ClientError } from "./errors.ts";
import type { MessageQueue } from "./message.ts";

const keptMs = 30_000;
const permRead = 4;
const permWrite = 2;
/** The template from which brokers create topics by themselves. */
const templateTopic = "TBW102";
const templateQueuesMax = 4;

export class RouteCache {
  readonly #pool: ConnectionPool;
  readonly #clock: Clock;
  readonly #nameservers: readonly string[];
  readonly #routes = new Map<string, { readonly route: TopicRoute; readonly untilMs: number }>();
  #current = 0;

  constructor(pool: ConnectionPool, clock: Clock, nameservers: readonly string[]) {
    this.#pool = pool;
    this.#clock = clock;
    this.#nameservers = nameservers;
  }

  /** `host:port` of each. */
  get nameservers(): readonly string[] {
    return this.#nameservers;
  }

  /** The route of a topic. Throws ClientError `no_route` when nobody serves it. */
  async route(topic: string): Promise<TopicRoute> {
    const known = this.#routes.get(topic);
    if (known !== undefined && known.untilMs > this.#clock.elapsedMs()) {
      return known.route;
    }
    const reply = await this.#ask({
      code: getRouteInfo.code,
      fields: getRouteInfo.encode({ topic, acceptStandardJsonOnly: true }),
    });
    if (reply.code === responseCode.topicNotExist) {
      this.#routes.delete(topic);
      throw new ClientError("no_route", `topic '${topic}' has no route`, { code: reply.code });
    }
    this.#mustSucceed(reply);
    const route = decodeTopicRoute(reply.source, reply.bodyStart, reply.bodyEnd);
    this.#routes.set(topic, { route, untilMs: this.#clock.elapsedMs() + keptMs });
    return route;
  }

  /** Queues to send to; a missing topic borrows the template's brokers, which then create it. */
  async writeQueues(topic: string): Promise<readonly MessageQueue[]> {
    try {
      return queuesOf(topic, await this.route(topic), "write");
    } catch (error) {
      if (!(error instanceof ClientError) || error.kind !== "no_route") {
        throw error;
      }
      const template = await this.route(templateTopic).catch(() => {
        throw error;
      });
      return queuesOf(topic, template, "write").filter(
        ({ queueId }) => queueId < templateQueuesMax,
      );
    }
  }

  async readQueues(topic: string): Promise<readonly MessageQueue[]> {
    return queuesOf(topic, await this.route(topic), "read");
  }

  /** The leader's address of a broker that serves the topic. */
  async brokerAddress(topic: string, brokerName: string): Promise<string> {
    const routes = [topic, templateTopic];
    for (const name of routes) {
      const route = await this.route(name).catch(() => undefined);
      const broker = route?.brokers.find((each) => each.brokerName === brokerName);
      const address = broker?.addresses.get(0) ?? broker?.addresses.values().next().value;
      if (address !== undefined) {
        return address;
      }
    }
    throw new ClientError("no_route", `broker '${brokerName}' does not serve topic '${topic}'`);
  }

  async cluster(): Promise<Cluster> {
    const reply = this.#mustSucceed(await this.#ask({ code: getClusterInfo.code, fields: [] }));
    return decodeCluster(reply.source, reply.bodyStart, reply.bodyEnd);
  }

  /** As `cluster`, but what that one nameserver says. */
  async clusterAt(nameserver: string): Promise<Cluster> {
    const reply = await this.#pool.ask(nameserver, { code: getClusterInfo.code, fields: [] });
    return decodeCluster(reply.source, reply.bodyStart, reply.bodyEnd);
  }

  async topics(): Promise<readonly string[]> {
    const reply = this.#mustSucceed(await this.#ask({ code: getAllTopics.code, fields: [] }));
    return decodeTopicList(reply.source, reply.bodyStart, reply.bodyEnd);
  }

  /** As `topics`, but what that one nameserver says. */
  async topicsAt(nameserver: string): Promise<readonly string[]> {
    const reply = await this.#pool.ask(nameserver, { code: getAllTopics.code, fields: [] });
    return decodeTopicList(reply.source, reply.bodyStart, reply.bodyEnd);
  }

  /** What that one nameserver says of a topic now; undefined when it has no route. */
  async routeAt(nameserver: string, topic: string): Promise<TopicRoute | undefined> {
    const reply = await this.#pool.invoke(nameserver, {
      code: getRouteInfo.code,
      fields: getRouteInfo.encode({ topic, acceptStandardJsonOnly: true }),
    });
    if (reply.code === responseCode.topicNotExist) {
      return undefined;
    }
    mustSucceed(nameserver, reply);
    return decodeTopicRoute(reply.source, reply.bodyStart, reply.bodyEnd);
  }

  /** Drops what is known of a topic: it was changed, or a broker refused what the route promised. */
  forget(topic: string): void {
    this.#routes.delete(topic);
  }

  #mustSucceed(reply: Command): Command {
    if (reply.code !== responseCode.success) {
      throw refusal(this.#nameservers[this.#current] ?? "nameserver", reply);
    }
    return reply;
  }

  /** Asks the nameserver that answered last; on a failure the others in turn. */
  async #ask(request: ClientRequest): Promise<Command> {
    let failure: unknown = new ClientError("unreachable", "no nameserver is configured");
    for (let tried = 0; tried < this.#nameservers.length; tried++) {
      const index = (this.#current + tried) % this.#nameservers.length;
      try {
        const reply = await this.#pool.invoke(this.#nameservers[index] as string, request);
        this.#current = index;
        return reply;
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }
}

function queuesOf(topic: string, route: TopicRoute, use: "read" | "write"): MessageQueue[] {
  const queues: MessageQueue[] = [];
  for (const each of route.queues) {
    const broker = route.brokers.find(({ brokerName }) => brokerName === each.brokerName);
    const isUsable =
      use === "write"
        ? (each.perm & permWrite) !== 0 && broker?.addresses.has(0) === true
        : (each.perm & permRead) !== 0 && broker !== undefined;
    const count = use === "write" ? each.writeQueueCount : each.readQueueCount;
    for (let queueId = 0; isUsable && queueId < count; queueId++) {
      queues.push({ topic, brokerName: each.brokerName, queueId });
    }
  }
  return queues.sort(compareQueues);
}

/** By broker name, then queue id, as RocketMQ's clients sort. */
export function compareQueues(left: MessageQueue, right: MessageQueue): number {
  if (left.brokerName !== right.brokerName) {
    return left.brokerName < right.brokerName ? -1 : 1;
  }
  return left.queueId - right.queueId;
}
