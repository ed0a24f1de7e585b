/**
 * Accepting a message (remoting 8.1): the checks in their order, the properties that a broker adds, one append.
 *
 * Called once a message, so it makes nothing: names are looked up by bytes, properties are copied once into a
 * buffer of its own, and the outcome is one object filled again each time. Whoever asks takes what it needs
 * before the next call.
 */
import { MqError } from "../../core/error.ts";
import { limits } from "../../core/limits.ts";
import type { Random } from "../../io/random.ts";
import { BatchRecords } from "../../record/batch-records.ts";
import { sysFlag } from "../../record/layout.ts";
import {
  copyProperties,
  createPropertyScan,
  formatProperties,
  type PropertyScan,
  parseProperties,
  propertyNames,
  scanProperties,
  tagHashOf,
} from "../../record/properties.ts";
import type { Appended, MessageStore, RecordDraft } from "../../store/message-store.ts";
import type { BrokerConfig } from "../config.ts";
import type { DelayService } from "../delay/delay-service.ts";
import { checkTopicName, isClosedTopic, retryPrefix } from "../names.ts";
import type { RetryPolicy } from "../retry/retry-policy.ts";
import type { BrokerCounters } from "../stats/counters.ts";
import type { PutLatency } from "../stats/put-latency.ts";
import { perm } from "../topic/topic-config.ts";
import { missingTopicRemark, type TopicEntry, type TopicTable } from "../topic/topic-table.ts";
import { BatchScan } from "./batch-scan.ts";
import { refuseDelayedBatch, refuseLongProperties, refuseMissingFeatures } from "./refusals.ts";
import {
  emptyDraft,
  emptySent,
  type Mutable,
  type SendRequest,
  type Sent,
} from "./send-request.ts";
import { UniqueKeys } from "./unique-keys.ts";

/** Bits that a client sets about its body; the others are the broker's. */
const clientSysFlags = ~(sysFlag.bornHostIpv6 | sysFlag.storeHostIpv6 | sysFlag.innerBatch | 0x40);
const multipleTags = 0x2;

export class SendService {
  readonly #store: MessageStore;
  readonly #topics: TopicTable;
  readonly #retries: RetryPolicy;
  readonly #delays: DelayService;
  readonly #random: Random;
  readonly #counters: BrokerCounters;
  readonly #latency: PutLatency;
  readonly #uniqueKeys: UniqueKeys;
  /** May change while the broker runs. */
  readonly #config: BrokerConfig;
  /** MSG_REGION, TRACE_ON and CLUSTER, which every stored message carries. */
  readonly #brokerProperties: Buffer;
  readonly #properties = Buffer.alloc(limits.headerBytesMax + 1_024);
  readonly #scan = createPropertyScan();
  readonly #batch = new BatchScan();
  readonly #records = new BatchRecords();
  readonly #draft: Mutable<RecordDraft>;
  readonly #sent: Mutable<Sent>;

  constructor(parts: {
    readonly store: MessageStore;
    readonly topics: TopicTable;
    readonly retries: RetryPolicy;
    readonly delays: DelayService;
    readonly random: Random;
    readonly counters: BrokerCounters;
    readonly latency: PutLatency;
    readonly config: BrokerConfig;
    /** Address and port of this broker as records carry them. */
    readonly storeHost: Buffer;
  }) {
    this.#store = parts.store;
    this.#topics = parts.topics;
    this.#retries = parts.retries;
    this.#delays = parts.delays;
    this.#random = parts.random;
    this.#counters = parts.counters;
    this.#latency = parts.latency;
    this.#uniqueKeys = new UniqueKeys(parts.random, parts.storeHost);
    this.#config = parts.config;
    this.#brokerProperties = Buffer.from(
      formatProperties([
        [propertyNames.region, "DefaultRegion"],
        [propertyNames.traceOn, "true"],
        [propertyNames.cluster, parts.config.clusterName],
      ]),
    );
    this.#draft = emptyDraft();
    this.#sent = emptySent();
  }

  /**
   * Stores source[bodyStart, bodyEnd): a message, or a batch of them. Throws MqError for what is refused; a batch
   * that is refused by a check stores nothing of it.
   */
  send(
    request: SendRequest,
    source: Buffer,
    bodyStart: number,
    bodyEnd: number,
    bornHost: Buffer,
  ): Sent {
    this.#counters.sendRequests++;
    const wanted = this.#topic(request);
    const deadLetters = wanted.isRetry ? this.#retries.deadLetterTopic(wanted, request) : undefined;
    const topic = deadLetters ?? wanted;
    const queueId = deadLetters === undefined ? this.#queueId(wanted, request.queueId) : 0;
    const scan = this.#scan;
    scanProperties(request.bytes, request.propertiesStart, request.propertiesEnd, scan);
    refuseMissingFeatures(scan, request.sysFlag);
    let level = deadLetters === undefined ? delayLevelOf(scan) : 0;
    const levelCount = this.#delays.levelCount;
    let message = request;
    if (deadLetters !== undefined || level > levelCount) {
      level = Math.min(level, levelCount);
      message = this.#withDelayLevel(request, deadLetters === undefined ? level : givenUpLevel);
    }
    if (bodyEnd - bodyStart > limits.bodyBytesMax) {
      throw new MqError(
        "message_illegal",
        `a body of ${bodyEnd - bodyStart} bytes exceeds ${limits.bodyBytesMax}`,
      );
    }
    const draft = this.#draft;
    draft.queue = level > 0 ? this.#delays.queue(level) : topic.queue(this.#store, queueId);
    draft.flag = request.flag;
    draft.sysFlag = request.sysFlag & clientSysFlags;
    if (topic.config.filterType === "MULTI_TAG") {
      draft.sysFlag |= multipleTags;
    }
    draft.reconsumeTimes = request.reconsumeTimes;
    draft.bornTimestampHigh = request.bornTimestampHigh;
    draft.bornTimestampLow = request.bornTimestampLow;
    draft.bornHost = bornHost;
    draft.body = source;
    const sent = this.#sent;
    sent.queueId = queueId;
    sent.isUnawaited = scan.isUnawaited;
    sent.settling = topic.settling;
    if (request.isBatch) {
      refuseDelayedBatch(level);
      this.#sendBatch(request, topic, source, bodyStart, bodyEnd);
    } else {
      this.#sendOne(message, bodyStart, bodyEnd, level > 0 ? topic : undefined);
    }
    this.#counters.sendsAccepted++;
    this.#counters.puts.add(sent.messageCount);
    if (level <= 0) {
      topic.putMessages.add(sent.messageCount);
      topic.putBytes.add(sent.recordBytes);
    }
    this.#latency.sent(sent.endOffset, sent.messageCount);
    this.#counters.bytesIn += bodyEnd - bodyStart;
    this.#counters.recordBytesIn += sent.recordBytes;
    return sent;
  }

  /** With a topic for later, the message waits in its level's queue and names where it belongs. */
  #sendOne(
    request: SendRequest,
    bodyStart: number,
    bodyEnd: number,
    later: TopicEntry | undefined,
  ): void {
    const { bytes, propertiesStart, propertiesEnd } = request;
    const scan = this.#scan;
    const sent = this.#sent;
    const draft = this.#draft;
    const properties = this.#properties;
    let end = copyProperties(properties, 0, bytes, propertiesStart, propertiesEnd, scan);
    end += this.#brokerProperties.copy(properties, end);
    if (later !== undefined) {
      end = this.#writeTarget(end, later);
    }
    if (scan.uniqueKeyStart < 0) {
      const at = this.#uniqueKeys.write(properties, end);
      sent.uniqueKey = properties;
      sent.uniqueKeyStart = at;
      sent.uniqueKeyEnd = at + this.#uniqueKeys.keyBytes;
      end = sent.uniqueKeyEnd + 1;
    } else {
      sent.uniqueKey = bytes;
      sent.uniqueKeyStart = scan.uniqueKeyStart;
      sent.uniqueKeyEnd = scan.uniqueKeyEnd;
    }
    refuseLongProperties(end);
    draft.bodyStart = bodyStart;
    draft.bodyEnd = bodyEnd;
    draft.properties = properties;
    draft.propertiesStart = 0;
    draft.propertiesEnd = end;
    draft.tagHash = tagHashOf(bytes, scan);
    const appended = this.#store.append(draft);
    sent.messageCount = 1;
    takeFirst(sent, appended);
    sent.endOffset = appended.endOffset;
    sent.recordBytes = appended.endOffset - appended.physicalOffset;
  }

  /** The same request, whose properties say what the broker makes of its level, as RocketMQ's do. */
  #withDelayLevel(request: SendRequest, level: number): SendRequest {
    const { bytes, propertiesStart, propertiesEnd } = request;
    const properties = parseProperties(bytes, propertiesStart, propertiesEnd);
    properties.set(propertyNames.delayLevel, String(level));
    const text = Buffer.from(formatProperties(properties));
    scanProperties(text, 0, text.length, this.#scan);
    return { ...request, bytes: text, propertiesStart: 0, propertiesEnd: text.length };
  }

  #writeTarget(at: number, topic: TopicEntry): number {
    const target = formatProperties([
      [propertyNames.realTopic, topic.name],
      [propertyNames.realQueueId, String(this.#sent.queueId)],
    ]);
    return at + this.#properties.write(target, at);
  }

  /** Checks all of the batch, then appends its messages one after the other. */
  #sendBatch(
    request: SendRequest,
    topic: TopicEntry,
    source: Buffer,
    bodyStart: number,
    bodyEnd: number,
  ): void {
    if (topic.nameBytes.length > limits.topicBytesMax || topic.name.startsWith(retryPrefix)) {
      throw new MqError("message_illegal", `a batch cannot be sent to ${topic.name}`);
    }
    const sent = this.#sent;
    const scan = this.#scan;
    sent.uniqueKey = request.bytes;
    sent.uniqueKeyStart = Math.max(0, scan.uniqueKeyStart);
    sent.uniqueKeyEnd = Math.max(0, scan.uniqueKeyEnd);
    if (this.#appendWhole(source, bodyStart, bodyEnd)) {
      return;
    }
    const count = this.#batch.read(source, bodyStart, bodyEnd);
    sent.messageCount = count;
    sent.recordBytes = 0;
    sent.messageIds = noIds;
    if (sent.physicalOffsets.length < count) {
      sent.physicalOffsets = new Float64Array(count);
    }
    for (let index = 0; index < count; index++) {
      this.#appendInner(source, index);
    }
  }

  /** False for a batch whose messages are to be looked at one by one. */
  #appendWhole(source: Buffer, bodyStart: number, bodyEnd: number): boolean {
    const records = this.#records;
    const count = records.read(source, bodyStart, bodyEnd);
    const appended = count > 0 ? this.#store.appendBatch(this.#draft, records) : undefined;
    if (appended === undefined) {
      return false;
    }
    const sent = this.#sent;
    sent.messageCount = count;
    takeFirst(sent, appended);
    sent.endOffset = appended.endOffset;
    sent.recordBytes = appended.endOffset - appended.physicalOffset;
    sent.messageIds = records.messageIds;
    return true;
  }

  #appendInner(source: Buffer, index: number): void {
    const batch = this.#batch;
    const draft = this.#draft;
    draft.flag = batch.flag(index);
    draft.bodyStart = batch.bodyStart(index);
    draft.bodyEnd = batch.bodyEnd(index);
    draft.properties = source;
    draft.propertiesStart = batch.propertiesStart(index);
    draft.propertiesEnd = batch.propertiesEnd(index);
    if (batch.hasForeign(index)) {
      this.#cutChecksum(source);
    }
    draft.tagHash = batch.tagHash(index);
    const appended = this.#store.append(draft);
    const sent = this.#sent;
    if (index === 0) {
      takeFirst(sent, appended);
    }
    sent.physicalOffsets[index] = appended.physicalOffset;
    sent.endOffset = appended.endOffset;
    sent.recordBytes += appended.endOffset - appended.physicalOffset;
  }

  /** Gives the draft a copy of its properties without what is not the client's to send. */
  #cutChecksum(source: Buffer): void {
    const draft = this.#draft;
    const { propertiesStart, propertiesEnd } = draft;
    const properties = this.#properties;
    scanProperties(source, propertiesStart, propertiesEnd, this.#scan);
    draft.properties = properties;
    draft.propertiesStart = 0;
    draft.propertiesEnd = copyProperties(
      properties,
      0,
      source,
      propertiesStart,
      propertiesEnd,
      this.#scan,
    );
  }

  #topic(request: SendRequest): TopicEntry {
    const { bytes, topicStart, topicEnd } = request;
    const known = this.#topics.findBytes(bytes, topicStart, topicEnd);
    const topic = known ?? this.#createTopic(request);
    if (topic.isClosed) {
      throw new MqError(
        "permission_denied",
        `Sending message to topic[${topic.name}] is forbidden.`,
      );
    }
    if (topic.config.order && (this.#config.brokerPerm & perm.write) === 0) {
      throw new MqError(
        "permission_denied",
        `the broker[${this.#config.brokerName}] sending message is forbidden`,
      );
    }
    return topic;
  }

  #createTopic(request: SendRequest): TopicEntry {
    const { bytes, topicStart, topicEnd, defaultTopicStart, defaultTopicEnd } = request;
    const topic = bytes.toString("utf8", topicStart, topicEnd);
    checkTopicName(topic);
    if (isClosedTopic(topic)) {
      throw new MqError("permission_denied", `Sending message to topic[${topic}] is forbidden.`);
    }
    if (topic.startsWith(retryPrefix)) {
      return this.#retries.retryTopic(topic);
    }
    if (!this.#config.autoCreateTopics) {
      throw new MqError("topic_not_found", missingTopicRemark(topic));
    }
    const template = bytes.toString("utf8", defaultTopicStart, defaultTopicEnd);
    return this.#topics.createForSend(topic, template, request.defaultTopicQueueCount);
  }

  #queueId(topic: TopicEntry, wanted: number): number {
    const { readQueueCount, writeQueueCount } = topic.config;
    if (wanted >= writeQueueCount && wanted >= readQueueCount) {
      throw new MqError(
        "queue_out_of_range",
        `request queueId[${wanted}] is illegal, topic ${topic.name} has ${writeQueueCount} write and ${readQueueCount} read queues`,
      );
    }
    return wanted >= 0 ? wanted : this.#random.below(Math.max(1, writeQueueCount));
  }
}

const noIds = Buffer.alloc(0);

/** What a message says that a consumer sends to be a dead letter. */
const givenUpLevel = -1;

function delayLevelOf(scan: PropertyScan): number {
  if (Number.isNaN(scan.delayLevel)) {
    throw new MqError("message_illegal", "DELAY is no number");
  }
  return scan.delayLevel;
}

function takeFirst(sent: Mutable<Sent>, appended: Appended): void {
  sent.queueOffset = appended.queueOffset;
  sent.physicalOffset = appended.physicalOffset;
}
