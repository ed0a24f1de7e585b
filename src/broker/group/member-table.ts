/**
 * Who is connected, in which groups, wanting what (remoting 8.6).
 *
 * A member is a client id; a heartbeat on another connection takes its place over, so a group never lists a client
 * twice. Members leave by saying so, by their connection closing, or by silence. Whoever is left is told at once,
 * and only when membership or subscriptions really changed: each notice makes every member share the queues anew.
 */

import { MqError } from "../../core/error.ts";
import { limits } from "../../core/limits.ts";
import type { Log } from "../../io/log.ts";
import { parseTagExpression, type TagExpression } from "../filter/tag-filter.ts";
import type { ClientChannel } from "../ports.ts";
import type { GroupTable } from "./group-table.ts";

export type ConsumeType = "CONSUME_ACTIVELY" | "CONSUME_PASSIVELY" | "CONSUME_POP";
export type MessageModel = "BROADCASTING" | "CLUSTERING";
export type ConsumeFromWhere =
  | "CONSUME_FROM_LAST_OFFSET"
  | "CONSUME_FROM_LAST_OFFSET_AND_FROM_MIN_WHEN_BOOT_FIRST"
  | "CONSUME_FROM_MIN_OFFSET"
  | "CONSUME_FROM_MAX_OFFSET"
  | "CONSUME_FROM_FIRST_OFFSET"
  | "CONSUME_FROM_TIMESTAMP";

/** What a heartbeat says that a group wants of a topic. */
export interface WantedSubscription {
  readonly topic: string;
  readonly expression: string;
  readonly expressionType: string;
  readonly classFilterMode: boolean;
  /** An int64 as text. */
  readonly subVersion: string;
}

export interface WantedMembership {
  readonly group: string;
  readonly consumeType: ConsumeType;
  readonly messageModel: MessageModel;
  readonly consumeFromWhere: ConsumeFromWhere;
  readonly subscriptions: readonly WantedSubscription[];
}

/** The client behind a heartbeat. */
export interface ClientIdentity {
  readonly clientId: string;
  readonly channel: ClientChannel;
  readonly language: number;
  readonly version: number;
}

export interface Subscription extends WantedSubscription {
  readonly tags: TagExpression;
}

export interface Member extends ClientIdentity {
  readonly lastHeartbeatMs: number;
}

export interface MemberGroup {
  readonly group: string;
  consumeType: ConsumeType;
  messageModel: MessageModel;
  consumeFromWhere: ConsumeFromWhere;
  /** By client id. */
  readonly members: Map<string, Member>;
  /** By topic. */
  readonly subscriptions: Map<string, Subscription>;
}

export class MemberTable {
  readonly #groups: GroupTable;
  readonly #log: Log;
  readonly #consumers = new Map<string, MemberGroup>();
  readonly #producers = new Map<string, Map<string, Member>>();
  /** Groups a channel has members in, so that its close finds them. */
  readonly #ofChannel = new Map<ClientChannel, Set<string>>();

  constructor(groups: GroupTable, log: Log) {
    this.#groups = groups;
    this.#log = log;
  }

  /** The live group, undefined while nobody is connected. */
  find(group: string): MemberGroup | undefined {
    return this.#consumers.get(group);
  }

  liveGroups(): Iterable<MemberGroup> {
    return this.#consumers.values();
  }

  get memberCount(): number {
    let count = 0;
    for (const group of this.#consumers.values()) {
      count += group.members.size;
    }
    return count;
  }

  /** Groups with connected producers. */
  producerGroups(): Iterable<string> {
    return this.#producers.keys();
  }

  producersOf(group: string): readonly Member[] {
    return [...(this.#producers.get(group)?.values() ?? [])];
  }

  /**
   * Takes a consumer's heartbeat for one of its groups; returns whether its subscriptions changed. Throws MqError
   * `subscription_invalid` for an expression that cannot be read, before anything changed.
   */
  join(client: ClientIdentity, wanted: WantedMembership, nowMs: number): boolean {
    if (wanted.subscriptions.length > limits.groupTopicsMax) {
      throw new MqError("broker_busy", `a group consumes at most ${limits.groupTopicsMax} topics`);
    }
    const live = this.#consumers.get(wanted.group);
    const subscriptions = wanted.subscriptions.map((one) =>
      compileSubscription(live?.subscriptions.get(one.topic), one),
    );
    const isKnown = live?.members.has(client.clientId) === true;
    if (!isKnown && (live?.members.size ?? 0) >= limits.groupMembersMax) {
      throw new MqError("broker_busy", `a group has at most ${limits.groupMembersMax} members`);
    }
    const group = live ?? this.#open(wanted);
    group.consumeType = wanted.consumeType;
    group.messageModel = wanted.messageModel;
    group.consumeFromWhere = wanted.consumeFromWhere;
    const hasJoined = this.#place(group.members, client, wanted.group, nowMs);
    const hasChanged = this.#subscribe(group, subscriptions);
    if (hasJoined || hasChanged) {
      this.#notify(group);
    }
    return hasChanged;
  }

  /** Takes a producer's heartbeat for one of its groups. */
  joinProducers(client: ClientIdentity, group: string, nowMs: number): void {
    let members = this.#producers.get(group);
    if (members === undefined) {
      if (this.#producers.size >= limits.groupsMax) {
        throw new MqError("broker_busy", `at most ${limits.groupsMax} producer groups`);
      }
      members = new Map();
      this.#producers.set(group, members);
    }
    if (members.has(client.clientId) || members.size < limits.groupMembersMax) {
      this.#place(members, client, group, nowMs);
    }
  }

  /** A client says that it leaves. */
  leave(group: string, clientId: string, channel: ClientChannel): void {
    const live = this.#consumers.get(group);
    if (live?.members.get(clientId)?.channel === channel) {
      this.#removeConsumer(live, clientId);
    }
  }

  leaveProducers(group: string, clientId: string, channel: ClientChannel): void {
    if (this.#producers.get(group)?.get(clientId)?.channel === channel) {
      this.#removeProducer(group, clientId);
    }
  }

  /** A connection closed: its members leave. */
  channelClosed(channel: ClientChannel): void {
    const groups = this.#ofChannel.get(channel);
    if (groups !== undefined) {
      this.#ofChannel.delete(channel);
      for (const group of groups) {
        this.#removeWhere(group, (member) => member.channel === channel);
      }
    }
  }

  /** Members that were silent for too long leave. */
  expire(nowMs: number): void {
    const isLate = (member: Member): boolean =>
      nowMs - member.lastHeartbeatMs > limits.memberExpiryMs;
    for (const group of [...this.#consumers.keys(), ...this.#producers.keys()]) {
      this.#removeWhere(group, isLate);
    }
  }

  #open(wanted: WantedMembership): MemberGroup {
    const group: MemberGroup = {
      group: wanted.group,
      consumeType: wanted.consumeType,
      messageModel: wanted.messageModel,
      consumeFromWhere: wanted.consumeFromWhere,
      members: new Map(),
      subscriptions: new Map(),
    };
    this.#consumers.set(wanted.group, group);
    return group;
  }

  /** Enters the member or refreshes it; returns whether the client or its connection is new to the group. */
  #place(
    members: Map<string, Member>,
    client: ClientIdentity,
    group: string,
    nowMs: number,
  ): boolean {
    const before = members.get(client.clientId);
    members.set(client.clientId, { ...client, lastHeartbeatMs: nowMs });
    const groups = this.#ofChannel.get(client.channel);
    if (groups === undefined) {
      this.#ofChannel.set(client.channel, new Set([group]));
    } else {
      groups.add(group);
    }
    return before?.channel !== client.channel;
  }

  /** Replaces the group's subscriptions where they are newer; returns whether anything changed. */
  #subscribe(group: MemberGroup, subscriptions: readonly Subscription[]): boolean {
    let hasChanged = false;
    for (const subscription of subscriptions) {
      const before = group.subscriptions.get(subscription.topic);
      if (before === undefined || isNewer(subscription.subVersion, before.subVersion)) {
        group.subscriptions.set(subscription.topic, subscription);
        hasChanged ||= before === undefined || before.expression !== subscription.expression;
      }
    }
    const topics = new Set(subscriptions.map((subscription) => subscription.topic));
    for (const topic of group.subscriptions.keys()) {
      if (!topics.has(topic)) {
        group.subscriptions.delete(topic);
        hasChanged = true;
      }
    }
    return hasChanged;
  }

  #removeWhere(group: string, isGone: (member: Member) => boolean): void {
    const live = this.#consumers.get(group);
    for (const member of [...(live?.members.values() ?? [])]) {
      if (live !== undefined && isGone(member)) {
        this.#removeConsumer(live, member.clientId);
      }
    }
    for (const member of [...(this.#producers.get(group)?.values() ?? [])]) {
      if (isGone(member)) {
        this.#removeProducer(group, member.clientId);
      }
    }
  }

  #removeConsumer(group: MemberGroup, clientId: string): void {
    group.members.delete(clientId);
    if (group.members.size === 0) {
      this.#consumers.delete(group.group);
    } else {
      this.#notify(group);
    }
  }

  #removeProducer(group: string, clientId: string): void {
    const members = this.#producers.get(group);
    members?.delete(clientId);
    if (members?.size === 0) {
      this.#producers.delete(group);
    }
  }

  #notify(group: MemberGroup): void {
    const isWanted = this.#groups.find(group.group)?.config.notifyConsumerIdsChangedEnable ?? true;
    if (!isWanted || group.messageModel === "BROADCASTING") {
      return;
    }
    this.#log.debug("members changed", { group: group.group, members: group.members.size });
    for (const member of group.members.values()) {
      member.channel.notifyMembersChanged(group.group);
    }
  }
}

/** The same object when nothing that matters changed: then the expression is not read again. */
function compileSubscription(
  before: Subscription | undefined,
  wanted: WantedSubscription,
): Subscription {
  const isTag = wanted.expressionType === "TAG" || wanted.expressionType === "";
  if (!isTag) {
    throw new MqError(
      "subscription_invalid",
      `expressions of type ${wanted.expressionType} are not supported, only TAG`,
    );
  }
  const isSame = before !== undefined && before.expression === wanted.expression;
  return { ...wanted, tags: isSame ? before.tags : parseTagExpression(wanted.expression) };
}

/** Compares int64 texts. */
function isNewer(left: string, right: string): boolean {
  return left !== right && BigInt(left) > BigInt(right);
}
