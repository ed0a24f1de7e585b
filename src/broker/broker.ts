/** Builds a broker's services around its store and runs what happens on its own: expiry, samples, registration. */
import type { Timer } from "../io/clock.ts";
import type { Environment } from "../io/environment.ts";
import type { Address } from "../io/network.ts";
import { encodeHost } from "../record/host.ts";
import type { MessageStore } from "../store/message-store.ts";
import type { BrokerConfig } from "./config.ts";
import { DelayService } from "./delay/delay-service.ts";
import { GroupTable } from "./group/group-table.ts";
import { MemberTable } from "./group/member-table.ts";
import { QueueLockTable } from "./group/queue-lock.ts";
import { OffsetService } from "./offset/offset-service.ts";
import { ResetService } from "./offset/reset-service.ts";
import type { Durability, NameserverPort } from "./ports.ts";
import { PullService } from "./pull/pull-service.ts";
import { QueryService } from "./query/query-service.ts";
import { Registration } from "./registration/registration.ts";
import { RetryPolicy } from "./retry/retry-policy.ts";
import { SendBackService } from "./retry/send-back-service.ts";
import { SendService } from "./send/send-service.ts";
import type { BrokerServices } from "./services.ts";
import { BrokerCounters } from "./stats/counters.ts";
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
      readonly config: BrokerConfig;
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
    topics.announceThrough((changed) => this.#registration.announce(changed));
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
    readonly config: BrokerConfig;
    readonly advertised: Address;
    readonly versionName: string;
  },
): BrokerServices {
  const { clock, random } = environment;
  const { store, config, advertised, versionName } = parts;
  const log = environment.log.area("broker");
  const counters = new BrokerCounters();
  const topics = new TopicTable(store, config, clock.nowMs());
  const groups = new GroupTable(store, config, clock.nowMs());
  const members = new MemberTable(groups, log);
  const locks = new QueueLockTable();
  const { delayLevelsMs: levelsMs } = config;
  const delays = new DelayService({ store, topics, clock, log, counters, levelsMs });
  const offsets = new OffsetService(store, topics, groups);
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
    resets: new ResetService({ store, topics, groups, members, offsets }),
    send: new SendService({
      store,
      topics,
      retries: new RetryPolicy({ topics, groups, locks, clock }),
      delays,
      random,
      counters,
      config,
      storeHost,
    }),
    sendBack: new SendBackService({ store, topics, groups, delays, random, counters }),
    pull: new PullService({ store, topics, groups, members, offsets, counters, clock }),
    query: new QueryService({ store, topics, members, offsets }),
    stats: new StatsService({ store, clock, counters, versionName }),
    counters,
    storeHost,
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
