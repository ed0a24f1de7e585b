/**
 * Who serves which topic (remoting 6): brokers with their addresses, topics with their queues by broker. Brokers
 * tell it; what they stop telling is forgotten by `liveness.ts`. A topic once told stays until its last broker goes,
 * or until a broker of ours says that what it tells is all: RocketMQ's registrations of some topics look no different.
 */
import { MqError } from "../core/error.ts";
import { limits } from "../core/limits.ts";

export interface TopicConfig {
  readonly topic: string;
  readonly readQueueCount: number;
  readonly writeQueueCount: number;
  readonly perm: number;
  readonly topicSysFlag: number;
}

export interface BrokerAddress {
  readonly clusterName: string;
  readonly brokerName: string;
  readonly brokerId: number;
  readonly address: string;
}

export interface BrokerRoute {
  readonly clusterName: string;
  readonly brokerName: string;
  /** `host:port` by broker id; 0 is the leader. */
  readonly addresses: ReadonlyMap<number, string>;
  readonly enableActingMaster: boolean;
}

export interface QueueRoute {
  readonly brokerName: string;
  readonly readQueueCount: number;
  readonly writeQueueCount: number;
  readonly perm: number;
  readonly topicSysFlag: number;
}

export interface TopicRoute {
  readonly brokers: readonly BrokerRoute[];
  readonly queues: readonly QueueRoute[];
}

interface BrokerEntry extends BrokerRoute {
  readonly addresses: Map<number, string>;
}

export class RouteTable {
  readonly #brokers = new Map<string, BrokerEntry>();
  /** By topic, then broker name. */
  readonly #topics = new Map<string, Map<string, QueueRoute>>();

  get topicCount(): number {
    return this.#topics.size;
  }

  get brokerCount(): number {
    return this.#brokers.size;
  }

  /** Whether that broker is known under that id. */
  has(broker: BrokerAddress): boolean {
    return this.#brokers.get(broker.brokerName)?.addresses.has(broker.brokerId) === true;
  }

  /** The address of a broker's leader, undefined without one. */
  leaderOf(brokerName: string): string | undefined {
    return this.#brokers.get(brokerName)?.addresses.get(0);
  }

  /** Enters a broker; an address that it had under another id is taken away. Throws MqError `broker_busy`. */
  addBroker(broker: BrokerAddress, enableActingMaster: boolean): void {
    const { clusterName, brokerName, brokerId, address } = broker;
    const known = this.#brokers.get(brokerName);
    if (known === undefined && this.#brokers.size >= limits.brokersMax) {
      throw new MqError("broker_busy", `a nameserver knows at most ${limits.brokersMax} brokers`);
    }
    const addresses = known?.addresses ?? new Map<number, string>();
    for (const [id, other] of addresses) {
      if (other === address && id !== brokerId) {
        addresses.delete(id);
      }
    }
    addresses.set(brokerId, address);
    this.#brokers.set(brokerName, { clusterName, brokerName, addresses, enableActingMaster });
  }

  /** Enters or changes topics of a broker. Throws MqError `broker_busy`. */
  addTopics(brokerName: string, topics: readonly TopicConfig[]): void {
    for (const config of topics) {
      let queues = this.#topics.get(config.topic);
      if (queues === undefined) {
        if (this.#topics.size >= limits.nameserverTopicsMax) {
          throw new MqError(
            "broker_busy",
            `a nameserver knows at most ${limits.nameserverTopicsMax} topics`,
          );
        }
        queues = new Map();
        this.#topics.set(config.topic, queues);
      }
      queues.set(brokerName, {
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
    for (const [topic, queues] of this.#topics) {
      if (!kept.has(topic) && queues.delete(brokerName) && queues.size === 0) {
        this.#topics.delete(topic);
      }
    }
  }

  /** Takes an address out; with its last address a broker's topics go. */
  removeBroker(broker: BrokerAddress): void {
    const { brokerName, brokerId, address } = broker;
    const entry = this.#brokers.get(brokerName);
    if (entry === undefined || entry.addresses.get(brokerId) !== address) {
      return;
    }
    entry.addresses.delete(brokerId);
    if (entry.addresses.size === 0) {
      this.#brokers.delete(brokerName);
      this.#removeTopicsOf(brokerName);
    }
  }

  /** Throws MqError `topic_not_found` when nobody serves the topic: never an empty route (remoting T55). */
  route(topic: string): TopicRoute {
    const queues = [...(this.#topics.get(topic)?.values() ?? [])];
    const brokers: BrokerRoute[] = [];
    for (const { brokerName } of queues) {
      const broker = this.#brokers.get(brokerName);
      if (broker !== undefined) {
        brokers.push(broker);
      }
    }
    if (brokers.length === 0) {
      throw new MqError(
        "topic_not_found",
        `No topic route info in name server for the topic: ${topic}`,
      );
    }
    return { brokers, queues };
  }

  topics(): readonly string[] {
    return [...this.#topics.keys()];
  }

  brokers(): readonly BrokerRoute[] {
    return [...this.#brokers.values()];
  }

  /** Broker names by cluster. */
  clusters(): ReadonlyMap<string, readonly string[]> {
    const clusters = new Map<string, string[]>();
    for (const { clusterName, brokerName } of this.#brokers.values()) {
      const names = clusters.get(clusterName);
      if (names === undefined) {
        clusters.set(clusterName, [brokerName]);
      } else {
        names.push(brokerName);
      }
    }
    return clusters;
  }

  #removeTopicsOf(brokerName: string): void {
    for (const [topic, queues] of this.#topics) {
      if (queues.delete(brokerName) && queues.size === 0) {
        this.#topics.delete(topic);
      }
    }
  }
}
