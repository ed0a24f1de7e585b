/** The members of a consumer group as an operator sees them (203). */
import { encodeJson, type JsonObject, type JsonValue } from "../json.ts";
import {
  asObject,
  integer,
  list,
  member,
  objectOf,
  parseObject,
  table,
  text,
} from "../json-members.ts";
import { languageName, languageOrdinal } from "../language.ts";
import {
  type ConsumeFromWhere,
  type ConsumeType,
  consumeFromWheres,
  consumeTypes,
  type MessageModel,
  messageModels,
  oneOf,
} from "./heartbeat.ts";
import { readSubscription, type Subscription, writeSubscription } from "./subscription.ts";

export interface ClientConnection {
  readonly clientId: string;
  /** `host:port` of the client's end. */
  readonly clientAddress: string;
  readonly language: number;
  readonly version: number;
}

export interface ConsumerConnection {
  readonly connections: readonly ClientConnection[];
  readonly subscriptions: readonly Subscription[];
  readonly consumeType: ConsumeType;
  readonly messageModel: MessageModel;
  readonly consumeFromWhere: ConsumeFromWhere;
}

export function encodeConsumerConnection(connection: ConsumerConnection): Buffer {
  return encodeJson(
    objectOf([
      ["connectionSet", connection.connections.map(writeConnection)],
      ["consumeFromWhere", connection.consumeFromWhere],
      ["consumeType", connection.consumeType],
      ["messageModel", connection.messageModel],
      [
        "subscriptionTable",
        objectOf(connection.subscriptions.map((row) => [row.topic, writeSubscription(row)])),
      ],
    ]),
  );
}

export function decodeConsumerConnection(
  source: Buffer,
  start: number,
  end: number,
): ConsumerConnection {
  const object = parseObject(source, start, end);
  return {
    connections: list(object, "connectionSet").map(readConnection),
    subscriptions: [...table(object, "subscriptionTable").values()].map(readSubscription),
    consumeType: oneOf(consumeTypes, member(object, "consumeType"), "consumeType"),
    messageModel: oneOf(messageModels, member(object, "messageModel"), "messageModel"),
    consumeFromWhere: oneOf(
      consumeFromWheres,
      member(object, "consumeFromWhere"),
      "consumeFromWhere",
    ),
  };
}

/** Also a row of the producers (bodies/producer-table.ts). */
export function writeConnection(connection: ClientConnection): JsonObject {
  return objectOf([
    ["clientAddr", connection.clientAddress],
    ["clientId", connection.clientId],
    ["language", languageName(connection.language)],
    ["version", connection.version],
  ]);
}

export function readConnection(value: JsonValue): ClientConnection {
  const object = asObject(value, "a connection");
  return {
    clientId: text(object, "clientId"),
    clientAddress: text(object, "clientAddr"),
    language: languageOrdinal(text(object, "language")),
    version: integer(object, "version", 0),
  };
}
