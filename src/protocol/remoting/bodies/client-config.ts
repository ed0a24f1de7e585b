/** What a consumer asks before it starts: may it filter like this (46)? */
import { encodeJson } from "../json.ts";
import { objectOf, optionalText, parseObject, text } from "../json-members.ts";
import { readSubscription, type Subscription, writeSubscription } from "./subscription.ts";

export interface ClientConfig {
  readonly clientId: string;
  readonly group: string;
  readonly namespace: string | undefined;
  readonly subscription: Subscription;
}

export function decodeClientConfig(source: Buffer, start: number, end: number): ClientConfig {
  const object = parseObject(source, start, end);
  return {
    clientId: text(object, "clientId"),
    group: text(object, "group"),
    namespace: optionalText(object, "namespace"),
    subscription: readSubscription(object.get("subscriptionData") ?? null),
  };
}

export function encodeClientConfig(config: ClientConfig): Buffer {
  return encodeJson(
    objectOf([
      ["clientId", config.clientId],
      ["group", config.group],
      ["namespace", config.namespace],
      ["subscriptionData", writeSubscription(config.subscription)],
    ]),
  );
}
