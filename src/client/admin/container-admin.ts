/** Broker containers of RocketMQ: one process with several brokers in it. */
import { addBroker, removeBroker } from "../../protocol/remoting/requests/container.ts";
import type { ConnectionPool } from "../connection-pool.ts";

export class ContainerAdmin {
  readonly #pool: ConnectionPool;

  constructor(pool: ConnectionPool) {
    this.#pool = pool;
  }

  /** Starts a broker from a file on the container's machine. Throws ClientError. */
  async addBroker(container: string, configPath: string): Promise<void> {
    await this.#pool.ask(container, {
      code: addBroker.code,
      fields: addBroker.encode({ configPath }),
    });
  }

  /** Stops a broker; its files stay. Throws ClientError. */
  async removeBroker(
    container: string,
    broker: {
      readonly clusterName: string;
      readonly brokerName: string;
      readonly brokerId: number;
    },
  ): Promise<void> {
    await this.#pool.ask(container, {
      code: removeBroker.code,
      fields: removeBroker.encode({
        brokerClusterName: broker.clusterName,
        brokerName: broker.brokerName,
        brokerId: broker.brokerId,
      }),
    });
  }
}
