/**
 * A heartbeat (34): who a client is and what its groups want (remoting 9.1).
 *
 * Read as the official brokers do: names of enumerations in any case (Go), as their numbers (C++), sets that are
 * missing or null.
 */
import { DecodeError } from "../../../core/error.ts";
import { encodeJson, type JsonObject, type JsonValue } from "../json.ts";
import {
  asObject,
  flag,
  integer,
  list,
  member,
  objectOf,
  parseObject,
  text,
} from "../json-members.ts";
import { readSubscription, type Subscription, writeSubscription } from "./subscription.ts";

export const consumeTypes = ["CONSUME_ACTIVELY", "CONSUME_PASSIVELY", "CONSUME_POP"] as const;
export const messageModels = ["BROADCASTING", "CLUSTERING"] as const;
export const consumeFromWheres = [
  "CONSUME_FROM_LAST_OFFSET",
  "CONSUME_FROM_LAST_OFFSET_AND_FROM_MIN_WHEN_BOOT_FIRST",
  "CONSUME_FROM_MIN_OFFSET",
  "CONSUME_FROM_MAX_OFFSET",
  "CONSUME_FROM_FIRST_OFFSET",
  "CONSUME_FROM_TIMESTAMP",
] as const;

export type ConsumeType = (typeof consumeTypes)[number];
export type MessageModel = (typeof messageModels)[number];
export type ConsumeFromWhere = (typeof consumeFromWheres)[number];

export interface ConsumerData {
  readonly group: string;
  readonly consumeType: ConsumeType;
  readonly messageModel: MessageModel;
  readonly consumeFromWhere: ConsumeFromWhere;
  readonly unitMode: boolean;
  readonly subscriptions: readonly Subscription[];
}

export interface Heartbeat {
  readonly clientId: string;
  readonly producerGroups: readonly string[];
  readonly consumers: readonly ConsumerData[];
  /** Version 2: 0 is version 1. */
  readonly fingerprint: number;
  readonly withoutSubscriptions: boolean;
}

export function decodeHeartbeat(source: Buffer, start: number, end: number): Heartbeat {
  const object = parseObject(source, start, end);
  return {
    clientId: text(object, "clientID"),
    producerGroups: list(object, "producerDataSet").map((item) =>
      text(asObject(item, "a producer"), "groupName"),
    ),
    consumers: list(object, "consumerDataSet").map(readConsumer),
    fingerprint: integer(object, "heartbeatFingerprint", 0),
    withoutSubscriptions: flag(object, "withoutSub", false),
  };
}

export function encodeHeartbeat(heartbeat: Heartbeat): Buffer {
  return encodeJson(
    objectOf([
      ["clientID", heartbeat.clientId],
      ["consumerDataSet", heartbeat.consumers.map(writeConsumer)],
      ["heartbeatFingerprint", heartbeat.fingerprint],
      [
        "producerDataSet",
        heartbeat.producerGroups.map((group) => objectOf([["groupName", group]])),
      ],
      ["withoutSub", heartbeat.withoutSubscriptions],
    ]),
  );
}

function readConsumer(value: JsonValue): ConsumerData {
  const object = asObject(value, "a consumer");
  return {
    group: text(object, "groupName"),
    consumeType: oneOf(consumeTypes, member(object, "consumeType"), "consumeType"),
    messageModel: oneOf(messageModels, member(object, "messageModel"), "messageModel"),
    consumeFromWhere: oneOf(
      consumeFromWheres,
      member(object, "consumeFromWhere"),
      "consumeFromWhere",
    ),
    unitMode: flag(object, "unitMode", false),
    subscriptions: list(object, "subscriptionDataSet").map(readSubscription),
  };
}

function writeConsumer(consumer: ConsumerData): JsonObject {
  return objectOf([
    ["consumeFromWhere", consumer.consumeFromWhere],
    ["consumeType", consumer.consumeType],
    ["groupName", consumer.group],
    ["messageModel", consumer.messageModel],
    ["subscriptionDataSet", consumer.subscriptions.map(writeSubscription)],
    ["unitMode", consumer.unitMode],
  ]);
}

/** The name, in any case, or the number of one of the names. */
export function oneOf<N extends string>(
  names: readonly N[],
  value: JsonValue | undefined,
  what: string,
): N {
  const found =
    typeof value === "number"
      ? names[value]
      : names.find((name) => typeof value === "string" && name === value.toUpperCase());
  if (found === undefined) {
    throw new DecodeError(`${what} is none of ${names.join(", ")}`);
  }
  return found;
}
