/** What a group wants of one topic (345). */
import { encodeJson } from "../json.ts";
import { member, objectOf, optionalText, parseObject, text } from "../json-members.ts";
import { readSubscription, type Subscription, writeSubscription } from "./subscription.ts";

export interface GroupSubscription {
  readonly group: string;
  readonly topic: string;
  /** Absent when nobody of the group is connected, or none wants the topic. */
  readonly subscription: Subscription | undefined;
}

export function encodeGroupSubscription(row: GroupSubscription): Buffer {
  const { subscription } = row;
  return encodeJson(
    objectOf([
      ["group", row.group],
      [
        "subscriptionData",
        subscription === undefined ? undefined : writeSubscription(subscription),
      ],
      ["topic", row.topic],
    ]),
  );
}

export function decodeGroupSubscription(
  source: Buffer,
  start: number,
  end: number,
): GroupSubscription {
  const object = parseObject(source, start, end);
  const subscription = member(object, "subscriptionData");
  return {
    group: text(object, "group"),
    topic: optionalText(object, "topic") ?? "",
    subscription: subscription === undefined ? undefined : readSubscription(subscription),
  };
}
