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
  retryPrefix,
  retryTopicOf,
  templateTopic,
} from "../names.ts";
import type { DataVersion } from "../ports.ts";
import { perm, plainTopic, type TopicConfig, topicOfRow, topicRow } from "./topic-config.ts";

const table = "topic";

export class TopicEntry implements NamedEntry {
  readonly name: string;
  readonly nameBytes: Buffer;
  /** Only the broker writes to it. */
  readonly isClosed: boolean;
  readonly isRetry: boolean;
  config: TopicConfig;
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

/** Tells the nameservers about changed topics; resolves when they know, or when waiting longer would not help. */
export type AnnounceTopics = (topics: readonly TopicConfig[]) => Promise<void>;

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
  readonly #config: BrokerConfig;
  readonly #entries = new Map<string, TopicEntry>();
  readonly #byBytes = new NameTable<TopicEntry>();
  #announce: AnnounceTopics = () => Promise.resolve();
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
  announceThrough(announce: AnnounceTopics): void {
    this.#announce = announce;
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

  /** Makes or changes a topic as an operator asks. Throws MqError `parameter_invalid`. */
  update(wanted: WantedTopic): TopicEntry {
    const { topic } = wanted;
    checkTopicName(topic);
    if (isSystemTopic(topic) || this.#builtIn.has(topic)) {
      throw new MqError("parameter_invalid", `the topic[${topic}] is conflict with system topic.`);
    }
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
    return this.#put({ ...wanted });
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
    const { counter, stateVersion, timestamp } = this.#dataVersion;
    this.#dataVersion = { counter: counter + 1, stateVersion, timestamp };
    this.#store.state.put(table, config.topic, topicRow(config));
    this.#settle(entry);
    return entry;
  }

  #settle(entry: TopicEntry): void {
    const known = this.#announce([entry.config]);
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
    const { brokerName, clusterName, autoCreateTopics, autoCreateQueueCount } = this.#config;
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
    if (autoCreateTopics) {
      topics.push(plainTopic(templateTopic, autoCreateQueueCount, perm.all));
    }
    return topics;
  }
}

/** RocketMQ's words, which clients look for. */
export function missingTopicRemark(topic: string): string {
  return `topic[${topic}] not exist, apply first please!`;
}
