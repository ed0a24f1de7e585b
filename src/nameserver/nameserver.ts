/** A nameserver: what brokers tell it, what clients ask it, and who is still alive (remoting 6). */
import { MqError } from "../core/error.ts";
import type { Timer } from "../io/clock.ts";
import type { Environment } from "../io/environment.ts";
import type { Log } from "../io/log.ts";
import type { BrokerAddress } from "./broker-table.ts";
import { KeptFile } from "./kept-file.ts";
import { KvConfig, orderNamespace } from "./kv-config.ts";
import { type DataVersion, type Link, Liveness } from "./liveness.ts";
import { NameserverSettings } from "./nameserver-settings.ts";
import { RouteTable, type TopicRoute } from "./route-table.ts";
import { permWrite, type TopicConfig } from "./topic-routes.ts";

/** How often silence is looked for (RocketMQ: 5 s). */
const scanMs = 5_000;

export interface BrokerRegistration {
  readonly broker: BrokerAddress;
  readonly haServerAddress: string;
  readonly expiryMs: number | undefined;
  /** Undefined: a broker of before 5.0, whose replicas never stand in for a leader. */
  readonly enableActingMaster: boolean | undefined;
  readonly dataVersion: DataVersion;
  readonly topics: readonly TopicConfig[];
  /** The broker has no other topics. */
  readonly isAllTopics: boolean;
  /** Queue mappings of static topics: JSON text by topic. */
  readonly mappings: ReadonlyMap<string, string>;
  readonly filterServers: readonly string[];
}

/** What a replica learns when it registers; empty for a leader. */
export interface RegistrationOutcome {
  readonly leaderAddress: string;
  readonly haServerAddress: string;
}

/** Another broker of a name has the smallest id now. */
export interface MinBrokerIdChange {
  readonly brokerName: string;
  readonly minBrokerId: number;
  readonly minBrokerAddress: string;
  /** Who left, when somebody did. */
  readonly offlineAddress: string | undefined;
  readonly haServerAddress: string | undefined;
  /** Whom to tell. */
  readonly addresses: readonly string[];
}

/** A route with what else the nameserver knows about it. */
export interface FullRoute extends TopicRoute {
  readonly orderConfig: string | undefined;
  /** Addresses by broker address. */
  readonly filterServers: ReadonlyMap<string, readonly string[]>;
}

export interface NameserverParts {
  /** Where it keeps settings and key-value configuration; without it they live as long as the process. */
  readonly folder?: string | undefined;
  readonly onMinBrokerIdChange?: ((change: MinBrokerIdChange) => void) | undefined;
}

export class Nameserver {
  readonly routes = new RouteTable();
  readonly kv: KvConfig;
  readonly settings: NameserverSettings;
  readonly #environment: Environment;
  readonly #log: Log;
  readonly #liveness = new Liveness();
  readonly #onMinBrokerIdChange: (change: MinBrokerIdChange) => void;
  #scan: Timer | undefined;
  #isStopped = false;

  /** Throws MqError `bad_request` when the folder's files cannot be read. */
  constructor(environment: Environment, parts: NameserverParts = {}) {
    this.#environment = environment;
    this.#log = environment.log.area("nameserver");
    this.#onMinBrokerIdChange = parts.onMinBrokerIdChange ?? (() => {});
    const { folder } = parts;
    const kept = (name: string): KeptFile | undefined =>
      folder === undefined ? undefined : new KeptFile(environment.disk, folder, name);
    const kvFile = kept("kvConfig.json");
    const settingsFile = kept("namesrv.properties");
    this.kv = new KvConfig(kvFile);
    this.settings = new NameserverSettings(settingsFile, [
      ["scanNotActiveBrokerInterval", String(scanMs)],
      ["kvConfigPath", kvFile?.path ?? ""],
      ["configStorePath", settingsFile?.path ?? ""],
    ]);
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
   * Takes a broker's word, whole or not at all. Throws MqError `bad_request` for a broker that is not known and tells
   * a single topic: that is a change, and whoever forgot the rest must hear all of it (remoting 6.3); `broker_busy`
   * when there is no room.
   */
  register(registration: BrokerRegistration, link: Link): RegistrationOutcome {
    const { broker, topics, mappings, dataVersion, filterServers } = registration;
    const { brokers } = this.routes;
    const isFirst = !brokers.has(broker);
    if (this.#isOutdated(broker, dataVersion)) {
      this.#liveness.forget(broker);
      return { leaderAddress: "", haServerAddress: "" };
    }
    if (isFirst && topics.length === 1) {
      throw new MqError("bad_request", "register broker failed");
    }
    const names = topics.map((topic) => topic.topic);
    this.routes.topics.checkRoom(broker.brokerName, names, mappings.keys());
    const minIdBefore = brokers.minIdOf(broker.brokerName);
    brokers.add(broker, registration.enableActingMaster ?? false);
    const isChanged = this.#liveness.register(broker, {
      link,
      dataVersion,
      expiryMs: registration.expiryMs,
      haServerAddress: registration.haServerAddress,
      filterServers,
      nowMs: this.#nowMs(),
    });
    this.#takeTopics(registration, isFirst || isChanged);
    if (isFirst) {
      this.#log.info("broker registered", {
        broker: broker.brokerName,
        address: broker.address,
        topics: topics.length,
      });
    }
    if (minIdBefore !== undefined && broker.brokerId < minIdBefore) {
      this.#tellMinBrokerId(broker.brokerName, undefined, registration.haServerAddress);
    }
    return this.#outcomeFor(broker);
  }

  unregister(broker: BrokerAddress): void {
    this.#liveness.forget(broker);
    this.#remove(broker);
    this.#log.info("broker unregistered", { broker: broker.brokerName, address: broker.address });
  }

  queryDataVersion(
    broker: BrokerAddress,
    dataVersion: DataVersion,
  ): { readonly isChanged: boolean; readonly known: DataVersion | undefined } {
    return this.#liveness.query(broker, dataVersion, this.#nowMs());
  }

  /** A sign of life without a registration. */
  heard(broker: Pick<BrokerAddress, "clusterName" | "address">): void {
    this.#liveness.heard(broker, this.#nowMs());
  }

  /** Throws MqError `topic_not_found`. */
  route(topic: string): FullRoute {
    const route = this.routes.route(topic, this.settings.is("supportActingMaster"));
    const filterServers = new Map<string, readonly string[]>();
    for (const { clusterName, addresses } of route.brokers) {
      for (const address of addresses.values()) {
        const servers = this.#liveness.filterServersOf({ clusterName, address });
        if (servers.length > 0) {
          filterServers.set(address, servers);
        }
      }
    }
    return { ...route, filterServers, orderConfig: this.#orderConfigOf(topic) };
  }

  /** What a broker that registered learns of ordered topics, undefined when there is nothing to tell. */
  orderConfigs(): ReadonlyMap<string, string> | undefined {
    return this.settings.is("returnOrderTopicConfigToBroker")
      ? this.kv.list(orderNamespace)
      : undefined;
  }

  /** A connection closed: brokers that registered over it are gone. */
  linkClosed(link: Link): void {
    this.#drop(this.#liveness.takeOfLink(link), "its connection closed");
  }

  /** Two brokers claim one name and id: the one whose table is in a later state keeps it. */
  #isOutdated(broker: BrokerAddress, dataVersion: DataVersion): boolean {
    const address = this.routes.brokers.get(broker.brokerName)?.addresses.get(broker.brokerId);
    if (address === undefined || address === broker.address) {
      return false;
    }
    const other = this.#liveness.dataVersionOf({ clusterName: broker.clusterName, address });
    const isOutdated = other !== undefined && other.stateVersion > dataVersion.stateVersion;
    if (isOutdated) {
      this.#log.warn("a broker claims a name and id that another has", {
        broker: broker.brokerName,
        address: broker.address,
        kept: address,
      });
    }
    return isOutdated;
  }

  /** The leader's table counts; without one, where that is wanted, that of the replica with the smallest id. */
  #takeTopics(registration: BrokerRegistration, isNews: boolean): void {
    const { broker, topics, mappings, enableActingMaster } = registration;
    const { brokerName, brokerId } = broker;
    const isStandIn =
      brokerId !== 0 &&
      enableActingMaster !== undefined &&
      this.routes.brokers.minIdOf(brokerName) === brokerId;
    if (brokerId !== 0 && !isStandIn) {
      return;
    }
    const table = this.routes.topics;
    const isSaidToBeAll =
      this.settings.is("deleteTopicWithBrokerRegistration") &&
      mappings.size === 0 &&
      topics.length > 1;
    if (isNews && (registration.isAllTopics || isSaidToBeAll)) {
      this.routes.keepTopics(brokerName, topics);
    }
    const isReadOnly = isStandIn && enableActingMaster === true;
    const news = isNews
      ? topics
      : topics.filter(({ topic }) => !table.isServedBy(topic, brokerName));
    this.routes.addTopics(
      brokerName,
      isReadOnly ? news.map((topic) => ({ ...topic, perm: topic.perm & ~permWrite })) : news,
    );
    if (isNews) {
      for (const [topic, text] of mappings) {
        table.setMapping(topic, brokerName, text);
      }
    }
  }

  #outcomeFor(broker: BrokerAddress): RegistrationOutcome {
    const { brokerId, brokerName, clusterName } = broker;
    const address = brokerId === 0 ? undefined : this.routes.brokers.leaderOf(brokerName);
    return address === undefined
      ? { leaderAddress: "", haServerAddress: "" }
      : {
          leaderAddress: address,
          haServerAddress: this.#liveness.haServerAddressOf({ clusterName, address }),
        };
  }

  /** Clients fail on an order that is none (`broker:queues;…`), so that it stays away from them. */
  #orderConfigOf(topic: string): string | undefined {
    const order = this.settings.is("orderMessageEnable")
      ? this.kv.get(orderNamespace, topic)
      : undefined;
    return order !== undefined && /^[^:;]+:\d{1,9}(;[^:;]+:\d{1,9})*;?$/.test(order)
      ? order
      : undefined;
  }

  #drop(brokers: readonly BrokerAddress[], reason: string): void {
    for (const broker of brokers) {
      this.#remove(broker);
      this.#log.warn("broker gone", {
        broker: broker.brokerName,
        address: broker.address,
        reason,
      });
    }
  }

  #remove(broker: BrokerAddress): void {
    const { brokers } = this.routes;
    const minIdBefore = brokers.minIdOf(broker.brokerName);
    this.routes.removeBroker(broker);
    const left = brokers.get(broker.brokerName);
    if (left?.enableActingMaster === true && brokers.minIdOf(broker.brokerName) !== minIdBefore) {
      this.#tellMinBrokerId(broker.brokerName, broker.address, undefined);
    }
  }

  /** Those that are left hear of one that went; of one that came, those that were there before. */
  #tellMinBrokerId(
    brokerName: string,
    offlineAddress: string | undefined,
    haServerAddress: string | undefined,
  ): void {
    const addresses = this.routes.brokers.get(brokerName)?.addresses ?? new Map<number, string>();
    const minBrokerId = this.routes.brokers.minIdOf(brokerName);
    if (minBrokerId === undefined || !this.settings.is("notifyMinBrokerIdChanged")) {
      return;
    }
    const minBrokerAddress = addresses.get(minBrokerId) ?? "";
    const others = [...addresses.values()].filter((address) => address !== minBrokerAddress);
    this.#onMinBrokerIdChange({
      brokerName,
      minBrokerId,
      minBrokerAddress,
      offlineAddress,
      haServerAddress,
      addresses: offlineAddress === undefined ? others : [...addresses.values()],
    });
  }

  #nowMs(): number {
    return this.#environment.clock.elapsedMs();
  }
}
