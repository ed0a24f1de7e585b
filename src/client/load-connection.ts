/**
 * A connection for measuring: requests leave as bytes that are ready, gathered into one write a turn; of replies only
 * code and opaque are read.
 */
import { DecodeError } from "../core/error.ts";
import { limits } from "../core/limits.ts";
import type { Environment } from "../io/environment.ts";
import type { Address, Connection } from "../io/network.ts";
import { CommandHead, peekCommand, serializeBinary } from "../protocol/remoting/command.ts";
import { FrameReader } from "../protocol/remoting/frame-reader.ts";
import { ClientError, reasonOf } from "./errors.ts";

const firstOutputBytes = 256 * 1024;

export interface LoadConnectionEvents {
  /** A reply came; the bytes are good during the call only. */
  reply(opaque: number, code: number, source: Buffer, start: number, end: number): void;
  /** The connection broke: no reply comes any more. */
  broken(error: ClientError): void;
}

export class LoadConnection {
  readonly address: string;
  readonly #environment: Environment;
  readonly #events: LoadConnectionEvents;
  readonly #reader = new FrameReader(limits.frameBytesMax);
  readonly #head = new CommandHead();
  #connection: Connection | undefined;
  #output = Buffer.allocUnsafeSlow(firstOutputBytes);
  #outputStart = 0;
  #outputEnd = 0;
  #isFlushAsked = false;
  #isBlocked = false;
  #isClosed = false;

  private constructor(environment: Environment, address: string, events: LoadConnectionEvents) {
    this.#environment = environment;
    this.address = address;
    this.#events = events;
  }

  /** Connects. Throws ClientError `unreachable`. */
  static async open(
    environment: Environment,
    target: Address,
    timeoutMs: number,
    events: LoadConnectionEvents,
  ): Promise<LoadConnection> {
    const made = new LoadConnection(environment, `${target.host}:${target.port}`, events);
    try {
      made.#connection = await environment.network.connect(
        target,
        { timeoutMs },
        {
          data: (connection, chunk) => made.#data(connection, chunk),
          drain: () => {
            made.#isBlocked = false;
            made.#flush();
          },
          close: (_, error) => made.#closed(reasonOf(error ?? "closed by the other side")),
        },
      );
    } catch (error) {
      throw new ClientError("unreachable", reasonOf(error), { cause: error });
    }
    return made;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Takes a copy of the frame; it leaves when the turn ends. */
  send(frame: Buffer): void {
    if (this.#isClosed) {
      return;
    }
    this.#makeRoom(frame.length);
    frame.copy(this.#output, this.#outputEnd);
    this.#outputEnd += frame.length;
    if (!this.#isFlushAsked) {
      this.#isFlushAsked = true;
      this.#environment.clock.endOfTurn(() => {
        this.#isFlushAsked = false;
        this.#flush();
      });
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#connection?.close();
  }

  #makeRoom(bytes: number): void {
    if (this.#outputEnd + bytes <= this.#output.length) {
      return;
    }
    const used = this.#outputEnd - this.#outputStart;
    const target =
      used + bytes <= this.#output.length
        ? this.#output
        : Buffer.allocUnsafeSlow(Math.max(this.#output.length * 2, used + bytes));
    this.#output.copy(target, 0, this.#outputStart, this.#outputEnd);
    this.#output = target;
    this.#outputStart = 0;
    this.#outputEnd = used;
  }

  #flush(): void {
    if (this.#isBlocked || this.#isClosed || this.#connection === undefined) {
      return;
    }
    const taken = this.#connection.write(this.#output, this.#outputStart, this.#outputEnd);
    this.#outputStart += taken;
    if (this.#outputStart === this.#outputEnd) {
      this.#outputStart = 0;
      this.#outputEnd = 0;
    } else {
      this.#isBlocked = true;
    }
  }

  #data(connection: Connection, chunk: Buffer): void {
    try {
      this.#reader.push(chunk, this.#onFrame);
    } catch (error) {
      if (!(error instanceof DecodeError)) {
        throw error;
      }
      this.#closed(`it sent what cannot be read: ${error.message}`);
      connection.close();
    }
  }

  /** A binary header says code, flag and opaque at fixed places; a JSON header must be read. */
  readonly #onFrame = (source: Buffer, start: number, end: number): void => {
    if (source[start] === serializeBinary && end - start >= 17) {
      if ((source.readInt32BE(start + 13) & 1) !== 0) {
        const code = source.readInt16BE(start + 4);
        this.#events.reply(source.readInt32BE(start + 9), code, source, start, end);
      }
      return;
    }
    const head = this.#head;
    peekCommand(source, start, end, head, limits.replyHeaderBytesMax);
    if ((head.flag & 1) !== 0) {
      this.#events.reply(head.opaque, head.code, source, start, end);
    }
  };

  #closed(reason: string): void {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#events.broken(
        new ClientError("unreachable", `the connection to ${this.address} broke: ${reason}`),
      );
    }
  }
}
