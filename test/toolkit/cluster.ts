/** The clusters that the script runs against: mq's nameserver and broker, or RocketMQ's. The broker can be killed. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type RocketmqVersion, startRocketmq } from "../../scripts/peer/rocketmq.ts";
import { routeIsKnown } from "../../scripts/peer/route-probe.ts";
import { type ServerProcess, startServer } from "../../scripts/peer/server-process.ts";
import { freePort } from "../support/free-port.ts";

export type ClusterKind = "mq" | RocketmqVersion;

export interface Cluster {
  /** HOST:PORT */
  readonly nameserver: string;
  /** HOST:PORT */
  readonly broker: string;
  readonly brokerPid: number;
  killBroker(): Promise<void>;
  /** Ends both; their stores are not kept. */
  stop(): Promise<void>;
}

/** Every broker that makes topics publishes this template. */
const templateTopic = "TBW102";
const readyTimeoutMs = 30_000;

/** A nameserver and a broker of mq, a process each, below the folder. */
export async function startMqCluster(executable: string, folder: string): Promise<Cluster> {
  mkdirSync(folder, { recursive: true });
  const nameserverPort = await freePort();
  const brokerPort = await freePort();
  const nameserver = `127.0.0.1:${nameserverPort}`;
  const broker = `127.0.0.1:${brokerPort}`;
  const launch = (
    name: "nameserver" | "broker",
    port: number,
    words: readonly string[],
  ): Promise<ServerProcess> =>
    startServer({
      name: `mq ${name}`,
      command: [executable, name, "start", ...words],
      folder,
      environment: { XDG_CONFIG_HOME: folder, XDG_STATE_HOME: folder },
      outputPath: join(folder, `${name}.log`),
      ports: [port],
      readyTimeoutMs,
    });
  const nameserverProcess = await launch("nameserver", nameserverPort, ["--listen", nameserver]);
  const brokerProcess = await launch("broker", brokerPort, [
    ...["--store", join(folder, "store"), "--listen", broker, "--nameserver", nameserver],
    ...["--flush", "async", "--set", "brokerName=broker-a", "--set", "autoCreateTopicEnable=true"],
  ]);
  await routeIsKnown(nameserver, templateTopic);
  return {
    nameserver,
    broker,
    brokerPid: brokerProcess.pid,
    killBroker: () => brokerProcess.end("SIGKILL", 0),
    stop: async () => {
      await brokerProcess.end("SIGKILL", 0);
      await nameserverProcess.end("SIGKILL", 0);
    },
  };
}

/**
 * Ports of its own for each version: both may run at once in the network of this run. They lie below those that a kernel
 * lends to outgoing connections, see test/support/free-port.ts.
 */
export const peerPorts: Readonly<
  Record<RocketmqVersion, readonly [nameserver: number, broker: number]>
> = { "5.5.0": [19_876, 20_911], "4.9.7": [29_876, 30_911] };

export async function startPeerCluster(version: RocketmqVersion): Promise<Cluster> {
  const [nameserverPort, brokerPort] = peerPorts[version];
  const peer = await startRocketmq({
    version,
    flush: "ASYNC_FLUSH",
    heap: "-Xms256m -Xmx768m",
    lenient: true,
    nameserverPort,
    brokerPort,
  });
  await peer.registered();
  return {
    nameserver: peer.nameserver,
    broker: peer.broker,
    brokerPid: peer.pids.broker,
    killBroker: () => peer.kill(),
    stop: async () => {
      // Its orderly stop takes up to half a minute, and nobody reads its store any more.
      await peer.kill();
      await peer.stop();
    },
  };
}
