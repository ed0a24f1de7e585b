/**
 * Which topics exist, with what queues and permissions (remoting 8.2, 10).
 *
 * Rows live in the store's state table, so they survive what the log survives. System topics are made anew at
 * each start from the broker's names and settings. A topic that was made or changed is *settled* once its row is
 * durable and the nameservers know it: replies that caused it wait for that, so that a client which has its answer
 * finds the route, too.
 */
import { MqError } from "../../core/error.ts";
import { limits } from "../../core/limits.ts";
import { scheduleTopic } from "../../record/delay-levels.ts";
import type { MessageStore, QueueHandle } from "../../store/message-store.ts";
import type { BrokerConfig } from "../config.ts";
import { type NamedEntry, NameTable } from "../name-table.ts";
import {
  checkTopicName,
  deadLetterTopicOf,
  isClosedTopic,
  isSystemTopic,
  reservedTopics,
  retryPrefix,
  retryTopicOf,
  templateTopic,
} from "../names.ts";
import type { DataVersion } from "../ports.ts";
import { Tally } from "../stats/tally.ts";
import {
  isSameTopic,
  perm,
  plainTopic,
  type TopicConfig,
  topicOfRow,
  topicRow,
} from "./topic-config.ts";

const table = "topic";

export class TopicEntry implements NamedEntry {
  readonly name: string;
  readonly nameBytes: Buffer;
  /** Only the broker writes to it. */
  readonly isClosed: boolean;
  readonly isRetry: boolean;
  config: TopicConfig;
  /** Messages and bytes of records that were stored in it since the start. */
  readonly putMessages = new Tally();
  readonly putBytes = new Tally();
  /** Until its row is durable and the nameservers know it; replies that depend on it wait. */
  settling: Promise<void> | undefined;
  readonly #queues: (QueueHandle | undefined)[] = [];

  constructor(config: TopicConfig) {
    this.name = config.topic;
    this.nameBytes = Buffer.from(config.topic, "utf8");
    this.isClosed = isClosedTopic(config.topic);
    this.isRetry = config.topic.startsWith(retryPrefix);
    this.config = config;
  }

  /** The queue's handle, asked from the store once. */
  queue(store: MessageStore, queueId: number): QueueHandle {
    let handle = this.#queues[queueId];
    if (handle === undefined) {
      handle = store.queue(this.name, queueId);
      this.#queues[queueId] = handle;
    }
    return handle;
  }
}

/** Tells the nameservers; resolves when they know, or when waiting longer would not help. */
export interface Announcer {
  /** These topics are new or changed. */
  changed(topics: readonly TopicConfig[]): Promise<void>;
  /** Some are gone: all that are left are told. */
  removed(): Promise<void>;
}

export interface WantedTopic {
  readonly topic: string;
  readonly readQueueCount: number;
  readonly writeQueueCount: number;
  readonly perm: number;
  readonly topicSysFlag: number;
  readonly order: boolean;
  readonly filterType: string;
  readonly attributes: ReadonlyMap<string, string>;
}

export class TopicTable {
  readonly #store: MessageStore;
  /** May change while the broker runs. */
  readonly #config: BrokerConfig;
  readonly #entries = new Map<string, TopicEntry>();
  readonly #byBytes = new NameTable<TopicEntry>();
  #announcer: Announcer = { changed: () => Promise.resolve(), removed: () => Promise.resolve() };
  readonly #removedListeners: ((entry: TopicEntry) => void)[] = [];
  #autoCreatedCount = 0;
  /** Topics that every broker has: nobody makes or changes them. */
  readonly #builtIn = new Set<string>();
  #dataVersion: DataVersion;

  constructor(store: MessageStore, config: BrokerConfig, nowMs: number) {
    this.#store = store;
    this.#config = config;
    this.#dataVersion = { counter: 0, stateVersion: 0, timestamp: nowMs };
    for (const config of this.#systemTopics()) {
      this.#add(new TopicEntry(config));
      this.#builtIn.add(config.topic);
    }
    for (const [topic, row] of store.state.rows(table)) {
      if (!isSystemTopic(topic) && !this.#entries.has(topic)) {
        this.#add(new TopicEntry(topicOfRow(topic, row)));
        // Nothing tells which of them sends had made: the bound holds for all.
        this.#autoCreatedCount++;
      }
    }
  }

  /** Which state of the table this is; nameservers compare it. */
  get dataVersion(): DataVersion {
    return this.#dataVersion;
  }

  get count(): number {
    return this.#entries.size;
  }

  /** From now on changes are told to nameservers in this way. */
  announceThrough(announcer: Announcer): void {
    this.#announcer = announcer;
  }

  /** Called with each topic that was deleted, when its name means nothing any more. */
  onRemoved(listener: (entry: TopicEntry) => void): void {
    this.#removedListeners.push(listener);
  }

  find(topic: string): TopicEntry | undefined {
    return this.#entries.get(topic);
  }

  /** The topic named by source[start, end). */
  findBytes(source: Buffer, start: number, end: number): TopicEntry | undefined {
    return this.#byBytes.find(source, start, end);
  }

  /** Throws MqError `topic_not_found`. */
  get(topic: string): TopicEntry {
    const entry = this.#entries.get(topic);
    if (entry === undefined) {
      throw new MqError("topic_not_found", missingTopicRemark(topic));
    }
    return entry;
  }

  entries(): Iterable<TopicEntry> {
    return this.#entries.values();
  }

  /** A topic as nameservers shall know it: what the broker lets nobody do, it lets nobody do there. */
  announced(config: TopicConfig): TopicConfig {
    const { brokerPerm } = this.#config;
    const isOpen = (brokerPerm & perm.readWrite) === perm.readWrite;
    return isOpen ? config : { ...config, perm: config.perm & brokerPerm };
  }

  configs(): readonly TopicConfig[] {
    return [...this.#entries.values()].map((entry) => entry.config);
  }

  /**
   * The topic a send to an unknown name makes, after the template it names. Throws MqError `topic_not_found` when
   * the settings or the template do not allow it, `broker_busy` when too many were made.
   */
  createForSend(topic: string, template: string, wantedQueueCount: number): TopicEntry {
    const from = this.#entries.get(template)?.config;
    if (from === undefined || (from.perm & perm.inherit) === 0) {
      throw new MqError("topic_not_found", missingTopicRemark(topic));
    }
    if (this.#autoCreatedCount >= this.#config.autoCreateTopicsMax) {
      throw new MqError("broker_busy", `sends made ${this.#autoCreatedCount} topics, no more`);
    }
    this.#autoCreatedCount++;
    const queueCount = Math.max(1, Math.min(wantedQueueCount, from.writeQueueCount));
    return this.#put({
      ...plainTopic(topic, queueCount, from.perm & ~perm.inherit),
      topicSysFlag: from.topicSysFlag,
      filterType: from.filterType,
    });
  }

  /** The retry topic of a group, made when it is missing. */
  retryTopic(group: string, queueCount: number): TopicEntry {
    return this.#innerTopic(retryTopicOf(group), queueCount);
  }

  /** The dead-letter topic of a group, made when it is missing. */
  deadLetterTopic(group: string): TopicEntry {
    return this.#innerTopic(deadLetterTopicOf(group), 1);
  }

  #innerTopic(topic: string, queueCount: number): TopicEntry {
    return this.#entries.get(topic) ?? this.#put(plainTopic(topic, queueCount, perm.readWrite));
  }

  /** Makes or changes a topic as an operator asks; one that stays as it is costs nothing. Throws MqError. */
  update(wanted: WantedTopic): TopicEntry {
    this.check(wanted);
    const known = this.#entries.get(wanted.topic);
    return known !== undefined && isSameTopic(known.config, wanted)
      ? known
      : this.#put({ ...wanted });
  }

  /** Throws MqError `parameter_invalid` for what no topic can be, or nobody may change. */
  check(wanted: WantedTopic): void {
    this.#checkChangeable(wanted.topic);
    for (const count of [wanted.readQueueCount, wanted.writeQueueCount]) {
      if (count < 1 || count > limits.topicQueuesMax) {
        throw new MqError(
          "parameter_invalid",
          `${count} queues; a topic has 1 to ${limits.topicQueuesMax}`,
        );
      }
    }
    if (wanted.perm < 0 || wanted.perm > 0xf) {
      throw new MqError("parameter_invalid", `${wanted.perm} is no permission`);
    }
  }

  /**
   * Deletes a topic with its messages, as an operator asks; resolves when that is durable and the nameservers know
   * it. One that is not there is deleted already. Throws MqError `parameter_invalid` for one of the system's.
   */
  async remove(topic: string): Promise<void> {
    this.#checkChangeable(topic);
    const entry = this.#entries.get(topic);
    if (entry === undefined) {
      return;
    }
    this.#entries.delete(topic);
    this.#byBytes.remove(entry);
    this.#nextVersion();
    this.#store.state.remove(table, topic);
    for (const listener of this.#removedListeners) {
      listener(entry);
    }
    this.#store.forget(topic);
    await Promise.all([this.#store.state.commit(), this.#announcer.removed()]);
  }

  /** Drops the messages of topics that are in no row: what was left of some, or a store that was taken over. */
  async removeUnused(): Promise<void> {
    for (const topic of this.#store.topics()) {
      if (!this.#entries.has(topic) && !isSystemTopic(topic)) {
        this.#store.forget(topic);
      }
    }
    await this.#store.state.commit();
  }

  /** The settings about topics that sends make have changed: their template comes, goes or has other queues. */
  renewTemplate(): void {
    const known = this.#entries.get(templateTopic);
    this.#nextVersion();
    if (!this.#config.autoCreateTopics) {
      if (known !== undefined) {
        this.#entries.delete(templateTopic);
        this.#byBytes.remove(known);
        void this.#announcer.removed();
      }
    } else if (known === undefined) {
      const made = new TopicEntry(this.#template());
      this.#add(made);
      this.#settle(made);
    } else {
      known.config = this.#template();
      this.#settle(known);
    }
  }

  /** What the broker lets anybody do has changed, and with it what nameservers must know of each topic. */
  renewPermissions(): void {
    this.#nextVersion();
    void this.#announcer.removed();
  }

  /** Names that are the system's, there or not. */
  systemTopics(): readonly string[] {
    return [...new Set([...reservedTopics(), ...this.#builtIn])];
  }

  /** Throws MqError `parameter_invalid` for a name that cannot be, or that is the system's. */
  #checkChangeable(topic: string): void {
    checkTopicName(topic);
    if (isSystemTopic(topic) || this.#builtIn.has(topic)) {
      throw new MqError("parameter_invalid", `the topic[${topic}] is conflict with system topic.`);
    }
  }

  #put(config: TopicConfig): TopicEntry {
    let entry = this.#entries.get(config.topic);
    if (entry === undefined) {
      if (this.#entries.size >= limits.topicsMax) {
        throw new MqError("broker_busy", `a broker has at most ${limits.topicsMax} topics`);
      }
      entry = new TopicEntry(config);
      this.#add(entry);
    } else {
      entry.config = config;
    }
    this.#nextVersion();
    this.#store.state.put(table, config.topic, topicRow(config));
    this.#settle(entry);
    return entry;
  }

  #nextVersion(): void {
    const { counter, stateVersion, timestamp } = this.#dataVersion;
    this.#dataVersion = { counter: counter + 1, stateVersion, timestamp };
  }

  #settle(entry: TopicEntry): void {
    const known = this.#announcer.changed([entry.config]);
    const settling: Promise<void> = Promise.all([this.#store.state.commit(), known]).then(() => {
      if (entry.settling === settling) {
        entry.settling = undefined;
      }
    });
    // Whoever depends on the topic waits for this and is told of a failure; others need not be.
    settling.catch(() => undefined);
    entry.settling = settling;
  }

  #add(entry: TopicEntry): void {
    this.#entries.set(entry.name, entry);
    this.#byBytes.add(entry);
  }

  #systemTopics(): readonly TopicConfig[] {
    const { brokerName, clusterName, autoCreateTopics } = this.#config;
    const topics = [
      plainTopic("SELF_TEST_TOPIC", 1, perm.readWrite),
      plainTopic("BenchmarkTest", 1_024, perm.readWrite),
      plainTopic(clusterName, 16, perm.all),
      plainTopic(brokerName, 1, perm.all),
      plainTopic("OFFSET_MOVED_EVENT", 1, perm.readWrite),
      plainTopic(scheduleTopic, this.#config.delayLevelsMs.length, perm.readWrite),
      plainTopic("RMQ_SYS_TRACE_TOPIC", 1, perm.readWrite),
      plainTopic(`${clusterName}_REPLY_TOPIC`, 1, perm.readWrite),
    ];
    return autoCreateTopics ? [...topics, this.#template()] : topics;
  }

  /** What topics that sends make are made after. */
  #template(): TopicConfig {
    return plainTopic(templateTopic, this.#config.autoCreateQueueCount, perm.all);
  }
}

/** RocketMQ's words, which clients look for. */
export function missingTopicRemark(topic: string): string {
  return `topic[${topic}] not exist, apply first please!`;
}
