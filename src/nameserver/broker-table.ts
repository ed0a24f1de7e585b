/**
 * Which brokers there are: by name, with the addresses of leader (id 0) and replicas (1, 2, …), and by cluster. Knows
 * nothing of topics and of who is alive.
 */
import { MqError } from "../core/error.ts";
import { limits } from "../core/limits.ts";

export interface BrokerAddress {
  readonly clusterName: string;
  readonly brokerName: string;
  readonly brokerId: number;
  readonly address: string;
}

export interface BrokerRoute {
  readonly clusterName: string;
  readonly brokerName: string;
  /** `host:port` by broker id; 0 is the leader. */
  readonly addresses: ReadonlyMap<number, string>;
  /** While there is no leader, the replica with the smallest id may stand in for it, for reading. */
  readonly enableActingMaster: boolean;
}

interface BrokerEntry extends BrokerRoute {
  readonly addresses: Map<number, string>;
}

export class BrokerTable {
  readonly #brokers = new Map<string, BrokerEntry>();

  get count(): number {
    return this.#brokers.size;
  }

  get(brokerName: string): BrokerRoute | undefined {
    return this.#brokers.get(brokerName);
  }

  /** Whether that broker is known under that id. */
  has(broker: BrokerAddress): boolean {
    return this.#brokers.get(broker.brokerName)?.addresses.has(broker.brokerId) === true;
  }

  /** The address of a broker's leader, undefined without one. */
  leaderOf(brokerName: string): string | undefined {
    return this.#brokers.get(brokerName)?.addresses.get(0);
  }

  /** The smallest id of a broker that is there, undefined without any. */
  minIdOf(brokerName: string): number | undefined {
    const addresses = this.#brokers.get(brokerName)?.addresses;
    return addresses === undefined || addresses.size === 0
      ? undefined
      : Math.min(...addresses.keys());
  }

  /** Enters a broker; an address that it had under another id is taken away. Throws MqError `broker_busy`. */
  add(broker: BrokerAddress, enableActingMaster: boolean): void {
    const { clusterName, brokerName, brokerId, address } = broker;
    const known = this.#brokers.get(brokerName);
    if (known === undefined && this.#brokers.size >= limits.brokersMax) {
      throw new MqError("broker_busy", `a nameserver knows at most ${limits.brokersMax} brokers`);
    }
    const addresses = known?.addresses ?? new Map<number, string>();
    for (const [id, other] of addresses) {
      if (other === address && id !== brokerId) {
        addresses.delete(id);
      }
    }
    if (!addresses.has(brokerId) && addresses.size >= limits.brokerReplicasMax) {
      throw new MqError(
        "broker_busy",
        `a broker has at most ${limits.brokerReplicasMax} addresses`,
      );
    }
    addresses.set(brokerId, address);
    this.#brokers.set(brokerName, { clusterName, brokerName, addresses, enableActingMaster });
  }

  /** Takes an address out. Tells whether it was there, and whether others of its name are left. */
  remove(broker: BrokerAddress): "unknown" | "others_left" | "last" {
    const { brokerName, brokerId, address } = broker;
    const entry = this.#brokers.get(brokerName);
    if (entry === undefined || entry.addresses.get(brokerId) !== address) {
      return "unknown";
    }
    entry.addresses.delete(brokerId);
    if (entry.addresses.size > 0) {
      return "others_left";
    }
    this.#brokers.delete(brokerName);
    return "last";
  }

  all(): readonly BrokerRoute[] {
    return [...this.#brokers.values()];
  }

  /** Broker names by cluster. */
  clusters(): ReadonlyMap<string, readonly string[]> {
    const clusters = new Map<string, string[]>();
    for (const { clusterName, brokerName } of this.#brokers.values()) {
      const names = clusters.get(clusterName);
      if (names === undefined) {
        clusters.set(clusterName, [brokerName]);
      } else {
        names.push(brokerName);
      }
    }
    return clusters;
  }
}
