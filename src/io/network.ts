/** TCP, as the product sees it. */

export interface Connection {
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly localHost: string;
  readonly localPort: number;
  /** Hands source[start, end) to the kernel; returns how much was taken. The rest waits for `drain`. The bytes may be reused on return. */
  write(source: Buffer, start: number, end: number): number;
  /** Stops and starts reading; the peer feels it through TCP's window. */
  pause(): void;
  resume(): void;
  /** Sends what was taken, then closes. */
  end(): void;
  /** Closes at once; `close` follows. */
  close(): void;
}

/** What a connection reports to its owner. Calls never overlap; none comes after `close`. */
export interface ConnectionEvents {
  /** The chunk is the owner's: it is not reused. */
  data(connection: Connection, chunk: Buffer): void;
  /** A write that was not taken whole may go on. */
  drain(connection: Connection): void;
  /** Exactly once, whoever closed. */
  close(connection: Connection, error: Error | undefined): void;
}

export interface Listener {
  readonly host: string;
  readonly port: number;
  /** Stops accepting; connections live on. */
  close(): void;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

export class NetworkError extends Error {
  override readonly name = "NetworkError";
}

export interface Network {
  /** Port 0 chooses a free one. Throws NetworkError when the address is taken or not ours. */
  listen(address: Address, accept: (connection: Connection) => ConnectionEvents): Listener;
  /** Rejects with NetworkError when refused, unreachable or not connected within timeoutMs. */
  connect(
    address: Address,
    options: { readonly timeoutMs: number },
    events: ConnectionEvents,
  ): Promise<Connection>;
}
