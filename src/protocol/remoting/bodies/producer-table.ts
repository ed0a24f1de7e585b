/** Connected producers: of one group (204), and of all groups (328). */
import { encodeJson, type JsonObject, type JsonValue } from "../json.ts";
import { asObject, integer, list, objectOf, parseObject, table, text } from "../json-members.ts";
import { languageName, languageOrdinal } from "../language.ts";
import { type ClientConnection, readConnection, writeConnection } from "./consumer-connection.ts";

export interface ProducerInfo {
  readonly clientId: string;
  /** `host:port` of the producer's end; on the wire with Java's slash before it. */
  readonly clientAddress: string;
  readonly language: number;
  readonly version: number;
  /** When its last heartbeat came. */
  readonly lastUpdateTimestamp: number;
}

export type ProducerTable = ReadonlyMap<string, readonly ProducerInfo[]>;

export function encodeProducerConnection(connections: readonly ClientConnection[]): Buffer {
  return encodeJson(objectOf([["connectionSet", connections.map(writeConnection)]]));
}

export function decodeProducerConnection(
  source: Buffer,
  start: number,
  end: number,
): readonly ClientConnection[] {
  return list(parseObject(source, start, end), "connectionSet").map(readConnection);
}

export function encodeProducerTable(producers: ProducerTable): Buffer {
  const data = [...producers].map(([group, rows]) => [group, rows.map(writeProducer)] as const);
  return encodeJson(objectOf([["data", objectOf(data)]]));
}

export function decodeProducerTable(source: Buffer, start: number, end: number): ProducerTable {
  const data = table(parseObject(source, start, end), "data");
  return new Map([...data.keys()].map((group) => [group, list(data, group).map(readProducer)]));
}

function writeProducer(producer: ProducerInfo): JsonObject {
  return objectOf([
    ["clientId", producer.clientId],
    ["language", languageName(producer.language)],
    ["lastUpdateTimestamp", producer.lastUpdateTimestamp],
    ["remoteIP", `/${producer.clientAddress}`],
    ["version", producer.version],
  ]);
}

function readProducer(value: JsonValue): ProducerInfo {
  const object = asObject(value, "a producer");
  return {
    clientId: text(object, "clientId"),
    clientAddress: text(object, "remoteIP").replace(/^\//, ""),
    language: languageOrdinal(text(object, "language")),
    version: integer(object, "version", 0),
    lastUpdateTimestamp: integer(object, "lastUpdateTimestamp", 0),
  };
}
