/**
 * One load against one running broker: starts the client, reads what broker and machine used at the two
 * edges of the measured window, and returns what the client counted in it.
 */
import type { LoadClient } from "./options.ts";

/** What a client says of its measured window. Latencies are of whole requests. */
export interface ClientCount {
  readonly messages: number;
  readonly failures: number;
  readonly firstFailure: string;
  readonly seconds: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly p999Us: number;
}

/** Told when the window opens and closes, with the processor time that the client has used so far. */
export interface WindowEdges {
  opened(clientCpuSeconds: number): void;
  closed(clientCpuSeconds: number): void;
}

export interface LoadRequest {
  /** Sends, or reads a topic from its start to its end, however long that takes. */
  readonly direction: "send" | "read";
  readonly nameserver: string;
  readonly topic: string;
  readonly arguments: readonly string[];
  /** Messages that a reader has to get. */
  readonly count?: number;
  readonly warmupMs: number;
  readonly windowMs: number;
}

export interface LoadRunner {
  readonly client: LoadClient;
  run(request: LoadRequest, edges: WindowEdges): Promise<ClientCount>;
}

/** A counted number of a client's report; anything else is a broken client, not a slow broker. */
export function readNumber(report: unknown, name: string): number {
  if (typeof report === "object" && report !== null) {
    const value: unknown = Reflect.get(report, name);
    if (typeof value === "number" && Number.isFinite(value)) {
      return value;
    }
  }
  throw new Error(`the client's report has no number "${name}": ${JSON.stringify(report)}`);
}
