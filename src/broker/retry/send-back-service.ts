/**
 * Messages that a consumer could not handle (remoting 8.7): written again to the group's retry topic behind a delay that
 * grows with each try, and to its dead-letter topic after the last one.
 */
import { MqError } from "../../core/error.ts";
import type { Random } from "../../io/random.ts";
import {
  createRecordShape,
  decodeRecord,
  type MessageRecord,
  readShape,
} from "../../record/decode.ts";
import { formatOffsetMessageId } from "../../record/message-id.ts";
import { formatProperties, propertyNames } from "../../record/properties.ts";
import type { MessageStore } from "../../store/message-store.ts";
import type { DelayService } from "../delay/delay-service.ts";
import type { GroupEntry, GroupTable } from "../group/group-table.ts";
import { Redraft } from "../send/redraft.ts";
import type { BrokerCounters } from "../stats/counters.ts";
import type { TopicEntry, TopicTable } from "../topic/topic-table.ts";

export interface SendBack {
  readonly group: string;
  /** Of the message in the log. */
  readonly physicalOffset: number;
  /** 0: the broker chooses by the count of tries; below 0: no more tries. */
  readonly delayLevel: number;
  /** Tries that the consumer allows; the group's setting when undefined. */
  readonly reconsumeTimesMax: number | undefined;
}

/** Level of the first try again; each further one is a level higher. */
const firstRetryLevel = 3;

export class SendBackService {
  readonly #store: MessageStore;
  readonly #topics: TopicTable;
  readonly #groups: GroupTable;
  readonly #delays: DelayService;
  readonly #random: Random;
  readonly #counters: BrokerCounters;

  constructor(parts: {
    readonly store: MessageStore;
    readonly topics: TopicTable;
    readonly groups: GroupTable;
    readonly delays: DelayService;
    readonly random: Random;
    readonly counters: BrokerCounters;
  }) {
    this.#store = parts.store;
    this.#topics = parts.topics;
    this.#groups = parts.groups;
    this.#delays = parts.delays;
    this.#random = parts.random;
    this.#counters = parts.counters;
  }

  /**
   * Stores the message for another try, or as a dead letter; resolves when that is durable. Throws MqError:
   * `group_not_found`, `bad_request` when no message lies at the offset, and what appending refuses.
   */
  async sendBack(request: SendBack): Promise<void> {
    const group = this.#groups.getOrCreate(request.group);
    if (group.config.retryQueueCount <= 0) {
      return;
    }
    const record = await this.#store.recordAt(request.physicalOffset);
    if (record === undefined) {
      throw new MqError(
        "bad_request",
        `look message by offset failed, ${request.physicalOffset}: no message begins there`,
      );
    }
    const shape = createRecordShape();
    readShape(record, 0, record.length, shape);
    const redraft = new Redraft();
    const { draft } = redraft;
    redraft.take(record, 0, shape);
    const triesMax = request.reconsumeTimesMax ?? group.config.retryTimesMax;
    const isDead = request.delayLevel < 0 || draft.reconsumeTimes >= triesMax;
    const topic = isDead ? this.#topics.deadLetterTopic(group.name) : this.#retryTopic(group);
    const queueId = isDead ? 0 : this.#random.below(Math.max(1, topic.config.writeQueueCount));
    const properties = propertiesForRetry(decodeRecord(record, 0));
    if (isDead) {
      properties.set(propertyNames.delayLevel, "0");
      draft.queue = topic.queue(this.#store, queueId);
    } else {
      const level =
        request.delayLevel > 0 ? request.delayLevel : firstRetryLevel + draft.reconsumeTimes;
      draft.queue = this.#delays.queue(level);
      properties.set(propertyNames.delayLevel, String(Math.min(level, this.#delays.levelCount)));
      properties.set(propertyNames.realTopic, topic.name);
      properties.set(propertyNames.realQueueId, String(queueId));
    }
    draft.reconsumeTimes++;
    const text = Buffer.from(formatProperties(properties));
    redraft.takeProperties(text, 0, text.length);
    const { endOffset } = this.#store.append(draft);
    this.#counters.sentBack++;
    this.#counters.deadLetters += isDead ? 1 : 0;
    this.#tally(group, properties.get(propertyNames.retryTopic) ?? "", isDead);
    await topic.settling;
    await this.#store.whenAcknowledged(endOffset);
  }

  /** Counts by the topic that the message was in first. */
  #tally(group: GroupEntry, originTopic: string, isDead: boolean): void {
    const topic = this.#topics.find(originTopic);
    if (topic !== undefined) {
      const tally = group.tally(topic);
      tally.sentBack.add(1);
      if (isDead) {
        tally.deadLettered.add(1);
      }
    }
  }

  #retryTopic(group: GroupEntry): TopicEntry {
    return this.#topics.retryTopic(group.name, group.config.retryQueueCount);
  }
}

/** The message's properties, with where it was first, through all tries. */
function propertiesForRetry(record: MessageRecord): Map<string, string> {
  const { properties, storeHost, physicalOffset } = record;
  const { retryTopic, originMessageId, wait, checksum } = propertyNames;
  if (!properties.has(retryTopic)) {
    properties.set(retryTopic, record.topic);
  }
  if (!properties.has(originMessageId)) {
    properties.set(originMessageId, formatOffsetMessageId(storeHost, physicalOffset));
  }
  properties.set(wait, "false");
  properties.delete(checksum);
  return properties;
}
