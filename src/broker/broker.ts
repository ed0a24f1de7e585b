/** Builds a broker's services around its store and runs what happens on its own: expiry, samples, registration. */
import type { Timer } from "../io/clock.ts";
import type { Environment } from "../io/environment.ts";
import type { Address } from "../io/network.ts";
import { encodeHost } from "../record/host.ts";
import type { MessageStore } from "../store/message-store.ts";
import { DelayService } from "./delay/delay-service.ts";
import { GroupTable } from "./group/group-table.ts";
import { IntrospectionService } from "./group/introspection-service.ts";
import { MemberTable } from "./group/member-table.ts";
import { QueueLockTable } from "./group/queue-lock.ts";
import { OffsetService } from "./offset/offset-service.ts";
import { ResetService } from "./offset/reset-service.ts";
import type { Durability, NameserverPort } from "./ports.ts";
import { PullService } from "./pull/pull-service.ts";
import { LookUpService } from "./query/look-up-service.ts";
import { QueryService } from "./query/query-service.ts";
import { Registration } from "./registration/registration.ts";
import { RetryPolicy } from "./retry/retry-policy.ts";
import { SendBackService } from "./retry/send-back-service.ts";
import { SendService } from "./send/send-service.ts";
import type { BrokerServices } from "./services.ts";
import {
  type ChangeableConfig,
  changeableSettings,
  constantSettings,
} from "./settings/setting-list.ts";
import { Settings } from "./settings/settings.ts";
import { BrokerCounters } from "./stats/counters.ts";
import { LagSurvey } from "./stats/lag-survey.ts";
import { PutLatency } from "./stats/put-latency.ts";
import { StatsBoard } from "./stats/stats-board.ts";
import { StatsService } from "./stats/stats-service.ts";
import { TopicTable } from "./topic/topic-table.ts";

/** How often members and locks that ran out are looked for (RocketMQ: 10 s). */
const expiryMs = 5_000;

export class Broker {
  readonly services: BrokerServices;
  readonly #registration: Registration;
  readonly #environment: Environment;
  #expiry: Timer | undefined;
  #isStopped = false;

  constructor(
    environment: Environment,
    parts: {
      readonly store: MessageStore;
      readonly config: ChangeableConfig;
      /** What else operators are told of its settings, by RocketMQ's names. */
      readonly fixedSettings: readonly (readonly [string, string])[];
      /** What clients reach this broker at, and records and message ids name. */
      readonly advertised: Address;
      readonly nameservers: readonly NameserverPort[];
      readonly versionName: string;
    },
  ) {
    this.#environment = environment;
    this.services = createServices(environment, parts);
    const { topics } = this.services;
    this.#registration = new Registration({
      clock: environment.clock,
      log: environment.log.area("broker"),
      topics,
      nameservers: parts.nameservers,
    });
    topics.announceThrough(this.#registration);
  }

  /** Nameservers that know this broker. */
  get registeredCount(): number {
    return this.#registration.registeredCount;
  }

  /** Registers and starts what runs by itself. */
  async start(): Promise<void> {
    this.services.stats.start();
    this.#armExpiry();
    this.services.delays.start();
    await this.#registration.start();
  }

  /** Out of the routes first, then no more holding: clients go elsewhere. The store stays open. Idempotent. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#expiry?.cancel();
    this.services.stats.stop();
    this.services.delays.stop();
    await this.#registration.stop();
    this.services.pull.endHolds();
  }

  #armExpiry(): void {
    if (this.#isStopped) {
      return;
    }
    this.#expiry = this.#environment.clock.after(expiryMs, () => {
      const nowMs = this.#environment.clock.elapsedMs();
      this.services.members.expire(nowMs);
      this.services.locks.expire(nowMs);
      this.#armExpiry();
    });
  }
}

function createServices(
  environment: Environment,
  parts: {
    readonly store: MessageStore;
    readonly config: ChangeableConfig;
    readonly fixedSettings: readonly (readonly [string, string])[];
    readonly advertised: Address;
    readonly versionName: string;
  },
): BrokerServices {
  const { clock, random } = environment;
  const { store, config, advertised, versionName } = parts;
  const log = environment.log.area("broker");
  const counters = new BrokerCounters();
  const settings = new Settings(store.state, log, clock.nowMs());
  settings.addFixed([...constantSettings(config), ...parts.fixedSettings]);
  const topics = new TopicTable(store, config, clock.nowMs());
  const groups = new GroupTable(store, config, clock.nowMs());
  const members = new MemberTable(groups, log);
  const locks = new QueueLockTable();
  const { delayLevelsMs: levelsMs } = config;
  const delays = new DelayService({ store, topics, clock, log, counters, levelsMs });
  const offsets = new OffsetService(store, topics, groups, config);
  for (const setting of changeableSettings(config, {
    templateChanged: () => topics.renewTemplate(),
    permissionChanged: () => topics.renewPermissions(),
  })) {
    settings.add(setting);
  }
  topics.onRemoved((topic) => {
    offsets.removeTopic(topic.name);
    for (const group of groups.entries()) {
      group.forgetTally(topic);
    }
  });
  const board = new StatsBoard({
    topics,
    groups,
    clusterName: config.clusterName,
    brokerPuts: counters.puts,
    brokerGets: counters.gets,
  });
  const latency = new PutLatency(clock);
  store.onAcknowledged(() => latency.acknowledged(store.acknowledgedOffset));
  const storeHost = encodeHost(advertised.host, advertised.port);
  return {
    config,
    clock,
    store,
    durability: durabilityOf(store),
    topics,
    groups,
    members,
    locks,
    delays,
    offsets,
    settings,
    introspection: new IntrospectionService({ store, topics, groups, members }),
    resets: new ResetService({ store, topics, groups, members, offsets, config }),
    send: new SendService({
      store,
      topics,
      retries: new RetryPolicy({ topics, groups, locks, clock }),
      delays,
      random,
      counters,
      latency,
      config,
      storeHost,
    }),
    sendBack: new SendBackService({ store, topics, groups, delays, random, counters }),
    lookUps: new LookUpService(store),
    pull: new PullService({ store, topics, groups, members, offsets, counters, config, clock }),
    query: new QueryService({ store, topics, members, offsets }),
    stats: new StatsService({ store, clock, counters, latency, board, versionName }),
    survey: new LagSurvey({ store, clock, topics, offsets }),
    counters,
    storeHost,
    storeAddress: `${advertised.host}:${advertised.port}`,
  };
}

/** The store's word about what counts as stored; its last call without growth means that it failed for good. */
function durabilityOf(store: MessageStore): Durability {
  const listeners: (() => void)[] = [];
  let isFailed = false;
  let reached = store.acknowledgedOffset;
  store.onAcknowledged(() => {
    const offset = store.acknowledgedOffset;
    isFailed ||= offset === reached && !store.health().isWritable;
    reached = offset;
    for (const listener of listeners) {
      listener();
    }
  });
  return {
    get acknowledgedOffset() {
      return store.acknowledgedOffset;
    },
    get isFailed() {
      return isFailed;
    },
    onAcknowledged: (listener) => {
      listeners.push(listener);
    },
  };
}
