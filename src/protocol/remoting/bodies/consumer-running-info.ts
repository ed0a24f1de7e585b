/**
 * What a consumer says of itself (307): its settings, its subscriptions, and where it stands in each queue. Java's form;
 * members that a client of another language leaves out are zero.
 */
import type { JsonObject, JsonValue } from "../json.ts";
import {
  asObject,
  decimal,
  flag,
  integer,
  list,
  member,
  optionalText,
  pairs,
  parseObject,
  table,
  textTable,
} from "../json-members.ts";
import { type QueueName, readQueueTable } from "./message-queue.ts";
import { readSubscription, type Subscription } from "./subscription.ts";

/** A queue that is pulled. Times are milliseconds since 1970. */
export interface PulledQueue {
  readonly commitOffset: number;
  readonly cachedMinOffset: number;
  readonly cachedMaxOffset: number;
  readonly cachedMessages: number;
  readonly cachedMebibytes: number;
  readonly transactionMinOffset: number;
  readonly transactionMaxOffset: number;
  readonly transactionMessages: number;
  readonly isLocked: boolean;
  readonly unlockAttempts: number;
  readonly lockedAtMs: number;
  readonly isDropped: boolean;
  readonly pulledAtMs: number;
  readonly consumedAtMs: number;
}

/** A queue that is popped. */
export interface PoppedQueue {
  readonly waitingForAck: number;
  readonly isDropped: boolean;
  readonly poppedAtMs: number;
}

/** Times in milliseconds, rates a second. */
export interface ConsumeRates {
  readonly pullMs: number;
  readonly pullRate: number;
  readonly consumeMs: number;
  readonly consumeOkRate: number;
  readonly consumeFailedRate: number;
  readonly failedLastHour: number;
}

export interface ConsumerRunningInfo {
  readonly properties: ReadonlyMap<string, string>;
  readonly subscriptions: readonly Subscription[];
  readonly pulled: readonly (readonly [QueueName, PulledQueue])[];
  readonly popped: readonly (readonly [QueueName, PoppedQueue])[];
  /** By topic. */
  readonly rates: ReadonlyMap<string, ConsumeRates>;
  /** What the application itself tells; undefined from clients that have nothing of the kind. */
  readonly userInfo: ReadonlyMap<string, string> | undefined;
  /** Stacks of its threads, when they were asked for. */
  readonly stacks: string | undefined;
}

export function decodeConsumerRunningInfo(
  source: Buffer,
  start: number,
  end: number,
): ConsumerRunningInfo {
  const object = parseObject(source, start, end);
  const rates = table(object, "statusTable");
  return {
    properties: shownTable(table(object, "properties")),
    subscriptions: list(object, "subscriptionSet").map(readSubscription),
    pulled: readQueueTable(pairs(object, "mqTable"), readPulled),
    popped: readQueueTable(pairs(object, "mqPopTable"), readPopped),
    rates: new Map([...rates].map(([topic, row]) => [topic, readRates(row)])),
    userInfo:
      member(object, "userConsumerInfo") === undefined
        ? undefined
        : textTable(object, "userConsumerInfo"),
    stacks: optionalText(object, "jstack"),
  };
}

/** Clients write some of their settings as numbers and truths. */
function shownTable(rows: JsonObject): ReadonlyMap<string, string> {
  return new Map([...rows].map(([name, value]) => [name, String(value)]));
}

function readPulled(value: JsonValue): PulledQueue {
  const row = asObject(value, "a pulled queue");
  return {
    commitOffset: integer(row, "commitOffset", 0),
    cachedMinOffset: integer(row, "cachedMsgMinOffset", 0),
    cachedMaxOffset: integer(row, "cachedMsgMaxOffset", 0),
    cachedMessages: integer(row, "cachedMsgCount", 0),
    cachedMebibytes: integer(row, "cachedMsgSizeInMiB", 0),
    transactionMinOffset: integer(row, "transactionMsgMinOffset", 0),
    transactionMaxOffset: integer(row, "transactionMsgMaxOffset", 0),
    transactionMessages: integer(row, "transactionMsgCount", 0),
    isLocked: flag(row, "locked", false),
    unlockAttempts: integer(row, "tryUnlockTimes", 0),
    lockedAtMs: integer(row, "lastLockTimestamp", 0),
    isDropped: flag(row, "droped", false),
    pulledAtMs: integer(row, "lastPullTimestamp", 0),
    consumedAtMs: integer(row, "lastConsumeTimestamp", 0),
  };
}

function readPopped(value: JsonValue): PoppedQueue {
  const row = asObject(value, "a popped queue");
  return {
    waitingForAck: integer(row, "waitAckCount", 0),
    isDropped: flag(row, "droped", false),
    poppedAtMs: integer(row, "lastPopTimestamp", 0),
  };
}

function readRates(value: JsonValue): ConsumeRates {
  const row = asObject(value, "rates of a topic");
  return {
    pullMs: decimal(row, "pullRT", 0),
    pullRate: decimal(row, "pullTPS", 0),
    consumeMs: decimal(row, "consumeRT", 0),
    consumeOkRate: decimal(row, "consumeOKTPS", 0),
    consumeFailedRate: decimal(row, "consumeFailedTPS", 0),
    failedLastHour: integer(row, "consumeFailedMsgs", 0),
  };
}
