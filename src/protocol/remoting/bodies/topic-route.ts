/**
 * A topic's route (105): who serves it, with how many queues.
 *
 * Broker ids are keys. Clients from 4.9.4 on, and those that ask for it, get standard JSON with quoted keys and
 * ASCII only; older ones, above all Go's, understand only bare integers (remoting 6.2).
 */
import { DecodeError } from "../../../core/error.ts";
import { type JsonObject, type JsonValue, parseJson, writeAsciiJson, writeJson } from "../json.ts";
import {
  asInteger,
  asObject,
  asText,
  flag,
  integer,
  list,
  objectOf,
  optionalText,
  parseObject,
  table,
  text,
  texts,
} from "../json-members.ts";
import { version } from "../version.ts";

export interface BrokerRoute {
  readonly clusterName: string;
  readonly brokerName: string;
  /** `host:port` by broker id; 0 is the leader. */
  readonly addresses: ReadonlyMap<number, string>;
  readonly enableActingMaster: boolean;
}

export interface QueueRoute {
  readonly brokerName: string;
  readonly readQueueCount: number;
  readonly writeQueueCount: number;
  readonly perm: number;
  readonly topicSysFlag: number;
}

export interface TopicRoute {
  readonly brokers: readonly BrokerRoute[];
  readonly queues: readonly QueueRoute[];
  readonly orderTopicConf?: string | undefined;
  /** Filter servers by broker address. */
  readonly filterServers?: ReadonlyMap<string, readonly string[]> | undefined;
  /** Queue mappings of a static topic: JSON text by broker name. */
  readonly mappings?: ReadonlyMap<string, string> | undefined;
}

/** Whether the asker of a route reads standard JSON. */
export function readsStandardJson(
  clientVersion: number,
  acceptStandardJsonOnly: boolean | undefined,
): boolean {
  return clientVersion >= version.standardJsonRoutes || acceptStandardJsonOnly === true;
}

export function encodeTopicRoute(
  route: TopicRoute,
  options: { readonly isStandardJson: boolean },
): Buffer {
  const value = objectOf([
    [
      "brokerDatas",
      route.brokers.map((broker) => writeBrokerRoute(broker, options.isStandardJson)),
    ],
    // Old Java clients dereference it.
    ["filterServerTable", objectOf(route.filterServers ?? [])],
    ["orderTopicConf", route.orderTopicConf],
    ["queueDatas", route.queues.map(writeQueueRoute)],
    ["topicQueueMappingByBroker", writeMappings(route.mappings)],
  ]);
  return Buffer.from(options.isStandardJson ? writeAsciiJson(value) : writeJson(value));
}

export function decodeTopicRoute(source: Buffer, start: number, end: number): TopicRoute {
  const object = parseObject(source, start, end);
  return {
    brokers: list(object, "brokerDatas").map(readBrokerRoute),
    queues: list(object, "queueDatas").map(readQueueRoute),
    orderTopicConf: optionalText(object, "orderTopicConf"),
    filterServers: readFilterServers(table(object, "filterServerTable")),
    mappings: readMappings(object, "topicQueueMappingByBroker"),
  };
}

/** Queue mappings by the key they stand under, each as text; undefined without any. */
export function readMappings(
  object: JsonObject,
  name: string,
): ReadonlyMap<string, string> | undefined {
  const rows = table(object, name);
  return rows.size === 0
    ? undefined
    : new Map([...rows].map(([key, value]) => [key, writeJson(asObject(value, name))]));
}

/** The inverse of readMappings. */
export function writeMappings(
  mappings: ReadonlyMap<string, string> | undefined,
): JsonObject | undefined {
  return mappings === undefined || mappings.size === 0
    ? undefined
    : objectOf(
        [...mappings].map(([key, text]) => {
          const bytes = Buffer.from(text);
          return [key, parseJson(bytes, 0, bytes.length)];
        }),
      );
}

function readFilterServers(rows: JsonObject): ReadonlyMap<string, readonly string[]> | undefined {
  return rows.size === 0
    ? undefined
    : new Map([...rows.keys()].map((address) => [address, texts(rows, address)]));
}

/** Also a row of the cluster table (bodies/cluster.ts). */
export function writeBrokerRoute(broker: BrokerRoute, isStandardJson: boolean): JsonObject {
  const entries = new Map<string, JsonValue>();
  for (const [id, address] of [...broker.addresses].sort(([left], [right]) => left - right)) {
    entries.set(String(id), address);
  }
  return objectOf([
    ["brokerAddrs", isStandardJson ? entries : { kind: "unquoted", entries }],
    ["brokerName", broker.brokerName],
    ["cluster", broker.clusterName],
    ["enableActingMaster", broker.enableActingMaster],
  ]);
}

export function readBrokerRoute(value: JsonValue): BrokerRoute {
  const object = asObject(value, "a broker of a route");
  const addresses = new Map<number, string>();
  for (const [key, address] of table(object, "brokerAddrs")) {
    const id = asInteger(key, "a broker id");
    if (addresses.has(id)) {
      throw new DecodeError(`broker id ${id} is there twice`);
    }
    addresses.set(id, asText(address, "a broker address"));
  }
  return {
    clusterName: text(object, "cluster"),
    brokerName: text(object, "brokerName"),
    addresses,
    enableActingMaster: flag(object, "enableActingMaster", false),
  };
}

function writeQueueRoute(queue: QueueRoute): JsonObject {
  return objectOf([
    ["brokerName", queue.brokerName],
    ["perm", queue.perm],
    ["readQueueNums", queue.readQueueCount],
    ["topicSysFlag", queue.topicSysFlag],
    ["writeQueueNums", queue.writeQueueCount],
  ]);
}

function readQueueRoute(value: JsonValue): QueueRoute {
  const object = asObject(value, "a queue of a route");
  return {
    brokerName: text(object, "brokerName"),
    readQueueCount: integer(object, "readQueueNums"),
    writeQueueCount: integer(object, "writeQueueNums"),
    perm: integer(object, "perm"),
    topicSysFlag: integer(object, "topicSysFlag", 0),
  };
}
