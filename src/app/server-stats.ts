/** What a listening server counts, broker or nameserver alike. */
import type { RemotingServer } from "../transport/remoting/server.ts";

export interface ServerStats {
  readonly connections: number;
  readonly acceptedConnections: number;
  readonly refusedConnections: number;
  readonly timedOutConnections: number;
  readonly requests: number;
  readonly refusals: number;
  readonly failures: number;
  readonly refusedFrames: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

/** Requests by outcome, as a dispatch counts them. */
interface RequestCounts {
  readonly requestCount: number;
  readonly refusedCount: number;
  readonly failedCount: number;
}

/** Sums over the listeners of one server; a broker with a VIP port has two. */
export function serverStats(
  servers: readonly RemotingServer[],
  requests: RequestCounts,
): ServerStats {
  const sum = (read: (server: RemotingServer) => number): number =>
    servers.reduce((total, server) => total + read(server), 0);
  return {
    connections: sum((server) => server.connectionCount),
    acceptedConnections: sum((server) => server.acceptedConnections),
    refusedConnections: sum((server) => server.refusedConnections),
    timedOutConnections: sum((server) => server.timedOutConnections),
    requests: requests.requestCount,
    refusals: requests.refusedCount,
    failures: requests.failedCount,
    refusedFrames: sum((server) => server.refusedFrames),
    receivedBytes: sum((server) => server.receivedBytes),
    sentBytes: sum((server) => server.sentBytes),
  };
}
