/** HTTP for people and probes: small answers to GET requests. Messages never go this way. */
import type { Address } from "./network.ts";

export interface HttpReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface HttpListener {
  readonly host: string;
  readonly port: number;
  /** Accepts nobody any more and cuts what is left. */
  close(): void;
}

export interface HttpPort {
  /**
   * Answers GET requests with what `answer` makes of the path; other methods are refused, bodies are not read. Port 0
   * chooses a free one. Throws NetworkError when the address is taken or not ours.
   */
  listen(address: Address, answer: (path: string) => HttpReply | Promise<HttpReply>): HttpListener;
}
