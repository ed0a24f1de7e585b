/** A client that is nothing but a socket: what it sends and gets are frames, good or bad. */
import { connect, type Socket } from "node:net";
import {
  type Command,
  decodeCommand,
  encodeCommand,
  isResponse,
  type SerializeType,
} from "../../../src/protocol/remoting/command.ts";
import type { RequestDefinition } from "../../../src/protocol/remoting/define.ts";
import { FrameReader } from "../../../src/protocol/remoting/frame-reader.ts";

export interface Asked {
  readonly code: number;
  readonly fields?: Iterable<readonly [string, string]> | undefined;
  readonly body?: Buffer | undefined;
  readonly serializeType?: SerializeType | undefined;
  readonly version?: number | undefined;
  readonly opaque?: number | undefined;
}

interface Encoding<V> extends Pick<RequestDefinition, "code"> {
  encode(values: V): Map<string, string>;
}

export class RawPeer {
  /** Everything received, in order of arrival. */
  readonly received: Command[] = [];
  isClosed = false;
  readonly #socket: Socket;
  readonly #reader = new FrameReader(16 << 20);
  #waiting: (() => void)[] = [];
  #opaque = 1000;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk) => {
      this.#reader.push(Buffer.from(chunk), (source, start, end) => {
        this.received.push(decodeCommand(source, start, end, 2 << 20));
      });
      this.#wake();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.isClosed = true;
      this.#wake();
    });
  }

  static connect(address: { readonly host: string; readonly port: number }): Promise<RawPeer> {
    return new Promise((resolve, reject) => {
      const socket = connect(address.port, address.host, () => resolve(new RawPeer(socket)));
      socket.once("error", reject);
    });
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Takes nothing that arrives until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Sends a request and returns its opaque. */
  send(asked: Asked, flag = 0): number {
    const opaque = asked.opaque ?? this.#opaque++;
    const serializeType = asked.serializeType ?? 0;
    this.write(encodeCommand({ ...asked, serializeType, opaque, flag }));
    return opaque;
  }

  /** The reply to an opaque, as soon as it is there. */
  reply(opaque: number): Promise<Command> {
    return this.first((command) => isResponse(command) && command.opaque === opaque);
  }

  /** Sends a request and waits for its reply. */
  ask(asked: Asked): Promise<Command> {
    return this.reply(this.send(asked));
  }

  /** As `ask`, with a definition's fields. */
  call<V>(definition: Encoding<V>, values: V, rest: Omit<Asked, "code" | "fields"> = {}) {
    return this.ask({ ...rest, code: definition.code, fields: definition.encode(values) });
  }

  /** The first received command that fits, waiting for it. */
  async first(fits: (command: Command) => boolean): Promise<Command> {
    let found = this.received.find(fits);
    while (found === undefined) {
      if (this.isClosed) {
        throw new Error("the connection closed");
      }
      await this.#change();
      found = this.received.find(fits);
    }
    return found;
  }

  async closed(): Promise<void> {
    while (!this.isClosed) {
      await this.#change();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) {
      resolve();
    }
  }
}

/** The body's text. */
export function bodyText(command: Command): string {
  return command.source.toString("utf8", command.bodyStart, command.bodyEnd);
}

/** The body of a reply that must have succeeded. */
export function bodyOf<V>(
  reply: Command,
  decode: (source: Buffer, start: number, end: number) => V,
): V {
  if (reply.code !== 0) {
    throw new Error(`code ${reply.code}: ${reply.remark ?? ""}`);
  }
  return decode(reply.source, reply.bodyStart, reply.bodyEnd);
}
