/** A nameserver and a broker in one process: what `mq standalone` and `mq dev` run. */
import type { BrokerOptions } from "../broker/config.ts";
import type { Environment } from "../io/environment.ts";
import type { Address } from "../io/network.ts";
import { type RunningBroker, startBroker } from "./broker-app.ts";
import { type RunningNameserver, startNameserver } from "./nameserver-app.ts";

export interface StandaloneOptions extends Omit<BrokerOptions, "nameservers"> {
  readonly nameserverListen: Address;
  /** Where the nameserver keeps its settings and key-value configuration. */
  readonly nameserverFolder?: string | undefined;
  /** More nameservers to register at. */
  readonly nameservers?: readonly Address[] | undefined;
}

export interface RunningStandalone {
  readonly nameserver: RunningNameserver;
  readonly broker: RunningBroker;
  /** The broker first, so that it can still sign off. Idempotent. */
  stop(): Promise<void>;
}

/** Starts both; topics are made by sends unless the options say otherwise. */
export async function startStandalone(
  environment: Environment,
  options: StandaloneOptions,
): Promise<RunningStandalone> {
  const nameserver = await startNameserver(environment, {
    listen: options.nameserverListen,
    connectionsMax: options.connectionsMax,
    insecureListen: options.insecureListen,
    adminOnDataPort: options.adminOnDataPort,
    folder: options.nameserverFolder,
  });
  try {
    const broker = await startBroker(environment, {
      ...options,
      autoCreateTopics: options.autoCreateTopics ?? true,
      nameservers: [reachable(nameserver.address), ...(options.nameservers ?? [])],
    });
    return {
      nameserver,
      broker,
      async stop() {
        await broker.stop();
        await nameserver.stop();
      },
    };
  } catch (error) {
    await nameserver.stop();
    throw error;
  }
}

/** Where this process reaches its own listener. */
function reachable(address: Address): Address {
  const isEverywhere = address.host === "0.0.0.0" || address.host === "::";
  return isEverywhere ? { host: "127.0.0.1", port: address.port } : address;
}
