/** A nameserver process: its tables behind one listener. */
import type { Environment } from "../io/environment.ts";
import type { Address } from "../io/network.ts";
import { Nameserver } from "../nameserver/nameserver.ts";
import { BrokerNotifier } from "../transport/remoting/broker-notifier.ts";
import { createNameserverDispatch } from "../transport/remoting/nameserver-handlers/index.ts";
import { RemotingServer } from "../transport/remoting/server.ts";
import { answersAdmin, checkListen } from "./listeners.ts";
import { type ServerStats, serverStats } from "./server-stats.ts";

export interface NameserverOptions {
  readonly listen: Address;
  readonly connectionsMax?: number | undefined;
  readonly insecureListen?: boolean | undefined;
  readonly adminOnDataPort?: boolean | undefined;
  /** Where settings and key-value configuration are kept; without it they live as long as the process. */
  readonly folder?: string | undefined;
}

/** A running nameserver's numbers. */
export interface NameserverStats extends ServerStats {
  readonly brokers: number;
  readonly topics: number;
}

export interface RunningNameserver {
  readonly address: Address;
  readonly stats: () => NameserverStats;
  /** The brokers that are registered, each under its leader's address. */
  readonly brokers: () => readonly { readonly brokerName: string; readonly address: string }[];
  /** Accepts nobody any more and closes. Idempotent. */
  stop(): Promise<void>;
}

/** Starts a nameserver. Throws MqError for settings that cannot be, NetworkError when it cannot listen. */
export async function startNameserver(
  environment: Environment,
  options: NameserverOptions,
): Promise<RunningNameserver> {
  checkListen(options.listen, options);
  const notifier = new BrokerNotifier(environment);
  const nameserver = new Nameserver(environment, {
    folder: options.folder,
    onMinBrokerIdChange: (change) => notifier.notify(change),
  });
  const receiver = createNameserverDispatch(nameserver, {
    isAdminAllowed: answersAdmin(options.listen, options),
    log: environment.log.area("nameserver"),
  });
  const server = new RemotingServer(environment, {
    address: options.listen,
    receiver,
    area: "nameserver",
    connectionsMax: options.connectionsMax,
  });
  nameserver.start();
  let stopping: Promise<void> | undefined;
  return {
    address: server.address,
    stats: () => ({
      ...serverStats([server], receiver),
      brokers: nameserver.routes.brokerCount,
      topics: nameserver.routes.topicCount,
    }),
    brokers: () =>
      nameserver.routes.brokers
        .all()
        .map(({ brokerName, addresses }) => ({ brokerName, address: addresses.get(0) ?? "" })),
    stop() {
      nameserver.stop();
      stopping ??= server.stop();
      return stopping;
    },
  };
}
