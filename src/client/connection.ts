/**
 * One connection to one address, shared by everything that talks there. Replies find their requests by opaque;
 * whatever waits has a time limit, and all of it fails at once when the connection breaks.
 */
import { DecodeError } from "../core/error.ts";
import { limits } from "../core/limits.ts";
import type { Timer } from "../io/clock.ts";
import type { Environment } from "../io/environment.ts";
import type { Address, Connection, ConnectionEvents } from "../io/network.ts";
import {
  type Command,
  decodeCommand,
  encodeCommand,
  flagOneway,
  flagResponse,
  isOneway,
  isResponse,
  type OutgoingCommand,
  type SerializeType,
  serializeBinary,
  serializeJson,
} from "../protocol/remoting/command.ts";
import { FrameReader } from "../protocol/remoting/frame-reader.ts";
import { unsupportedRemark } from "../protocol/remoting/request-code.ts";
import { responseCode } from "../protocol/remoting/response-code.ts";
import { ClientError, reasonOf } from "./errors.ts";

/** A request without what the connection adds. */
export interface ClientRequest {
  readonly code: number;
  readonly fields: Iterable<readonly [string, string]>;
  readonly body?: Buffer | undefined;
}

/** What a handler answers a request of the other side with. */
export interface ServerReply {
  readonly code: number;
  readonly remark?: string | undefined;
  readonly fields?: Iterable<readonly [string, string]> | undefined;
  readonly body?: Buffer | undefined;
}

/** Sees requests that the other side starts (a group changed, offsets were reset); undefined leaves them to others. */
export type ServerRequestHandler = (command: Command) => ServerReply | undefined;

/** Told of each round trip, for `--trace-rpc`. */
export type RoundTripListener = (trip: {
  readonly address: string;
  readonly code: number;
  readonly replyCode: number | undefined;
  readonly elapsedMs: number;
}) => void;

interface Waiter {
  readonly code: number;
  readonly startedMs: number;
  readonly timer: Timer;
  readonly resolve: (reply: Command) => void;
  readonly reject: (error: ClientError) => void;
}

export class ClientConnection {
  readonly address: string;
  readonly #environment: Environment;
  readonly #onServerRequest: ServerRequestHandler;
  readonly #onRoundTrip: RoundTripListener | undefined;
  readonly #reader = new FrameReader(limits.frameBytesMax);
  readonly #waiters = new Map<number, Waiter>();
  /** Bytes that the kernel did not take yet. */
  #unsent: Buffer[] = [];
  #connection: Connection | undefined;
  #lastOpaque = 0;
  #isClosed = false;

  private constructor(
    environment: Environment,
    address: string,
    onServerRequest: ServerRequestHandler,
    onRoundTrip: RoundTripListener | undefined,
  ) {
    this.#environment = environment;
    this.address = address;
    this.#onServerRequest = onServerRequest;
    this.#onRoundTrip = onRoundTrip;
  }

  /** Connects. Throws ClientError `unreachable`. */
  static async open(
    environment: Environment,
    target: Address,
    options: {
      readonly timeoutMs: number;
      readonly onServerRequest: ServerRequestHandler;
      readonly onRoundTrip?: RoundTripListener | undefined;
    },
  ): Promise<ClientConnection> {
    const address = `${target.host}:${target.port}`;
    const made = new ClientConnection(
      environment,
      address,
      options.onServerRequest,
      options.onRoundTrip,
    );
    try {
      made.#connection = await environment.network.connect(
        target,
        { timeoutMs: options.timeoutMs },
        made.#events(),
      );
    } catch (error) {
      throw new ClientError("unreachable", reasonOf(error), { cause: error });
    }
    return made;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Sends and resolves with the reply, whatever its code. Throws ClientError. */
  invoke(request: ClientRequest, timeoutMs: number): Promise<Command> {
    if (this.#isClosed) {
      return Promise.reject(this.#broken(undefined));
    }
    const opaque = this.#nextOpaque();
    return new Promise((resolve, reject) => {
      const timer = this.#environment.clock.after(timeoutMs, () => {
        const waiter = this.#waiters.get(opaque);
        this.#waiters.delete(opaque);
        if (waiter !== undefined) {
          this.#report(waiter, undefined);
        }
        reject(
          new ClientError("timed_out", `${this.address} did not answer within ${timeoutMs} ms`),
        );
      });
      const startedMs = this.#environment.clock.elapsedMs();
      this.#waiters.set(opaque, { code: request.code, startedMs, timer, resolve, reject });
      this.#send({ ...request, opaque, flag: 0, serializeType: headerFor(request.code) });
    });
  }

  /** Sends without wanting an answer. */
  tell(request: ClientRequest): void {
    if (!this.#isClosed) {
      this.#send({
        ...request,
        opaque: this.#nextOpaque(),
        flag: flagOneway,
        serializeType: headerFor(request.code),
      });
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#connection?.end();
    this.#failAll(new ClientError("closed", `the connection to ${this.address} was closed`));
  }

  #events(): ConnectionEvents {
    return {
      data: (connection, chunk) => this.#data(connection, chunk),
      drain: (connection) => this.#drain(connection),
      close: (_, error) => {
        this.#isClosed = true;
        this.#failAll(this.#broken(error));
      },
    };
  }

  #data(connection: Connection, chunk: Buffer): void {
    try {
      this.#reader.push(chunk, (source, start, end) => {
        this.#frame(decodeCommand(source, start, end, limits.frameBytesMax));
      });
    } catch (error) {
      if (!(error instanceof DecodeError)) {
        throw error;
      }
      this.#isClosed = true;
      this.#failAll(
        new ClientError("bad_reply", `${this.address} sent what cannot be read: ${error.message}`),
      );
      connection.close();
    }
  }

  #drain(connection: Connection): void {
    const unsent = this.#unsent;
    this.#unsent = [];
    for (let index = 0; index < unsent.length; index++) {
      const rest = unsent[index] as Buffer;
      const taken = connection.write(rest, 0, rest.length);
      if (taken < rest.length) {
        this.#unsent = [rest.subarray(taken), ...unsent.slice(index + 1)];
        return;
      }
    }
  }

  #send(command: OutgoingCommand): void {
    const frame = encodeCommand(command);
    const connection = this.#connection;
    if (connection === undefined || this.#unsent.length > 0) {
      this.#unsent.push(frame);
      return;
    }
    const taken = connection.write(frame, 0, frame.length);
    if (taken < frame.length) {
      this.#unsent.push(frame.subarray(taken));
    }
  }

  #frame(command: Command): void {
    if (!isResponse(command)) {
      this.#serve(command);
      return;
    }
    const waiter = this.#waiters.get(command.opaque);
    if (waiter === undefined) {
      return;
    }
    this.#waiters.delete(command.opaque);
    waiter.timer.cancel();
    this.#report(waiter, command.code);
    waiter.resolve(command);
  }

  #serve(command: Command): void {
    const reply = this.#onServerRequest(command);
    if (!isOneway(command)) {
      this.#send({
        code: responseCode.requestCodeNotSupported,
        ...(reply ?? { remark: unsupportedRemark(command.code) }),
        opaque: command.opaque,
        flag: flagResponse,
        serializeType: command.serializeType,
      });
    }
  }

  #report(waiter: Waiter, replyCode: number | undefined): void {
    this.#onRoundTrip?.({
      address: this.address,
      code: waiter.code,
      replyCode,
      elapsedMs: this.#environment.clock.elapsedMs() - waiter.startedMs,
    });
  }

  #failAll(error: ClientError): void {
    for (const waiter of this.#waiters.values()) {
      waiter.timer.cancel();
      this.#report(waiter, undefined);
      waiter.reject(error);
    }
    this.#waiters.clear();
    this.#unsent = [];
  }

  #broken(error: Error | undefined): ClientError {
    return new ClientError(
      "unreachable",
      `the connection to ${this.address} broke${error === undefined ? "" : `: ${error.message}`}`,
      { cause: error },
    );
  }

  #nextOpaque(): number {
    this.#lastOpaque = (this.#lastOpaque + 1) & 0x7fffffff;
    return this.#lastOpaque;
  }
}

/** The binary header has 16 bits for a code, and RocketMQ's servers take what they find there as it is. */
function headerFor(code: number): SerializeType {
  return code > 0x7fff ? serializeJson : serializeBinary;
}
