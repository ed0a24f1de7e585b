/** All brokers and clusters a nameserver knows (106). Broker ids are quoted: all readers of this body take that. */
import { encodeJson } from "../json.ts";
import { objectOf, parseObject, table, texts } from "../json-members.ts";
import { type BrokerRoute, readBrokerRoute, writeBrokerRoute } from "./topic-route.ts";

export interface Cluster {
  readonly brokers: readonly BrokerRoute[];
  /** Broker names by cluster name. */
  readonly clusters: ReadonlyMap<string, readonly string[]>;
}

export function encodeCluster(cluster: Cluster): Buffer {
  return encodeJson(
    objectOf([
      [
        "brokerAddrTable",
        objectOf(
          cluster.brokers.map((broker) => [broker.brokerName, writeBrokerRoute(broker, true)]),
        ),
      ],
      ["clusterAddrTable", objectOf(cluster.clusters)],
    ]),
  );
}

export function decodeCluster(source: Buffer, start: number, end: number): Cluster {
  const object = parseObject(source, start, end);
  const clusterTable = table(object, "clusterAddrTable");
  return {
    brokers: [...table(object, "brokerAddrTable").values()].map(readBrokerRoute),
    clusters: new Map([...clusterTable.keys()].map((name) => [name, texts(clusterTable, name)])),
  };
}
