/** A nameserver under virtual time, and short words for what brokers and clients say to it. */
import { type NameserverOptions, startNameserver } from "../../src/app/nameserver-app.ts";
import { crc32 } from "../../src/core/crc32.ts";
import type { Environment } from "../../src/io/environment.ts";
import type { Address } from "../../src/io/network.ts";
import { encodeRegistration } from "../../src/protocol/remoting/bodies/registration.ts";
import { decodeTopicRoute } from "../../src/protocol/remoting/bodies/topic-route.ts";
import type { TopicConfig } from "../../src/protocol/remoting/bodies/topic-table.ts";
import type { Command } from "../../src/protocol/remoting/command.ts";
import { registerBroker } from "../../src/protocol/remoting/requests/broker.ts";
import { getRouteInfo } from "../../src/protocol/remoting/requests/route.ts";
import { VirtualWorld } from "./virtual-world.ts";
import { WireClient } from "./wire-client.ts";

export interface Stage {
  readonly world: VirtualWorld;
  readonly there: Environment;
  readonly address: Address;
  /** The nameserver's machine. */
  readonly here: Environment;
  connect(): Promise<WireClient>;
}

/** Starts a nameserver and runs the work with it. */
export function run(
  work: (stage: Stage) => Promise<void>,
  options: Partial<NameserverOptions> = {},
): void {
  const world = new VirtualWorld();
  const there = world.boot("client");
  const here = world.boot("nameserver");
  world.run(async () => {
    const { address } = await startNameserver(here, {
      listen: { host: "127.0.0.1", port: 0 },
      ...options,
    });
    await work({ world, there, here, address, connect: () => WireClient.connect(there, address) });
  });
}

export function topicConfig(
  topic: string,
  queueCount = 4,
  change: Partial<TopicConfig> = {},
): TopicConfig {
  return {
    topic,
    readQueueCount: queueCount,
    writeQueueCount: queueCount,
    perm: 6,
    filterType: "SINGLE_TAG",
    topicSysFlag: 0,
    order: false,
    attributes: new Map(),
    ...change,
  };
}

export interface RegisterParts {
  readonly name?: string;
  readonly id?: number;
  readonly address?: string;
  readonly topics?: readonly TopicConfig[];
  readonly counter?: number;
  readonly crc?: number;
  readonly timeoutMs?: number;
  readonly stateVersion?: number;
  readonly enableActingMaster?: boolean;
  readonly filterServers?: readonly string[];
  readonly mappings?: ReadonlyMap<string, string>;
}

export const dataVersion = (counter: number, stateVersion = 0) => ({
  counter,
  stateVersion,
  timestamp: 1_700_000_000_000,
});

export function identity(parts: RegisterParts) {
  return {
    brokerName: parts.name ?? "a",
    brokerAddress: parts.address ?? "127.0.0.1:10911",
    clusterName: "c",
    brokerId: parts.id ?? 0,
  };
}

export function register(client: WireClient, parts: RegisterParts = {}): Promise<Command> {
  const topics = parts.topics ?? [topicConfig("t"), topicConfig("u")];
  const body = encodeRegistration({
    dataVersion: dataVersion(parts.counter ?? 0, parts.stateVersion),
    topics,
    filterServers: parts.filterServers ?? [],
    mappings: parts.mappings,
  });
  return client.call(
    registerBroker,
    {
      ...identity(parts),
      haServerAddress: "127.0.0.1:10912",
      bodyCrc32: parts.crc ?? crc32(body, 0, body.length),
      heartbeatTimeoutMillis: parts.timeoutMs,
      enableActingMaster: parts.enableActingMaster,
    },
    { body },
  );
}

export async function routeOf(client: WireClient, topic: string): Promise<string> {
  const reply = await client.call(getRouteInfo, { topic });
  if (reply.code !== 0) {
    return String(reply.code);
  }
  const { brokers } = decodeTopicRoute(reply.source, reply.bodyStart, reply.bodyEnd);
  return brokers
    .map((broker) => [broker.brokerName, ...broker.addresses.values()].join("="))
    .join(" ");
}
