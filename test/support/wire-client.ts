/**
 * A client that speaks the wire and nothing more: one connection, requests by definition, raw bytes when a test
 * wants to be rude. It waits for conditions, never for time.
 */
import { limits } from "../../src/core/limits.ts";
import type { Environment } from "../../src/io/environment.ts";
import type { Address, Connection } from "../../src/io/network.ts";
import {
  type Command,
  decodeCommand,
  encodeCommand,
  flagOneway,
  isResponse,
  type SerializeType,
} from "../../src/protocol/remoting/command.ts";
import type {
  FieldDefinitions,
  RequestDefinition,
  ValuesOf,
} from "../../src/protocol/remoting/define.ts";
import { FrameReader } from "../../src/protocol/remoting/frame-reader.ts";

export interface CallOptions {
  readonly body?: Buffer;
  readonly serializeType?: SerializeType;
  readonly version?: number;
  readonly isOneway?: boolean;
}

/** Longest wait of a test for anything: reached only when it fails. */
const patienceMs = 30_000;

export class WireClient {
  readonly connection: Connection;
  /** Requests that the server sent. */
  readonly requests: Command[] = [];
  /** Replies that nobody had asked for. */
  readonly strays: Command[] = [];
  isClosed = false;
  receivedBytes = 0;
  readonly #waiting = new Map<number, (reply: Command) => void>();
  readonly #watchers = new Set<() => void>();
  readonly #unsent: Buffer[];
  #nextOpaque = 1;

  private constructor(connection: Connection, unsent: Buffer[]) {
    this.connection = connection;
    this.#unsent = unsent;
  }

  static async connect(environment: Environment, address: Address): Promise<WireClient> {
    const reader = new FrameReader(limits.frameBytesMax);
    const unsent: Buffer[] = [];
    let client: WireClient | undefined;
    const connection = await environment.network.connect(
      address,
      { timeoutMs: patienceMs },
      {
        data(_connection, chunk) {
          if (client !== undefined) {
            client.receivedBytes += chunk.length;
          }
          reader.push(chunk, (source, start, end) => client?.take(source, start, end));
        },
        drain: () => client?.flush(),
        close() {
          if (client !== undefined) {
            client.isClosed = true;
            client.changed();
          }
        },
      },
    );
    client = new WireClient(connection, unsent);
    return client;
  }

  /** Sends a request by its definition; the reply, whatever its code. */
  call<Q extends FieldDefinitions, A extends FieldDefinitions>(
    definition: RequestDefinition<Q, A>,
    values: ValuesOf<Q>,
    options: CallOptions = {},
  ): Promise<Command> {
    return this.request(definition.code, definition.encode(values), options);
  }

  /** Sends a one-way request. */
  tell<Q extends FieldDefinitions, A extends FieldDefinitions>(
    definition: RequestDefinition<Q, A>,
    values: ValuesOf<Q>,
    options: CallOptions = {},
  ): void {
    const { code } = definition;
    this.frame(code, definition.encode(values), { ...options, isOneway: true });
  }

  request(
    code: number,
    fields: Iterable<readonly [string, string]>,
    options: CallOptions = {},
  ): Promise<Command> {
    const opaque = this.frame(code, fields, options);
    let reply: Command | undefined;
    this.#waiting.set(opaque, (command) => {
      reply = command;
    });
    return this.until(() => reply, `the reply to ${code}`);
  }

  /** Sends a frame; returns its number. */
  frame(
    code: number,
    fields: Iterable<readonly [string, string]>,
    options: CallOptions = {},
  ): number {
    const opaque = this.#nextOpaque++;
    this.raw(
      encodeCommand({
        code,
        opaque,
        flag: options.isOneway === true ? flagOneway : 0,
        fields,
        serializeType: options.serializeType ?? 0,
        version: options.version,
        body: options.body,
      }),
    );
    return opaque;
  }

  raw(bytes: Buffer): void {
    this.#unsent.push(bytes);
    this.flush();
  }

  /** Bytes that the server has not taken. */
  get unsentBytes(): number {
    return this.#unsent.reduce((sum, bytes) => sum + bytes.length, 0);
  }

  /** Resolves when the server closed the connection. */
  async closed(): Promise<void> {
    await this.until(() => (this.isClosed ? true : undefined), "the connection's end");
  }

  /** The first value that is not undefined; looked for whenever something arrived. */
  until<T>(look: () => T | undefined, what: string): Promise<T> {
    const found = look();
    if (found !== undefined) {
      return Promise.resolve(found);
    }
    return new Promise((resolve, reject) => {
      const watch = (): void => {
        const value = look();
        if (value !== undefined || this.isClosed) {
          clearTimeout(timer);
          this.#watchers.delete(watch);
          if (value === undefined) {
            reject(new Error(`the connection closed before ${what}`));
          } else {
            resolve(value);
          }
        }
      };
      const timer = setTimeout(() => {
        this.#watchers.delete(watch);
        reject(new Error(`waited ${patienceMs} ms for ${what}`));
      }, patienceMs);
      this.#watchers.add(watch);
    });
  }

  close(): void {
    this.connection.close();
  }

  flush(): void {
    while (this.#unsent.length > 0) {
      const bytes = this.#unsent[0] as Buffer;
      const taken = this.connection.write(bytes, 0, bytes.length);
      if (taken < bytes.length) {
        this.#unsent[0] = bytes.subarray(taken);
        return;
      }
      this.#unsent.shift();
    }
  }

  take(source: Buffer, start: number, end: number): void {
    const command = decodeCommand(source, start, end, limits.replyHeaderBytesMax);
    if (!isResponse(command)) {
      this.requests.push(command);
    } else {
      const take = this.#waiting.get(command.opaque);
      this.#waiting.delete(command.opaque);
      if (take === undefined) {
        this.strays.push(command);
      } else {
        take(command);
      }
    }
    this.changed();
  }

  changed(): void {
    for (const watch of [...this.#watchers]) {
      watch();
    }
  }
}
