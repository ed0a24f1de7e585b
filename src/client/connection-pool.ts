/** Connections by address: one each, made on first use, made anew after one broke. */
import { readHostPort } from "../core/host-port.ts";
import type { Environment } from "../io/environment.ts";
import type { Address } from "../io/network.ts";
import type { Command } from "../protocol/remoting/command.ts";
import { responseCode } from "../protocol/remoting/response-code.ts";
import {
  ClientConnection,
  type ClientRequest,
  type RoundTripListener,
  type ServerRequestHandler,
} from "./connection.ts";
import { ClientError } from "./errors.ts";

export interface PoolOptions {
  readonly environment: Environment;
  readonly timeoutMs: number;
  readonly onRoundTrip?: RoundTripListener | undefined;
  /** Tries more to connect; none without `wait`. */
  readonly connectRetries?: number | undefined;
  readonly wait?: ((ms: number) => Promise<void>) | undefined;
}

const retryAfterMs = 200;
const retryAfterMsMax = 5_000;

export class ConnectionPool {
  readonly #options: PoolOptions;
  readonly #connections = new Map<string, Promise<ClientConnection>>();
  readonly #handlers: ServerRequestHandler[] = [];
  #isClosed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Adds a handler for what brokers start; the first that answers decides. */
  onServerRequest(handler: ServerRequestHandler): void {
    this.#handlers.push(handler);
  }

  /** Sends to the address and resolves with the reply, whatever its code. Throws ClientError. */
  async invoke(
    address: string,
    request: ClientRequest,
    timeoutMs: number = this.#options.timeoutMs,
  ): Promise<Command> {
    const connection = await this.#connection(address);
    return await connection.invoke(request, timeoutMs);
  }

  /** As invoke, but a reply with another code than success is thrown as `refused`. */
  async ask(address: string, request: ClientRequest, timeoutMs?: number): Promise<Command> {
    const reply = await this.invoke(address, request, timeoutMs);
    mustSucceed(address, reply);
    return reply;
  }

  async tell(address: string, request: ClientRequest): Promise<void> {
    (await this.#connection(address)).tell(request);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const all = [...this.#connections.values()];
    this.#connections.clear();
    for (const each of all) {
      await each.then(
        (connection) => connection.close(),
        () => undefined,
      );
    }
  }

  async #connection(address: string): Promise<ClientConnection> {
    if (this.#isClosed) {
      throw new ClientError("closed", "the client was closed");
    }
    const known = this.#connections.get(address);
    if (known !== undefined) {
      const connection = await known;
      if (!connection.isClosed) {
        return connection;
      }
      // Whoever comes first after the break makes the new one; the others find it here.
      if (this.#connections.get(address) === known) {
        this.#connections.delete(address);
      }
      return await this.#connection(address);
    }
    const opening = this.#open(address);
    this.#connections.set(address, opening);
    try {
      return await opening;
    } catch (error) {
      this.#connections.delete(address);
      throw error;
    }
  }

  /** Nothing was sent before a connection is made, so that trying again repeats nothing. */
  async #open(address: string): Promise<ClientConnection> {
    const { connectRetries = 0, wait } = this.#options;
    for (let tried = 0; ; tried++) {
      try {
        return await this.#connect(address);
      } catch (error) {
        const mayRetry = error instanceof ClientError && error.kind === "unreachable";
        if (!mayRetry || tried >= connectRetries || wait === undefined || this.#isClosed) {
          throw error;
        }
        await wait(Math.min(retryAfterMs * 2 ** tried, retryAfterMsMax));
      }
    }
  }

  #connect(address: string): Promise<ClientConnection> {
    return ClientConnection.open(this.#options.environment, parseAddress(address), {
      timeoutMs: this.#options.timeoutMs,
      onServerRequest: (command) => {
        for (const handler of this.#handlers) {
          const reply = handler(command);
          if (reply !== undefined) {
            return reply;
          }
        }
        return undefined;
      },
      onRoundTrip: this.#options.onRoundTrip,
    });
  }
}

/** The error for a reply that says no. */
export function refusal(address: string, reply: Command): ClientError {
  const remark = reply.remark?.trim() || "no reason was given";
  return new ClientError("refused", `${address} answered ${reply.code}: ${remark}`, {
    code: reply.code,
    address,
  });
}

/** Throws ClientError `refused` for a reply that says no. */
export function mustSucceed(address: string, reply: Command): void {
  if (reply.code !== responseCode.success) {
    throw refusal(address, reply);
  }
}

/** `host:port`, split at the last colon. Throws ClientError. */
export function parseAddress(text: string): Address {
  const address = readHostPort(text);
  if (address === undefined) {
    throw new ClientError("unreachable", `'${text}' is no HOST:PORT`);
  }
  return address;
}
