/**
 * Requests of ours to another process: one connection to one address, made when it is needed, answers matched by
 * number. A call that fails takes its connection with it; the next call makes a new one.
 */
import { DecodeError, MqError } from "../../core/error.ts";
import { limits } from "../../core/limits.ts";
import type { Clock } from "../../io/clock.ts";
import {
  type Address,
  type Connection,
  type ConnectionEvents,
  type Network,
  NetworkError,
} from "../../io/network.ts";
import {
  type Command,
  decodeCommand,
  encodeCommand,
  flagOneway,
  isResponse,
  serializeJson,
} from "../../protocol/remoting/command.ts";
import { FrameReader } from "../../protocol/remoting/frame-reader.ts";
import { responseCode } from "../../protocol/remoting/response-code.ts";

interface Waiting {
  readonly resolve: (reply: Command) => void;
  readonly reject: (error: Error) => void;
}

/** A connection with what is not sent yet and who waits. */
class Line implements ConnectionEvents {
  connection: Connection | undefined;
  readonly waiting = new Map<number, Waiting>();
  readonly #reader = new FrameReader(limits.frameBytesMax);
  readonly #unsent: Buffer[] = [];
  readonly #onClose: (line: Line) => void;

  constructor(onClose: (line: Line) => void) {
    this.#onClose = onClose;
  }

  send(frame: Buffer): void {
    this.#unsent.push(frame);
    this.#flush();
  }

  data(_connection: Connection, chunk: Buffer): void {
    try {
      this.#reader.push(chunk, (source, start, end) => this.#frame(source, start, end));
    } catch (error) {
      if (!(error instanceof DecodeError)) {
        throw error;
      }
      this.connection?.close();
    }
  }

  drain(): void {
    this.#flush();
  }

  close(_connection: Connection, error: Error | undefined): void {
    this.fail(new NetworkError(error?.message ?? "the connection closed"));
  }

  /** Everybody who waits is told; idempotent. */
  fail(error: Error): void {
    this.#onClose(this);
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const one of waiting) {
      one.reject(error);
    }
  }

  #frame(source: Buffer, start: number, end: number): void {
    const command = decodeCommand(source, start, end, limits.replyHeaderBytesMax);
    if (isResponse(command)) {
      const one = this.waiting.get(command.opaque);
      this.waiting.delete(command.opaque);
      one?.resolve(command);
    }
  }

  #flush(): void {
    const { connection } = this;
    while (connection !== undefined && this.#unsent.length > 0) {
      const frame = this.#unsent[0] as Buffer;
      const taken = connection.write(frame, 0, frame.length);
      if (taken < frame.length) {
        this.#unsent[0] = frame.subarray(taken);
        return;
      }
      this.#unsent.shift();
    }
  }
}

export interface OutboundRequest {
  readonly code: number;
  readonly fields: ReadonlyMap<string, string>;
  readonly body?: Buffer | undefined;
}

export class Outbound {
  readonly #network: Network;
  readonly #clock: Clock;
  readonly #address: Address;
  #line: Promise<Line> | undefined;
  #nextOpaque = 0;
  #isClosed = false;
  #lost: () => void = () => {};

  constructor(network: Network, clock: Clock, address: Address) {
    this.#network = network;
    this.#clock = clock;
    this.#address = address;
  }

  /** The reply with code 0. Rejects with NetworkError, or MqError `bad_request` with what was said instead. */
  async call(request: OutboundRequest, timeoutMs: number): Promise<Command> {
    if (this.#isClosed) {
      throw new NetworkError("closed");
    }
    const line = await this.#connected(timeoutMs);
    const opaque = this.#nextOpaque++;
    const reply = await new Promise<Command>((resolve, reject) => {
      const timer = this.#clock.after(timeoutMs, () => {
        line.connection?.close();
        line.fail(new NetworkError(`no answer within ${timeoutMs} ms`));
      });
      line.waiting.set(opaque, {
        resolve: (command) => {
          timer.cancel();
          resolve(command);
        },
        reject: (error) => {
          timer.cancel();
          reject(error);
        },
      });
      line.send(encodeCommand({ ...request, opaque, flag: 0, serializeType: serializeJson }));
    });
    if (reply.code !== responseCode.success) {
      throw new MqError("bad_request", `code ${reply.code}: ${reply.remark ?? ""}`);
    }
    return reply;
  }

  /** Says something that is not answered, and closes behind it. Rejects with NetworkError. */
  async tell(request: OutboundRequest, timeoutMs: number): Promise<void> {
    const line = await this.#connected(timeoutMs);
    this.#isClosed = true;
    line.send(
      encodeCommand({ ...request, opaque: 0, flag: flagOneway, serializeType: serializeJson }),
    );
    line.connection?.end();
  }

  /** Called whenever a connection that stood has ended, but for `close`. */
  onLost(run: () => void): void {
    this.#lost = run;
  }

  /** Idempotent; calls that wait are rejected. */
  close(): void {
    this.#isClosed = true;
    void this.#line?.then(
      (line) => line.connection?.close(),
      () => undefined,
    );
    this.#line = undefined;
  }

  #connected(timeoutMs: number): Promise<Line> {
    this.#line ??= this.#connect(timeoutMs);
    return this.#line;
  }

  async #connect(timeoutMs: number): Promise<Line> {
    let isGone = false;
    const line: Line = new Line(() => {
      if (!isGone) {
        isGone = true;
        this.#line = undefined;
        if (!this.#isClosed && line.connection !== undefined) {
          this.#lost();
        }
      }
    });
    try {
      line.connection = await this.#network.connect(this.#address, { timeoutMs }, line);
    } catch (error) {
      this.#line = undefined;
      throw error;
    }
    if (isGone) {
      throw new NetworkError("the connection closed");
    }
    return line;
  }
}
