/**
 * Who serves which topic (remoting 6): brokers with their addresses, topics with their queues by broker. Brokers
 * tell it; what they stop telling is forgotten by `liveness.ts`. A topic once told stays until its last broker goes,
 * an operator takes it out, or a broker of ours says that what it tells is all: RocketMQ's registrations of some
 * topics look no different.
 */
import { MqError } from "../core/error.ts";
import { type BrokerAddress, type BrokerRoute, BrokerTable } from "./broker-table.ts";
import {
  permRead,
  permWrite,
  type QueueRoute,
  type TopicConfig,
  TopicRoutes,
} from "./topic-routes.ts";

export interface TopicRoute {
  readonly brokers: readonly BrokerRoute[];
  readonly queues: readonly QueueRoute[];
  /** Queue mappings of a static topic: JSON text by broker name. */
  readonly mappings?: ReadonlyMap<string, string> | undefined;
}

/** Topics that brokers of one name speak to each other by: the acting leader must not hide in them. */
const memberTopicPrefix = "rmq_sys_SYNC_BROKER_MEMBER_";

export class RouteTable {
  readonly brokers = new BrokerTable();
  readonly topics = new TopicRoutes();

  get topicCount(): number {
    return this.topics.count;
  }

  get brokerCount(): number {
    return this.brokers.count;
  }

  /** Enters or changes topics of a broker. */
  addTopics(brokerName: string, topics: readonly TopicConfig[]): void {
    for (const config of topics) {
      this.topics.set(config.topic, {
        brokerName,
        readQueueCount: config.readQueueCount,
        writeQueueCount: config.writeQueueCount,
        perm: config.perm,
        topicSysFlag: config.topicSysFlag,
      });
    }
  }

  /** Forgets a broker's topics that are not among these. */
  keepTopics(brokerName: string, topics: readonly TopicConfig[]): void {
    const kept = new Set(topics.map((config) => config.topic));
    for (const topic of this.topics.namesServedBy(new Set([brokerName]))) {
      if (!kept.has(topic)) {
        this.topics.remove(topic, [brokerName]);
      }
    }
  }

  /** Topics that an operator says brokers serve (217); those of unknown brokers are passed over. Throws MqError `broker_busy`. */
  addRoutes(topic: string, queues: readonly QueueRoute[]): void {
    for (const queue of queues) {
      if (this.brokers.get(queue.brokerName) !== undefined) {
        this.topics.checkRoom(queue.brokerName, [topic]);
        this.topics.set(topic, queue);
      }
    }
  }

  /**
   * Takes an address out; with its last address a broker's topics go. When replicas are left of one that lost its
   * leader, and may stand in for it, they are for reading only.
   */
  removeBroker(broker: BrokerAddress): void {
    const { brokerName } = broker;
    switch (this.brokers.remove(broker)) {
      case "last":
        this.topics.removeBroker(brokerName);
        break;
      case "others_left":
        if (
          this.brokers.get(brokerName)?.enableActingMaster === true &&
          this.brokers.leaderOf(brokerName) === undefined
        ) {
          this.wipeWritePerm(brokerName);
        }
        break;
      case "unknown":
        break;
    }
  }

  /** Nobody shall send to the broker any more; returns how many topics it serves. */
  wipeWritePerm(brokerName: string): number {
    return this.topics.changePerm(brokerName, (perm) => perm & ~permWrite);
  }

  /** All of the broker's topics may be read and written, as RocketMQ does it: whatever they were before. */
  addWritePerm(brokerName: string): number {
    return this.topics.changePerm(brokerName, () => permRead | permWrite);
  }

  /** Forgets a topic, in one cluster or everywhere; brokers that still have it tell it again. */
  deleteTopic(topic: string, clusterName?: string): void {
    this.topics.remove(
      topic,
      clusterName === undefined ? undefined : (this.brokers.clusters().get(clusterName) ?? []),
    );
  }

  /**
   * Throws MqError `topic_not_found` when nobody serves the topic: never an empty route (remoting T55). With
   * `showsActingMaster` a replica that stands in for its leader is shown under the leader's id.
   */
  route(topic: string, showsActingMaster = false): TopicRoute {
    const queues = [...(this.topics.get(topic)?.values() ?? [])];
    const brokers: BrokerRoute[] = [];
    for (const queue of queues) {
      const broker = this.brokers.get(queue.brokerName);
      if (broker !== undefined) {
        const isHidden = showsActingMaster && !topic.startsWith(memberTopicPrefix);
        brokers.push(isHidden ? withActingMaster(broker, queue) : broker);
      }
    }
    if (brokers.length === 0) {
      throw new MqError(
        "topic_not_found",
        `No topic route info in name server for the topic: ${topic}`,
      );
    }
    return { brokers, queues, mappings: this.topics.mappingsOf(topic) };
  }

  topicsOfCluster(clusterName: string): readonly string[] {
    return this.topics.namesServedBy(new Set(this.brokers.clusters().get(clusterName)));
  }
}

function withActingMaster(broker: BrokerRoute, queue: QueueRoute): BrokerRoute {
  const isStoodInFor =
    broker.enableActingMaster && !broker.addresses.has(0) && (queue.perm & permWrite) === 0;
  if (!isStoodInFor) {
    return broker;
  }
  const addresses = new Map(broker.addresses);
  const minId = Math.min(...addresses.keys());
  const acting = addresses.get(minId);
  if (acting !== undefined) {
    addresses.delete(minId);
    addresses.set(0, acting);
  }
  return { ...broker, addresses };
}
