/** Brokers and nameservers: who is there, and what they say of themselves. */
import type { Cluster } from "../../protocol/remoting/bodies/cluster.ts";
import { decodeTextTable } from "../../protocol/remoting/bodies/text-table.ts";
import { getBrokerRuntimeInfo } from "../../protocol/remoting/requests/broker.ts";
import { getKvConfig } from "../../protocol/remoting/requests/nameserver.ts";
import { getMaxOffset } from "../../protocol/remoting/requests/offset.ts";
import { getClusterInfo } from "../../protocol/remoting/requests/route.ts";
import { versionName } from "../../protocol/remoting/version.ts";
import type { ConnectionPool } from "../connection-pool.ts";
import type { RouteCache } from "../route-cache.ts";
import type { BrokerAddress } from "./broker-address.ts";

/** Brokers of one cluster, or one broker by its name or address. */
export interface BrokerChoice {
  readonly cluster?: string | undefined;
  readonly broker?: string | undefined;
}

export class ClusterAdmin {
  readonly #pool: ConnectionPool;
  readonly #routes: RouteCache;

  constructor(pool: ConnectionPool, routes: RouteCache) {
    this.#pool = pool;
    this.#routes = routes;
  }

  /** `host:port` of each, as they were given. */
  get nameservers(): readonly string[] {
    return this.#routes.nameservers;
  }

  /** All brokers with their replicas, as the first nameserver knows them that answers. */
  describe(): Promise<Cluster> {
    return this.#routes.cluster();
  }

  /** As that one nameserver knows them. */
  describeAt(nameserver: string): Promise<Cluster> {
    return this.#routes.clusterAt(nameserver);
  }

  /** The release that a nameserver names in its answers, as `V5_3_3`. */
  async nameserverVersion(nameserver: string): Promise<string> {
    const reply = await this.#pool.ask(nameserver, { code: getClusterInfo.code, fields: [] });
    return versionName(reply.version);
  }

  /** The smallest question that each of them answers; whatever it says is an answer. Throws ClientError without one. */
  async ping(address: string, kind: "nameserver" | "broker"): Promise<void> {
    const request =
      kind === "nameserver"
        ? {
            code: getKvConfig.code,
            fields: getKvConfig.encode({ namespace: "ORDER_TOPIC_CONFIG", key: "TBW102" }),
          }
        : { code: getMaxOffset.code, fields: getMaxOffset.encode({ topic: "TBW102", queueId: 0 }) };
    await this.#pool.invoke(address, request);
  }

  /** Leaders of all brokers, or of those that are chosen, by name. */
  async brokers(choice: BrokerChoice = {}): Promise<readonly BrokerAddress[]> {
    const { brokers } = await this.#routes.cluster();
    return brokers
      .map((broker) => ({
        brokerName: broker.brokerName,
        clusterName: broker.clusterName,
        address: broker.addresses.get(0) ?? "",
      }))
      .filter(({ address }) => address !== "")
      .filter(({ clusterName }) => choice.cluster === undefined || clusterName === choice.cluster)
      .filter(
        ({ brokerName, address }) =>
          choice.broker === undefined || brokerName === choice.broker || address === choice.broker,
      )
      .sort((left, right) => (left.brokerName < right.brokerName ? -1 : 1));
  }

  /** What a broker says of itself, as texts. */
  async runtimeInfo(address: string): Promise<ReadonlyMap<string, string>> {
    const reply = await this.#pool.ask(address, { code: getBrokerRuntimeInfo.code, fields: [] });
    return decodeTextTable(reply.source, reply.bodyStart, reply.bodyEnd);
  }
}
