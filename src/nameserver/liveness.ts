/**
 * Which brokers are alive: those that spoke within the time they asked for, on a connection that still stands. The
 * end of the connection that registered last takes a broker out at once; the end of an older one says nothing.
 */
import { limits } from "../core/limits.ts";
import type { BrokerAddress } from "./broker-table.ts";

export interface DataVersion {
  readonly counter: number;
  readonly stateVersion: number;
  readonly timestamp: number;
}

/** The connection a broker registered on; compared by identity. */
export type Link = object;

interface LiveBroker {
  readonly broker: BrokerAddress;
  readonly link: Link;
  readonly expiryMs: number;
  readonly haServerAddress: string;
  readonly filterServers: readonly string[];
  dataVersion: DataVersion;
  lastHeardMs: number;
}

export class Liveness {
  readonly #live = new Map<string, LiveBroker>();

  /** Notes a registration; returns whether the broker's table changed since the last, or is new. */
  register(
    broker: BrokerAddress,
    registration: {
      readonly link: Link;
      readonly dataVersion: DataVersion;
      readonly expiryMs: number | undefined;
      readonly haServerAddress: string;
      readonly filterServers: readonly string[];
      readonly nowMs: number;
    },
  ): boolean {
    const { link, dataVersion, expiryMs, haServerAddress, filterServers, nowMs } = registration;
    const key = keyOf(broker);
    const before = this.#live.get(key);
    const isWanted = expiryMs !== undefined && expiryMs > 0;
    this.#live.set(key, {
      broker,
      link,
      expiryMs: isWanted ? Math.min(expiryMs, limits.brokerExpiryMsMax) : limits.brokerExpiryMs,
      haServerAddress,
      filterServers,
      dataVersion,
      lastHeardMs: nowMs,
    });
    return before === undefined || !isSame(before.dataVersion, dataVersion);
  }

  /** What the broker last told of its table; undefined when it is not known. Counts as a sign of life when equal. */
  query(
    broker: BrokerAddress,
    dataVersion: DataVersion,
    nowMs: number,
  ): { readonly isChanged: boolean; readonly known: DataVersion | undefined } {
    const live = this.#live.get(keyOf(broker));
    const isChanged = live === undefined || !isSame(live.dataVersion, dataVersion);
    if (live !== undefined && !isChanged) {
      live.lastHeardMs = nowMs;
    }
    return { isChanged, known: live?.dataVersion };
  }

  /** A sign of life of a broker that is known. */
  heard(broker: Pick<BrokerAddress, "clusterName" | "address">, nowMs: number): void {
    const live = this.#live.get(keyOf(broker));
    if (live !== undefined) {
      live.lastHeardMs = nowMs;
    }
  }

  /** What the broker last told of its table; undefined when it is not known. */
  dataVersionOf(broker: Pick<BrokerAddress, "clusterName" | "address">): DataVersion | undefined {
    return this.#live.get(keyOf(broker))?.dataVersion;
  }

  /** Where replicas find the broker, empty when it is not known. */
  haServerAddressOf(broker: Pick<BrokerAddress, "clusterName" | "address">): string {
    return this.#live.get(keyOf(broker))?.haServerAddress ?? "";
  }

  /** Filter servers of the broker at the address. */
  filterServersOf(broker: Pick<BrokerAddress, "clusterName" | "address">): readonly string[] {
    return this.#live.get(keyOf(broker))?.filterServers ?? [];
  }

  forget(broker: Pick<BrokerAddress, "clusterName" | "address">): void {
    this.#live.delete(keyOf(broker));
  }

  /** Brokers whose last registration came over the link; they are forgotten. */
  takeOfLink(link: Link): readonly BrokerAddress[] {
    return this.#takeWhere((live) => live.link === link);
  }

  /** Brokers that were silent for too long; they are forgotten. */
  takeExpired(nowMs: number): readonly BrokerAddress[] {
    return this.#takeWhere((live) => nowMs - live.lastHeardMs > live.expiryMs);
  }

  #takeWhere(isGone: (live: LiveBroker) => boolean): readonly BrokerAddress[] {
    const taken: BrokerAddress[] = [];
    for (const [key, live] of this.#live) {
      if (isGone(live)) {
        this.#live.delete(key);
        taken.push(live.broker);
      }
    }
    return taken;
  }
}

function isSame(left: DataVersion, right: DataVersion): boolean {
  return (
    left.counter === right.counter &&
    left.stateVersion === right.stateVersion &&
    left.timestamp === right.timestamp
  );
}

function keyOf(broker: Pick<BrokerAddress, "clusterName" | "address">): string {
  return `${broker.clusterName} ${broker.address}`;
}
