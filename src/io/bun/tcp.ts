/** TCP on Bun. Bun hands over a fresh buffer with each read, so a chunk may be kept by its owner. */
import type { Socket } from "bun";
import {
  type Address,
  type Connection,
  type ConnectionEvents,
  type Listener,
  type Network,
  NetworkError,
} from "../network.ts";

class BunConnection implements Connection {
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly localHost: string;
  readonly localPort: number;
  readonly #socket: Socket<State>;
  #isClosed = false;

  constructor(socket: Socket<State>) {
    this.#socket = socket;
    this.remoteHost = plainAddress(socket.remoteAddress);
    this.remotePort = socket.remotePort;
    this.localHost = plainAddress(socket.localAddress);
    this.localPort = socket.localPort;
  }

  write(source: Buffer, start: number, end: number): number {
    if (this.#isClosed) {
      return 0;
    }
    return Math.max(0, this.#socket.write(source, start, end - start));
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.end();
  }

  close(): void {
    this.#socket.terminate();
  }

  markClosed(): void {
    this.#isClosed = true;
  }
}

interface State {
  connection: BunConnection | undefined;
  events: ConnectionEvents | undefined;
}

const noState = (): State => ({ connection: undefined, events: undefined });

/** Bun reports IPv4 peers of a dual-stack listener as ::ffff:a.b.c.d. */
function plainAddress(host: string): string {
  return host.startsWith("::ffff:") ? host.slice(7) : host;
}

/** What the socket is to us; nothing for one that was reset before Bun reported it open (Bun then has no data). */
function stateOf(socket: Socket<State | undefined>): State {
  return socket.data ?? noState();
}

function closed(socket: Socket<State>, error: Error | undefined): void {
  const { connection, events } = stateOf(socket);
  if (connection === undefined || events === undefined) {
    return;
  }
  socket.data = noState();
  connection.markClosed();
  events.close(connection, error);
}

const handlers = {
  data(socket: Socket<State>, chunk: Buffer): void {
    const { connection, events } = stateOf(socket);
    if (connection !== undefined) {
      events?.data(connection, chunk);
    }
  },
  drain(socket: Socket<State>): void {
    const { connection, events } = stateOf(socket);
    if (connection !== undefined) {
      events?.drain(connection);
    }
  },
  end(socket: Socket<State>): void {
    socket.end();
  },
  close(socket: Socket<State>, error?: Error): void {
    closed(socket, error);
  },
  error(socket: Socket<State>, error: Error): void {
    closed(socket, error);
    socket.terminate();
  },
};

function listen(address: Address, accept: (connection: Connection) => ConnectionEvents): Listener {
  try {
    const server = Bun.listen<State>({
      hostname: address.host,
      port: address.port,
      socket: {
        ...handlers,
        open(socket) {
          const connection = new BunConnection(socket);
          socket.setNoDelay(true);
          socket.data = { connection, events: undefined };
          socket.data.events = accept(connection);
        },
      },
    });
    return { host: address.host, port: server.port, close: () => server.stop(false) };
  } catch (error) {
    throw new NetworkError(`cannot listen on ${address.host}:${address.port}: ${reason(error)}`);
  }
}

async function connect(
  address: Address,
  timeoutMs: number,
  events: ConnectionEvents,
): Promise<Connection> {
  const where = `${address.host}:${address.port}`;
  let isLate = false;
  const attempt = Bun.connect<State>({
    hostname: address.host,
    port: address.port,
    data: noState(),
    socket: {
      ...handlers,
      open(socket) {
        if (isLate) {
          socket.terminate();
          return;
        }
        socket.setNoDelay(true);
        socket.data = { connection: new BunConnection(socket), events };
      },
    },
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isLate = true;
      reject(new NetworkError(`${where} did not answer within ${timeoutMs} ms`));
    }, timeoutMs);
  });
  try {
    const socket = await Promise.race([attempt, late]);
    const { connection } = socket.data;
    if (connection === undefined) {
      throw new NetworkError(`${where} closed the connection`);
    }
    return connection;
  } catch (error) {
    attempt.catch(() => undefined);
    throw error instanceof NetworkError
      ? error
      : new NetworkError(`cannot connect to ${where}: ${reason(error)}`);
  } finally {
    clearTimeout(timer);
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Makes the process's network. */
export function createBunNetwork(): Network {
  return {
    listen,
    connect: (address, { timeoutMs }, events) => connect(address, timeoutMs, events),
  };
}
