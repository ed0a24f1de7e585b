/**
 * Answering from an offset (remoting 8.3 to 8.5): the checks in their order, the read, and holding the request
 * while there is nothing new.
 */
import { MqError } from "../../core/error.ts";
import { limits } from "../../core/limits.ts";
import type { Clock } from "../../io/clock.ts";
import type { MessageStore, TagFilter } from "../../store/message-store.ts";
import type { BrokerConfig } from "../config.ts";
import { FilterCache } from "../filter/tag-filter.ts";
import type { GroupEntry, GroupTable } from "../group/group-table.ts";
import type { MemberTable } from "../group/member-table.ts";
import type { OffsetService } from "../offset/offset-service.ts";
import type { BrokerCounters } from "../stats/counters.ts";
import { perm } from "../topic/topic-config.ts";
import { missingTopicRemark, type TopicEntry, type TopicTable } from "../topic/topic-table.ts";
import { HoldTable } from "./hold.ts";
import { Pull, type PullClient, type PullOutcome } from "./pull.ts";

/** What a transport read of a pull. Ranges lie in `bytes`; −1 starts a range that is not there. */
export interface PullRequest {
  readonly bytes: Buffer;
  readonly consumerGroupStart: number;
  readonly consumerGroupEnd: number;
  readonly topicStart: number;
  readonly topicEnd: number;
  readonly subscriptionStart: number;
  readonly subscriptionEnd: number;
  readonly expressionTypeStart: number;
  readonly expressionTypeEnd: number;
  readonly subVersionStart: number;
  readonly subVersionEnd: number;
  readonly queueId: number;
  readonly queueOffset: number;
  readonly maxMessageCount: number;
  readonly sysFlag: number;
  readonly commitOffset: number;
  readonly suspendTimeoutMs: number;
  readonly maxMessageBytes: number;
}

/** Bits of a pull's sysFlag. */
const pullFlags = { commitOffset: 1, suspend: 2, subscription: 4, classFilter: 8 } as const;
const star = 0x2a;

export class PullService {
  readonly #store: MessageStore;
  readonly #topics: TopicTable;
  readonly #groups: GroupTable;
  readonly #members: MemberTable;
  readonly #offsets: OffsetService;
  readonly #counters: BrokerCounters;
  readonly #config: BrokerConfig;
  readonly #filters = new FilterCache();
  readonly #holds: HoldTable;

  constructor(parts: {
    readonly store: MessageStore;
    readonly topics: TopicTable;
    readonly groups: GroupTable;
    readonly members: MemberTable;
    readonly offsets: OffsetService;
    readonly counters: BrokerCounters;
    readonly config: BrokerConfig;
    readonly clock: Clock;
  }) {
    this.#store = parts.store;
    this.#topics = parts.topics;
    this.#groups = parts.groups;
    this.#members = parts.members;
    this.#offsets = parts.offsets;
    this.#counters = parts.counters;
    this.#config = parts.config;
    this.#holds = new HoldTable(parts.clock, {
      arrived: (pull) => this.#serve(pull),
      ended: (pull) => this.#finish(pull, { kind: "caught_up", nextOffset: pull.offset }),
    });
    parts.store.onArrival((queue) => this.#holds.arrived(queue));
    parts.offsets.onReset((group, topic) => this.#tellReset(group, topic));
    parts.topics.onRemoved((topic) => this.#refuseHeld(topic));
  }

  get heldCount(): number {
    return this.#holds.count;
  }

  /** Takes a pull; the client is answered now or later. Throws MqError for what is refused. */
  pull(client: PullClient, request: PullRequest, requestId: number, requestForm: number): void {
    this.#counters.pullRequests++;
    const group = this.#group(request);
    const topic = this.#topic(request);
    if (group.mayNotRead(topic.name)) {
      throw new MqError(
        "permission_denied",
        `the consumer group[${group.name}] is forbidden for topic[${topic.name}]`,
      );
    }
    const { queueId, queueOffset, sysFlag } = request;
    const filter = this.#filter(group, topic, request);
    const mayHold = (sysFlag & pullFlags.suspend) !== 0 && request.suspendTimeoutMs > 0;
    const pull = new Pull({
      client,
      requestId,
      requestForm,
      group,
      topic,
      queue: topic.queue(this.#store, queueId),
      countMax: Math.max(1, Math.min(request.maxMessageCount, limits.pullCountMax)),
      bytesMax: bytesMaxOf(request.maxMessageBytes),
      filter,
      offset: queueOffset,
      holdMs: mayHold ? request.suspendTimeoutMs : 0,
    });
    const reset = this.#offsets.takeReset(group.name, topic.name, queueId, queueOffset);
    if (reset >= 0) {
      client.answer(pull, { kind: "offset_moved", nextOffset: reset });
      return;
    }
    if ((sysFlag & pullFlags.commitOffset) !== 0 && request.commitOffset >= 0) {
      this.#offsets.commit(group.name, topic.name, queueId, request.commitOffset);
      this.#counters.offsetCommits++;
    }
    this.#serve(pull);
  }

  /** A client's connection closed. */
  forget(client: PullClient): void {
    this.#holds.forget(client);
  }

  /** Answers all that is held: the broker stops. */
  endHolds(): void {
    this.#holds.endAll();
  }

  /** Held pulls of a group that an operator moved learn of it at once. */
  #tellReset(group: string, topic: string): void {
    for (const queue of this.#store.queuesOf(topic)) {
      for (const pull of this.#holds.heldOn(queue)) {
        const isMeant = pull.group.name === group;
        const { queueId } = queue;
        const reset = isMeant ? this.#offsets.takeReset(group, topic, queueId, pull.offset) : -1;
        if (reset >= 0) {
          this.#holds.remove(pull);
          this.#finish(pull, { kind: "offset_moved", nextOffset: reset });
        }
      }
    }
  }

  /** The topic is gone: whoever waits for its messages is told at once. */
  #refuseHeld(topic: TopicEntry): void {
    for (const queue of this.#store.queuesOf(topic.name)) {
      for (const pull of this.#holds.heldOn(queue)) {
        this.#holds.remove(pull);
        const missing = new MqError("topic_not_found", missingTopicRemark(topic.name));
        pull.client.refuse(pull, missing);
      }
    }
  }

  #serve(pull: Pull): void {
    const { client } = pull;
    if (client.isBacklogged) {
      this.#holds.remove(pull);
      client.whenRelieved(() => this.#serve(pull));
      return;
    }
    // A pull that was held may belong to a group that was paused since.
    if (!pull.group.config.consumeEnable) {
      this.#holds.remove(pull);
      client.refuse(pull, pausedError(pull.group));
      return;
    }
    const outcome = this.#store.read(pull);
    if (!(outcome instanceof Promise)) {
      this.#settle(pull, outcome);
      return;
    }
    this.#holds.remove(pull);
    client.inFlightCount++;
    void outcome
      .then(
        (found) => this.#settleLater(pull, found),
        (error: unknown) => client.refuse(pull, error),
      )
      .then(() => client.requestDone());
  }

  /** The bytes are here only now: a client that cannot take them has them read again. */
  #settleLater(pull: Pull, outcome: PullOutcome): void {
    if (pull.client.isClosed) {
      return;
    }
    const isOutdated = outcome.kind === "caught_up" && outcome.nextOffset < pull.queue.maxOffset;
    if (pull.client.isBacklogged) {
      pull.client.whenRelieved(() => this.#serve(pull));
    } else if (isOutdated) {
      this.#serve(pull);
    } else {
      this.#settle(pull, outcome);
    }
  }

  #settle(pull: Pull, outcome: PullOutcome): void {
    const isHeld = pull.endTick >= 0;
    switch (outcome.kind) {
      case "found":
      case "offset_moved":
        this.#holds.remove(pull);
        this.#finish(pull, outcome);
        break;
      case "nothing_matched":
        // A held pull whose filter passes over what came goes on waiting behind it.
        if (isHeld && outcome.nextOffset >= pull.queue.maxOffset) {
          pull.offset = outcome.nextOffset;
        } else {
          this.#holds.remove(pull);
          this.#finish(pull, outcome);
        }
        break;
      case "caught_up":
        if (!isHeld) {
          this.#hold(pull, outcome);
        }
        break;
    }
  }

  #hold(pull: Pull, outcome: PullOutcome): void {
    if (pull.holdMs === 0 || !this.#holds.hasTime(pull)) {
      this.#finish(pull, outcome);
    } else if (this.#holds.add(pull)) {
      this.#counters.pullsHeld++;
    } else {
      // "Nothing new" at once would make the client ask again at once; "busy" makes it wait.
      const busy = new MqError("broker_busy", "[REJECTREQUEST]too many pulls are held");
      pull.client.refuse(pull, busy);
    }
  }

  #finish(pull: Pull, outcome: PullOutcome): void {
    const counters = this.#counters;
    if (outcome.kind === "found") {
      counters.pullsFound++;
      const bytes = outcome.end - outcome.start;
      counters.gets.add(outcome.count);
      counters.bytesOut += bytes;
      const { group, topic, queue } = pull;
      const tally = group.tally(topic);
      tally.gotMessages.add(outcome.count);
      tally.gotBytes.add(bytes);
      this.#offsets.pulled(group.name, topic.name, queue.queueId, outcome.nextOffset);
    } else {
      counters.pullsMissed++;
    }
    pull.client.answer(pull, outcome);
  }

  #group(request: PullRequest): GroupEntry {
    const { bytes, consumerGroupStart, consumerGroupEnd } = request;
    const group =
      this.#groups.findBytes(bytes, consumerGroupStart, consumerGroupEnd) ??
      this.#groups.getOrCreate(bytes.toString("utf8", consumerGroupStart, consumerGroupEnd));
    if (!group.config.consumeEnable) {
      throw pausedError(group);
    }
    return group;
  }

  #topic(request: PullRequest): TopicEntry {
    const { bytes, topicStart, topicEnd, queueId } = request;
    const topic = this.#topics.findBytes(bytes, topicStart, topicEnd);
    if (topic === undefined) {
      const name = bytes.toString("utf8", topicStart, topicEnd);
      throw new MqError("topic_not_found", missingTopicRemark(name));
    }
    if ((topic.config.perm & this.#config.brokerPerm & perm.read) === 0) {
      throw new MqError(
        "permission_denied",
        `the topic[${topic.name}] pulling message is forbidden`,
      );
    }
    if (queueId < 0 || queueId >= topic.config.readQueueCount) {
      throw new MqError(
        "queue_out_of_range",
        `queueId[${queueId}] is illegal, topic:[${topic.name}] topicConfig.readQueueNums:[${topic.config.readQueueCount}]`,
      );
    }
    return topic;
  }

  #filter(group: GroupEntry, topic: TopicEntry, request: PullRequest): TagFilter | undefined {
    const { bytes, sysFlag, subscriptionStart, subscriptionEnd } = request;
    if ((sysFlag & pullFlags.subscription) !== 0) {
      refuseOtherTypes(request);
      const isAll =
        subscriptionStart < 0 ||
        subscriptionEnd === subscriptionStart ||
        (subscriptionEnd === subscriptionStart + 1 && bytes[subscriptionStart] === star);
      if (isAll) {
        return undefined;
      }
      const expression = this.#filters.get(
        bytes.toString("utf8", subscriptionStart, subscriptionEnd),
      );
      return (sysFlag & pullFlags.classFilter) === 0 ? expression.filter : undefined;
    }
    const live = this.#members.find(group.name);
    if (live?.messageModel === "BROADCASTING" && !group.config.consumeBroadcastEnable) {
      throw new MqError(
        "permission_denied",
        `the consumer group[${group.name}] can not consume by broadcast way`,
      );
    }
    const subscription = live?.subscriptions.get(topic.name);
    if (subscription === undefined) {
      throw new MqError(
        "subscription_missing",
        `the consumer's subscription not exist: group ${group.name}, topic ${topic.name}`,
      );
    }
    if (isOlder(subscription.subVersion, request)) {
      throw new MqError("subscription_stale", "the consumer's subscription not latest");
    }
    return subscription.classFilterMode ? undefined : subscription.tags.filter;
  }
}

function bytesMaxOf(wanted: number): number {
  return wanted > 0 ? Math.min(wanted, limits.pullBytesMax) : limits.pullBytesMax;
}

function refuseOtherTypes(request: PullRequest): void {
  const { bytes, expressionTypeStart, expressionTypeEnd } = request;
  if (expressionTypeStart >= 0 && expressionTypeEnd > expressionTypeStart) {
    const type = bytes.toString("utf8", expressionTypeStart, expressionTypeEnd);
    if (type !== "TAG") {
      throw new MqError(
        "bad_request",
        `The broker does not support consumer to filter message by ${type}`,
      );
    }
  }
}

/** Whether the request's version, digits in the frame, is above the known one. */
function isOlder(known: string, request: PullRequest): boolean {
  const { bytes, subVersionStart, subVersionEnd } = request;
  const length = subVersionEnd - subVersionStart;
  if (known.length !== length || known.startsWith("-")) {
    // Another count of digits, or a sign: rare, so exactness may cost something.
    return BigInt(bytes.toString("latin1", subVersionStart, subVersionEnd)) > BigInt(known);
  }
  for (let index = 0; index < length; index++) {
    const difference = (bytes[subVersionStart + index] as number) - known.charCodeAt(index);
    if (difference !== 0) {
      return difference > 0;
    }
  }
  return false;
}

function pausedError({ name }: GroupEntry): MqError {
  return new MqError("permission_denied", `the group [${name}] may not consume`);
}
