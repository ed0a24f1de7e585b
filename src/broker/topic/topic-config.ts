/** A topic's settings, and how they lie in the state table: RocketMQ's own JSON, so that its files read the same. */
import type { StateValue } from "../../store/message-store.ts";

export interface TopicConfig {
  readonly topic: string;
  readonly readQueueCount: number;
  readonly writeQueueCount: number;
  readonly perm: number;
  readonly filterType: string;
  readonly topicSysFlag: number;
  readonly order: boolean;
  readonly attributes: ReadonlyMap<string, string>;
}

/** Bits of `perm`. */
export const perm = {
  inherit: 1,
  write: 2,
  read: 4,
  readWrite: 6,
  all: 7,
} as const;

/** A topic with the given queues and else RocketMQ's defaults. */
export function plainTopic(topic: string, queueCount: number, topicPerm: number): TopicConfig {
  return {
    topic,
    readQueueCount: queueCount,
    writeQueueCount: queueCount,
    perm: topicPerm,
    filterType: "SINGLE_TAG",
    topicSysFlag: 0,
    order: false,
    attributes: new Map(),
  };
}

/** Whether nothing would change. */
export function isSameTopic(left: TopicConfig, right: TopicConfig): boolean {
  return (
    left.readQueueCount === right.readQueueCount &&
    left.writeQueueCount === right.writeQueueCount &&
    left.perm === right.perm &&
    left.filterType === right.filterType &&
    left.topicSysFlag === right.topicSysFlag &&
    left.order === right.order &&
    left.attributes.size === right.attributes.size &&
    [...left.attributes].every(([name, value]) => right.attributes.get(name) === value)
  );
}

/** The row of the state table. */
export function topicRow(config: TopicConfig): StateValue {
  return {
    attributes: Object.fromEntries(config.attributes),
    order: config.order,
    perm: config.perm,
    readQueueNums: config.readQueueCount,
    topicFilterType: config.filterType,
    topicName: config.topic,
    topicSysFlag: config.topicSysFlag,
    writeQueueNums: config.writeQueueCount,
  };
}

/** Reads a row back; members that are missing have RocketMQ's defaults. */
export function topicOfRow(topic: string, row: StateValue): TopicConfig {
  const members = rowMembers(row);
  return {
    topic,
    readQueueCount: rowInteger(members, "readQueueNums", 16),
    writeQueueCount: rowInteger(members, "writeQueueNums", 16),
    perm: rowInteger(members, "perm", perm.readWrite),
    filterType: members["topicFilterType"] === "MULTI_TAG" ? "MULTI_TAG" : "SINGLE_TAG",
    topicSysFlag: rowInteger(members, "topicSysFlag", 0),
    order: rowFlag(members, "order", false),
    attributes: rowTexts(members, "attributes"),
  };
}

/** A row's members by name. */
export type RowMembers = { readonly [name: string]: StateValue | undefined };

export function rowMembers(row: StateValue | undefined): RowMembers {
  return typeof row === "object" && row !== null && !Array.isArray(row) ? (row as RowMembers) : {};
}

export function rowInteger(members: RowMembers, name: string, absent: number): number {
  const value = members[name];
  return Number.isSafeInteger(value) ? (value as number) : absent;
}

export function rowFlag(members: RowMembers, name: string, absent: boolean): boolean {
  const value = members[name];
  return typeof value === "boolean" ? value : absent;
}

export function rowTexts(members: RowMembers, name: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(rowMembers(members[name]))) {
    if (typeof value === "string") {
      texts.set(key, value);
    }
  }
  return texts;
}
