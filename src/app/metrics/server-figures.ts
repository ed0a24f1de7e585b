/** Connections and requests of the listening servers, what the nameserver knows, and the process itself. */
import { version } from "../../core/version.ts";
import type { ServerStats } from "../server-stats.ts";
import type { Figure, Reading } from "./figure.ts";
import { ofServers } from "./figure-sources.ts";
import type { Snapshot } from "./snapshot.ts";

export const serverFigures: readonly Figure<Snapshot>[] = [
  ofServers({
    name: "mq.connections",
    kind: "gauge",
    unit: "{connection}",
    about: "Connections that are open.",
    read: (stats) => stats.connections,
  }),
  ofServers({
    name: "mq.connections.accepted",
    kind: "counter",
    unit: "{connection}",
    about: "Connections accepted since the start.",
    read: (stats) => stats.acceptedConnections,
  }),
  ofServers({
    name: "mq.connections.refused",
    kind: "counter",
    unit: "{connection}",
    about: "Connections closed at once because there were too many.",
    read: (stats) => stats.refusedConnections,
  }),
  ofServers({
    name: "mq.connections.expired",
    kind: "counter",
    unit: "{connection}",
    about: "Connections closed because they made no progress or were idle.",
    read: (stats) => stats.timedOutConnections,
  }),
  {
    name: "mq.requests",
    kind: "counter",
    unit: "{request}",
    about: "Requests by outcome: refused ones have a reason, failed ones are errors of ours.",
    read: ({ broker, nameserver }) => [
      ...(broker === undefined ? [] : outcomes("broker", broker.stats)),
      ...(nameserver === undefined ? [] : outcomes("nameserver", nameserver)),
    ],
  },
  ofServers({
    name: "mq.frames.refused",
    kind: "counter",
    unit: "{frame}",
    about: "Connections closed because what they sent could not be understood.",
    read: (stats) => stats.refusedFrames,
  }),
  ofServers({
    name: "mq.network.received.bytes",
    kind: "counter",
    unit: "By",
    about: "Bytes received.",
    read: (stats) => stats.receivedBytes,
  }),
  ofServers({
    name: "mq.network.sent.bytes",
    kind: "counter",
    unit: "By",
    about: "Bytes sent.",
    read: (stats) => stats.sentBytes,
  }),
];

function outcomes(server: string, stats: ServerStats): readonly Reading[] {
  const { requests, refusals, failures } = stats;
  const rows = { answered: requests - refusals - failures, refused: refusals, failed: failures };
  return Object.entries(rows).map(([outcome, value]) => ({
    value,
    attributes: { server, outcome },
  }));
}

export const nameserverFigures: readonly Figure<Snapshot>[] = [
  {
    name: "mq.nameserver.brokers",
    kind: "gauge",
    unit: "{broker}",
    about: "Brokers that the nameserver knows.",
    read: (snapshot) => snapshot.nameserver?.brokers,
  },
  {
    name: "mq.nameserver.topics",
    kind: "gauge",
    unit: "{topic}",
    about: "Topics that the nameserver has routes of.",
    read: (snapshot) => snapshot.nameserver?.topics,
  },
];

export const processFigures: readonly Figure<Snapshot>[] = [
  {
    name: "mq.info",
    kind: "gauge",
    unit: "1",
    about: "Always 1; says what runs.",
    read: ({ broker }) => [
      {
        value: 1,
        attributes: {
          version,
          ...(broker === undefined
            ? {}
            : { broker: broker.stats.brokerName, cluster: broker.stats.clusterName }),
        },
      },
    ],
  },
  {
    name: "mq.process.memory.bytes",
    kind: "gauge",
    unit: "By",
    about: "Memory that the process has resident.",
    read: (snapshot) => snapshot.process.residentBytes,
  },
  {
    name: "mq.process.cpu.seconds",
    kind: "counter",
    unit: "s",
    about: "CPU time that the process has taken.",
    read: (snapshot) => snapshot.process.cpuSeconds,
  },
  {
    name: "mq.process.up.seconds",
    kind: "gauge",
    unit: "s",
    about: "How long the process has run.",
    read: ({ upSeconds }) => upSeconds,
  },
];
