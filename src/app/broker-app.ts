/**
 * A broker process: store, services and one listener, started and stopped in the order that loses nothing.
 *
 * Start: listen first (the port may be chosen by the machine, and records name it), then open the store, then
 * answer. Stop: out of the routes, answer what is on its way, close the store.
 */
import { Broker } from "../broker/broker.ts";
import type { BrokerOptions } from "../broker/config.ts";
import type { BrokerServices } from "../broker/services.ts";
import {
  type ChangeableConfig,
  changeableSettings,
  constantSettings,
} from "../broker/settings/setting-list.ts";
import type { BrokerCounters } from "../broker/stats/counters.ts";
import type { Survey, SurveyBounds } from "../broker/stats/lag-survey.ts";
import { perm } from "../broker/topic/topic-config.ts";
import { MqError } from "../core/error.ts";
import { limits } from "../core/limits.ts";
import type { Environment } from "../io/environment.ts";
import type { Address } from "../io/network.ts";
import { version, versionName } from "../protocol/remoting/version.ts";
import { defaultDelayLevelsMs, parseDelayLevels } from "../record/delay-levels.ts";
import type { MessageStore, StoreFacts, StoreHealth } from "../store/message-store.ts";
import type { RetentionRules } from "../store/retention/retention.ts";
import { createBrokerDispatch } from "../transport/remoting/broker-handlers/index.ts";
import type { Dispatch } from "../transport/remoting/dispatch.ts";
import { NameserverLink } from "../transport/remoting/nameserver-link.ts";
import { RequestWatch } from "../transport/remoting/request-watch.ts";
import { RemotingServer } from "../transport/remoting/server.ts";
import { VipReceiver, vipPortDistance } from "../transport/remoting/vip-receiver.ts";
import type { Receiver } from "../transport/session.ts";
import { advertisedAddress, answersAdmin, checkListen } from "./listeners.ts";
import { openStore } from "./open-store.ts";
import { giveBackConfig, takeOverConfig } from "./rocketmq-config.ts";
import { type ServerStats, serverStats } from "./server-stats.ts";

/** A running broker's numbers. */
export interface BrokerStats extends ServerStats {
  readonly brokerName: string;
  readonly clusterName: string;
  readonly counters: BrokerCounters;
  readonly members: number;
  readonly heldPulls: number;
  readonly topics: number;
  readonly groups: number;
  /** Those that it is to register at. */
  readonly nameservers: number;
  readonly registeredNameservers: number;
  readonly health: StoreHealth;
  readonly store: StoreFacts;
}

export interface RunningBroker {
  readonly brokerName: string;
  /** Where it listens. */
  readonly address: Address;
  /** Where clients are sent. */
  readonly advertised: Address;
  stats(): BrokerStats;
  /** Lines of broker.conf with which RocketMQ opens the store after a clean stop. */
  readonly rocketmqLines: readonly string[];
  /** Lets somebody see a sample of the requests that it gets. */
  readonly requests: RequestWatch;
  /** How far groups are behind. One at a time. */
  survey(bounds: SurveyBounds): Promise<Survey>;
  /** Drains and closes; resolves when the store is closed. Idempotent. */
  stop(): Promise<void>;
}

/** Starts a broker. Throws MqError for settings that cannot be, NetworkError when it cannot listen. */
export async function startBroker(
  environment: Environment,
  options: BrokerOptions,
): Promise<RunningBroker> {
  checkListen(options.listen, options);
  const config = configOf(options);
  const gatekeeper = new Gatekeeper();
  const listen = (address: Address, receiver: Receiver): RemotingServer =>
    new RemotingServer(environment, {
      address,
      receiver,
      area: "remoting",
      connectionsMax: options.connectionsMax,
    });
  const servers = [listen(options.listen, gatekeeper)] as [RemotingServer, ...RemotingServer[]];
  try {
    if (options.vipPort === true) {
      const { host, port } = vipAddress(servers[0].address);
      servers.push(listen({ host, port }, new VipReceiver(() => gatekeeper.dispatch)));
    }
    return await startBehind(environment, options, config, servers, gatekeeper);
  } catch (error) {
    await Promise.all(servers.map((server) => server.stop()));
    throw error;
  }
}

/** Where old clients expect the VIP channel of a broker. Throws MqError `bad_request` when there is no such port. */
function vipAddress({ host, port }: Address): Address {
  if (port <= vipPortDistance) {
    throw new MqError("bad_request", `there is no VIP port ${vipPortDistance} below ${port}`);
  }
  return { host, port: port - vipPortDistance };
}

/** Turns frames away until the broker is open: a client that comes early tries again. */
class Gatekeeper {
  dispatch: Dispatch<BrokerServices> | undefined;

  readonly frame: RemotingServer["receiver"]["frame"] = (session, source, start, end) => {
    if (this.dispatch === undefined) {
      session.abort("not open yet");
    } else {
      this.dispatch.frame(session, source, start, end);
    }
  };
}

async function startBehind(
  environment: Environment,
  options: BrokerOptions,
  config: ChangeableConfig,
  servers: readonly [RemotingServer, ...RemotingServer[]],
  gatekeeper: Gatekeeper,
): Promise<RunningBroker> {
  const [server] = servers;
  const advertised = advertisedAddress(server.address, options.advertise);
  const store = await openStore(environment, {
    folder: options.storeFolder,
    flush: options.flush ?? "sync",
    storeHost: advertised,
    delayLevelsMs: config.delayLevelsMs,
    retention: retentionOf(options),
    ...(options.segmentBytes === undefined ? {} : { segmentBytes: options.segmentBytes }),
  });
  try {
    await takeOverConfig(environment, options.storeFolder, store.state);
  } catch (error) {
    await store.close();
    throw error;
  }
  const broker = new Broker(environment, {
    store,
    config,
    fixedSettings: fixedSettings(options, advertised, server, store),
    advertised,
    nameservers: options.nameservers.map(
      (nameserver) => new NameserverLink(environment, nameserver, { config, advertised }),
    ),
    versionName: versionName(version.ours),
  });
  const dispatch = createBrokerDispatch(broker.services, {
    isAdminAllowed: answersAdmin(options.listen, options),
    log: environment.log.area("remoting"),
  });
  gatekeeper.dispatch = dispatch;
  await broker.start();
  environment.log.area("broker").info("broker started", {
    broker: config.brokerName,
    address: `${advertised.host}:${advertised.port}`,
    flush: options.flush ?? "sync",
  });
  let stopping: Promise<void> | undefined;
  return {
    brokerName: config.brokerName,
    address: server.address,
    advertised,
    stats: () => ({
      ...statsOf(servers, dispatch, broker, store),
      nameservers: options.nameservers.length,
    }),
    requests: new RequestWatch(dispatch, environment.clock),
    survey: (bounds) => broker.services.survey.take(bounds),
    rocketmqLines: rocketmqLines(options.storeFolder, config, advertised, store.facts()),
    stop() {
      stopping ??= stop(environment, options.storeFolder, broker, servers, store);
      return stopping;
    },
  };
}

async function stop(
  environment: Environment,
  storeFolder: string,
  broker: Broker,
  servers: readonly RemotingServer[],
  store: MessageStore,
): Promise<void> {
  await broker.stop();
  await Promise.all(servers.map((server) => server.stop()));
  try {
    await giveBackConfig(environment, storeFolder, store.state);
  } catch (error) {
    const reason = String(error);
    environment.log.area("store").error("RocketMQ's config files are not written", { reason });
  }
  await store.close();
}

/** What the options and the store say, under RocketMQ's names. */
function fixedSettings(
  options: BrokerOptions,
  advertised: Address,
  server: RemotingServer,
  store: MessageStore,
): readonly (readonly [string, string])[] {
  const { segmentBytes, queueFileBytes } = store.facts();
  return [
    ["bindAddress", server.address.host],
    ["brokerIP1", advertised.host],
    ["diskSpaceCleanForciblyRatio", String(options.cleanDiskPercent ?? 0)],
    ["diskSpaceWarningLevelRatio", String(options.refuseDiskPercent ?? 0)],
    ["fileReservedTime", String(options.reservedHours ?? 0)],
    ["flushDiskType", options.flush === "async" ? "ASYNC_FLUSH" : "SYNC_FLUSH"],
    ["listenPort", String(server.address.port)],
    ["logBytesMax", String(options.logBytesMax ?? 0)],
    ["mappedFileSizeCommitLog", String(segmentBytes)],
    ["mappedFileSizeConsumeQueue", String(queueFileBytes)],
    ["namesrvAddr", options.nameservers.map(({ host, port }) => `${host}:${port}`).join(";")],
    ["storePathRootDir", options.storeFolder],
  ];
}

const hourMs = 3_600_000;

function retentionOf(options: BrokerOptions): RetentionRules {
  return {
    reservedMs: (options.reservedHours ?? 0) * hourMs,
    logBytesMax: options.logBytesMax ?? 0,
    cleanDiskRatio: (options.cleanDiskPercent ?? 0) / 100,
    refuseDiskRatio: (options.refuseDiskPercent ?? 0) / 100,
    ampleDiskBytes: options.ampleDiskBytes ?? 0,
  };
}

function rocketmqLines(
  storeFolder: string,
  config: ChangeableConfig,
  advertised: Address,
  { segmentBytes, queueFileBytes }: StoreFacts,
): readonly string[] {
  return [
    `brokerClusterName=${config.clusterName}`,
    `brokerName=${config.brokerName}`,
    `brokerId=${config.brokerId}`,
    `brokerIP1=${advertised.host}`,
    `listenPort=${advertised.port}`,
    `storePathRootDir=${storeFolder}`,
    `storePathCommitLog=${storeFolder}/commitlog`,
    `mappedFileSizeCommitLog=${segmentBytes}`,
    `mappedFileSizeConsumeQueue=${queueFileBytes}`,
  ];
}

/** The settings that a broker of these options has, by RocketMQ's names. Throws MqError for options that it cannot have. */
export function brokerSettings(
  options: Omit<BrokerOptions, "nameservers">,
): Readonly<Record<string, string>> {
  const config = configOf(options);
  const effects = { templateChanged: () => undefined, permissionChanged: () => undefined };
  return Object.fromEntries([
    ...constantSettings(config),
    ...changeableSettings(config, effects).map(({ name, read }) => [name, read()] as const),
  ]);
}

function configOf(options: Omit<BrokerOptions, "nameservers">): ChangeableConfig {
  const brokerId = options.brokerId ?? 0;
  if (brokerId !== 0) {
    throw new MqError("bad_request", "replicas are not there yet: the broker id must be 0");
  }
  return {
    brokerName: options.brokerName ?? "broker-a",
    clusterName: options.clusterName ?? "DefaultCluster",
    brokerId,
    autoCreateTopics: options.autoCreateTopics ?? false,
    autoCreateTopicsMax: options.autoCreateTopicsMax ?? limits.autoCreatedTopicsMax,
    autoCreateQueueCount: options.autoCreateQueueCount ?? 8,
    autoCreateGroups: options.autoCreateGroups ?? true,
    delayLevelsMs:
      options.messageDelayLevel === undefined
        ? defaultDelayLevelsMs
        : parseDelayLevels(options.messageDelayLevel),
    brokerPerm: perm.readWrite,
    setsResetOffsets: true,
  };
}

function statsOf(
  servers: readonly RemotingServer[],
  dispatch: Dispatch<BrokerServices>,
  broker: Broker,
  store: MessageStore,
): Omit<BrokerStats, "nameservers"> {
  const { config, counters, members, pull, topics, groups } = broker.services;
  return {
    ...serverStats(servers, dispatch),
    brokerName: config.brokerName,
    clusterName: config.clusterName,
    counters,
    members: members.memberCount,
    heldPulls: pull.heldCount,
    topics: topics.count,
    groups: groups.count,
    registeredNameservers: broker.registeredCount,
    health: store.health(),
    store: store.facts(),
  };
}
