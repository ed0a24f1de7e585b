/** A nameserver: what brokers tell it, what clients ask it, and who is still alive (remoting 6). */
import { MqError } from "../core/error.ts";
import type { Timer } from "../io/clock.ts";
import type { Environment } from "../io/environment.ts";
import type { Log } from "../io/log.ts";
import { type DataVersion, type Link, Liveness } from "./liveness.ts";
import {
  type BrokerAddress,
  RouteTable,
  type TopicConfig,
  type TopicRoute,
} from "./route-table.ts";

/** How often silence is looked for (RocketMQ: 5 s). */
const scanMs = 5_000;

export interface BrokerRegistration {
  readonly broker: BrokerAddress;
  readonly haServerAddress: string;
  readonly expiryMs: number | undefined;
  readonly enableActingMaster: boolean;
  readonly dataVersion: DataVersion;
  readonly topics: readonly TopicConfig[];
  /** The broker has no other topics. */
  readonly isAllTopics: boolean;
}

/** What a replica learns when it registers; empty for a leader. */
export interface RegistrationOutcome {
  readonly leaderAddress: string;
  readonly haServerAddress: string;
}

export class Nameserver {
  readonly #environment: Environment;
  readonly #log: Log;
  readonly #routes = new RouteTable();
  readonly #liveness = new Liveness();
  #scan: Timer | undefined;
  #isStopped = false;

  constructor(environment: Environment) {
    this.#environment = environment;
    this.#log = environment.log.area("nameserver");
  }

  get routes(): RouteTable {
    return this.#routes;
  }

  start(): void {
    if (this.#isStopped) {
      return;
    }
    this.#scan = this.#environment.clock.after(scanMs, () => {
      this.#drop(this.#liveness.takeExpired(this.#nowMs()), "silent for too long");
      this.start();
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#scan?.cancel();
  }

  /**
   * Takes a broker's word. Throws MqError `bad_request` for a broker that is not known and tells a single topic: that
   * is a change, and whoever forgot the rest must hear all of it (remoting 6.3).
   */
  register(registration: BrokerRegistration, link: Link): RegistrationOutcome {
    const { broker, topics, dataVersion } = registration;
    const isFirst = !this.#routes.has(broker);
    if (isFirst && topics.length === 1) {
      throw new MqError("bad_request", "register broker failed");
    }
    this.#routes.addBroker(broker, registration.enableActingMaster);
    const isChanged = this.#liveness.register(broker, {
      link,
      dataVersion,
      expiryMs: registration.expiryMs,
      haServerAddress: registration.haServerAddress,
      nowMs: this.#nowMs(),
    });
    if (broker.brokerId === 0 && (isFirst || isChanged)) {
      this.#routes.addTopics(broker.brokerName, topics);
      if (registration.isAllTopics) {
        this.#routes.keepTopics(broker.brokerName, topics);
      }
    }
    if (isFirst) {
      this.#log.info("broker registered", {
        broker: broker.brokerName,
        address: broker.address,
        topics: topics.length,
      });
    }
    const leaderAddress =
      broker.brokerId === 0 ? "" : (this.#routes.leaderOf(broker.brokerName) ?? "");
    return {
      leaderAddress,
      haServerAddress: leaderAddress === "" ? "" : this.#liveness.haServerAddressOf(leaderAddress),
    };
  }

  unregister(broker: BrokerAddress): void {
    this.#liveness.forget(broker);
    this.#routes.removeBroker(broker);
    this.#log.info("broker unregistered", { broker: broker.brokerName, address: broker.address });
  }

  queryDataVersion(
    broker: BrokerAddress,
    dataVersion: DataVersion,
  ): { readonly isChanged: boolean; readonly known: DataVersion | undefined } {
    return this.#liveness.query(broker, dataVersion, this.#nowMs());
  }

  /** Throws MqError `topic_not_found`. */
  route(topic: string): TopicRoute {
    return this.#routes.route(topic);
  }

  /** A connection closed: brokers that registered over it are gone. */
  linkClosed(link: Link): void {
    this.#drop(this.#liveness.takeOfLink(link), "its connection closed");
  }

  #drop(brokers: readonly BrokerAddress[], reason: string): void {
    for (const broker of brokers) {
      this.#routes.removeBroker(broker);
      this.#log.warn("broker gone", {
        broker: broker.brokerName,
        address: broker.address,
        reason,
      });
    }
  }

  #nowMs(): number {
    return this.#environment.clock.elapsedMs();
  }
}
