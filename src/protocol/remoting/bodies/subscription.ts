/**
 * What a group wants of one topic. Codes of tags are not taken from the client (Go computes them from other bytes):
 * the broker works them out of the expression (remoting 9.1).
 */
import type { JsonObject, JsonValue } from "../json.ts";
import {
  asObject,
  asText64,
  flag,
  integer,
  list,
  member,
  objectOf,
  optionalText,
  text,
  texts,
} from "../json-members.ts";

export interface Subscription {
  readonly topic: string;
  /** The filter expression. */
  readonly expression: string;
  /** TAG or SQL92. */
  readonly expressionType: string;
  readonly classFilterMode: boolean;
  readonly tags: readonly string[];
  /** Java's hash of each tag, as it is written; not read. */
  readonly tagHashes: readonly number[];
  /** An int64 as text: Go counts nanoseconds. */
  readonly subVersion: string;
}

export function readSubscription(value: JsonValue): Subscription {
  const object = asObject(value, "a subscription");
  const subVersion = member(object, "subVersion");
  return {
    topic: text(object, "topic"),
    expression: optionalText(object, "subString") ?? "*",
    expressionType: optionalText(object, "expressionType") ?? "TAG",
    classFilterMode: flag(object, "classFilterMode", false),
    tags: texts(object, "tagsSet"),
    tagHashes: readHashes(object),
    subVersion: subVersion === undefined ? "0" : asText64(subVersion, "subVersion"),
  };
}

/** Go sends the codes as texts. */
function readHashes(object: JsonObject): readonly number[] {
  return list(object, "codeSet").map((code) => integer(new Map([["codeSet", code]]), "codeSet"));
}

export function writeSubscription(subscription: Subscription): JsonObject {
  return objectOf([
    ["classFilterMode", subscription.classFilterMode],
    ["codeSet", subscription.tagHashes],
    ["expressionType", subscription.expressionType],
    ["subString", subscription.expression],
    ["subVersion", writeInt64Text(subscription.subVersion)],
    ["tagsSet", subscription.tags],
    ["topic", subscription.topic],
  ]);
}

function writeInt64Text(digits: string): JsonValue {
  return { kind: "integer", text: digits };
}
