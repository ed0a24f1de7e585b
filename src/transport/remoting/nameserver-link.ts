/** One nameserver, as a broker calls it over remoting (103, 104). */
import type { BrokerConfig } from "../../broker/config.ts";
import type { DataVersion, NameserverPort } from "../../broker/ports.ts";
import type { TopicConfig } from "../../broker/topic/topic-config.ts";
import { crc32 } from "../../core/crc32.ts";
import { limits } from "../../core/limits.ts";
import type { Environment } from "../../io/environment.ts";
import type { Address } from "../../io/network.ts";
import { encodeRegistration } from "../../protocol/remoting/bodies/registration.ts";
import { registerBroker, unregisterBroker } from "../../protocol/remoting/requests/broker.ts";
import { Outbound } from "./outbound.ts";

export class NameserverLink implements NameserverPort {
  readonly name: string;
  readonly #outbound: Outbound;
  readonly #identity: {
    readonly brokerName: string;
    readonly brokerAddress: string;
    readonly clusterName: string;
    readonly brokerId: number;
  };

  constructor(
    environment: Environment,
    nameserver: Address,
    broker: { readonly config: BrokerConfig; readonly advertised: Address },
  ) {
    const { config, advertised } = broker;
    this.name = `${nameserver.host}:${nameserver.port}`;
    this.#outbound = new Outbound(environment.network, environment.clock, nameserver);
    this.#identity = {
      brokerName: config.brokerName,
      brokerAddress: `${advertised.host}:${advertised.port}`,
      clusterName: config.clusterName,
      brokerId: config.brokerId,
    };
  }

  async register(
    topics: readonly TopicConfig[],
    dataVersion: DataVersion,
    options: { readonly isAll: boolean },
  ): Promise<void> {
    const body = encodeRegistration({ dataVersion, topics, filterServers: [] });
    const fields = registerBroker.encode({
      ...this.#identity,
      haServerAddress: "",
      enableActingMaster: false,
      compressed: false,
      bodyCrc32: crc32(body, 0, body.length),
      ...(options.isAll ? { isAllTopics: true } : {}),
    });
    await this.#outbound.call(
      { code: registerBroker.code, fields, body },
      limits.registrationTimeoutMs,
    );
  }

  async unregister(): Promise<void> {
    const fields = unregisterBroker.encode(this.#identity);
    await this.#outbound.call(
      { code: unregisterBroker.code, fields },
      limits.registrationTimeoutMs,
    );
  }

  onLost(run: () => void): void {
    this.#outbound.onLost(run);
  }

  close(): void {
    this.#outbound.close();
  }
}
