/**
 * Tells brokers of one name that the smallest id among them changed (905): on a connection of its own, since the one
 * they registered on answers nobody. Nothing is answered; who cannot be reached learns it when it registers again.
 */
import { readHostPort } from "../../core/host-port.ts";
import { limits } from "../../core/limits.ts";
import type { Environment } from "../../io/environment.ts";
import type { Log } from "../../io/log.ts";
import type { Address } from "../../io/network.ts";
import type { MinBrokerIdChange } from "../../nameserver/nameserver.ts";
import { notifyMinBrokerId } from "../../protocol/remoting/requests/nameserver.ts";
import { Outbound } from "./outbound.ts";

export class BrokerNotifier {
  readonly #environment: Environment;
  readonly #log: Log;
  #runningCount = 0;

  constructor(environment: Environment) {
    this.#environment = environment;
    this.#log = environment.log.area("nameserver");
  }

  notify(change: MinBrokerIdChange): void {
    const fields = notifyMinBrokerId.encode({
      minBrokerId: change.minBrokerId,
      brokerName: change.brokerName,
      minBrokerAddress: change.minBrokerAddress,
      offlineBrokerAddress: change.offlineAddress,
      haBrokerAddress: change.haServerAddress,
    });
    for (const text of change.addresses) {
      const address = readHostPort(text);
      if (address === undefined || this.#runningCount >= limits.minBrokerIdCallsMax) {
        this.#log.warn("a broker is not told of its smallest id", { broker: text });
      } else {
        void this.#tell(address, fields);
      }
    }
  }

  async #tell(address: Address, fields: ReadonlyMap<string, string>): Promise<void> {
    const { network, clock } = this.#environment;
    const outbound = new Outbound(network, clock, address);
    this.#runningCount++;
    try {
      await outbound.tell({ code: notifyMinBrokerId.code, fields }, limits.registrationTimeoutMs);
    } catch (error) {
      this.#log.warn("a broker is not told of its smallest id", {
        broker: `${address.host}:${address.port}`,
        reason: error instanceof Error ? error.message : String(error),
      });
    } finally {
      this.#runningCount--;
    }
  }
}
