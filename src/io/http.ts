/** HTTP for people and probes: small answers to GET requests, and streams of lines. Messages never go this way. */
import type { Address } from "./network.ts";

/** A body that comes in pieces, asked for as the reader takes them. */
export interface HttpStream {
  /** The next piece; undefined at the end. */
  next(): Promise<string | undefined>;
  /** The reader has gone, or wants no body. Always called, perhaps more than once. */
  close(): void;
}

export interface HttpReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | HttpStream;
}

export interface HttpListener {
  readonly host: string;
  readonly port: number;
  /** Accepts nobody any more and cuts what is left. */
  close(): void;
}

/** What a server answered. */
export interface HttpAnswer {
  readonly status: number;
  /** The body line by line, without line ends; throws NetworkError when it breaks off. */
  readonly lines: AsyncIterable<string>;
  /** The body as it comes, for whoever does not read lines; throws NetworkError when it breaks off. */
  readonly pieces: AsyncIterable<Uint8Array>;
}

export interface HttpPort {
  /**
   * Answers GET requests with what `answer` makes of path and query; other methods are refused, bodies are not read.
   * Port 0 chooses a free one. Throws NetworkError when the address is taken or not ours.
   */
  listen(
    address: Address,
    answer: (path: string, query: URLSearchParams) => HttpReply | Promise<HttpReply>,
  ): HttpListener;
  /**
   * Asks for a path with its query. Rejects with NetworkError when nobody answers within the time; the body may take
   * as long as it likes, until the signal is aborted.
   */
  get(
    address: Address,
    path: string,
    options: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<HttpAnswer>;
}
