/**
 * A cluster of one nameserver and brokers that answer as a test tells them, under virtual time: what a real one says
 * only on a bad day, a client must survive.
 */
import type { Environment } from "../../src/io/environment.ts";
import type { Connection } from "../../src/io/network.ts";
import { encodeTopicRoute } from "../../src/protocol/remoting/bodies/topic-route.ts";
import {
  type Command,
  decodeCommand,
  encodeCommand,
  flagOneway,
  flagResponse,
  isOneway,
  isResponse,
} from "../../src/protocol/remoting/command.ts";
import { FrameReader } from "../../src/protocol/remoting/frame-reader.ts";
import { sendMessageV2 } from "../../src/protocol/remoting/requests/send.ts";
import { responseCode } from "../../src/protocol/remoting/response-code.ts";
import { Kernel } from "../simulation/kernel.ts";
import { LogCapture } from "../simulation/log.ts";
import { Machine } from "../simulation/machine.ts";
import { SimulatedNetwork } from "../simulation/network.ts";
import { calmWires } from "../simulation/pipe.ts";

export interface FakeReply {
  readonly code?: number;
  readonly remark?: string;
  readonly fields?: Iterable<readonly [string, string]>;
  readonly body?: Buffer;
}

/** A reply; undefined is silence; "close" breaks the connection. */
export type FakeAnswer = FakeReply | undefined | "close";
export type FakeHandler = (command: Command) => FakeAnswer;

export class FakeServer {
  readonly address: string;
  /** Every request and every answer to a request of ours, in order. */
  readonly received: Command[] = [];
  handler: FakeHandler;
  readonly #connections = new Set<Connection>();
  #opaque = 1_000_000;

  constructor(environment: Environment, handler: FakeHandler) {
    this.handler = handler;
    const listener = environment.network.listen({ host: "127.0.0.1", port: 0 }, (connection) => {
      this.#connections.add(connection);
      const reader = new FrameReader(1 << 24);
      return {
        data: (_, chunk) =>
          reader.push(chunk, (source, start, end) =>
            this.#frame(connection, decodeCommand(source, start, end)),
          ),
        drain: () => undefined,
        close: () => this.#connections.delete(connection),
      };
    });
    this.address = `127.0.0.1:${listener.port}`;
  }

  /** Codes of the requests that came. */
  get codes(): readonly number[] {
    return this.received.filter((command) => !isResponse(command)).map(({ code }) => code);
  }

  /** Sends a request to every client that is connected. */
  ask(code: number, flag = 0): void {
    for (const connection of this.#connections) {
      const opaque = this.#opaque++;
      this.#write(connection, encodeCommand({ code, opaque, flag, serializeType: 0 }));
    }
  }

  tell(code: number): void {
    this.ask(code, flagOneway);
  }

  /** Sends bytes that are no frame of ours. */
  sendBytes(bytes: Buffer): void {
    for (const connection of this.#connections) {
      this.#write(connection, bytes);
    }
  }

  #frame(connection: Connection, command: Command): void {
    this.received.push(command);
    const answer = this.handler(command);
    if (answer === "close") {
      connection.close();
    } else if (answer !== undefined && !isOneway(command) && !isResponse(command)) {
      this.#write(
        connection,
        encodeCommand({
          code: answer.code ?? responseCode.success,
          opaque: command.opaque,
          flag: flagResponse,
          remark: answer.remark,
          fields: answer.fields,
          body: answer.body,
          serializeType: command.serializeType,
        }),
      );
    }
  }

  #write(connection: Connection, bytes: Buffer): void {
    connection.write(bytes, 0, bytes.length);
  }
}

export interface FakeWorld {
  readonly kernel: Kernel;
  /** What the client sees of its machine. */
  readonly environment: Environment;
  server(handler: FakeHandler): FakeServer;
}

/** Runs the work of a client in virtual time; what it throws is thrown. */
export function inFakeWorld<T>(work: (world: FakeWorld) => Promise<T>, seed = 1): T {
  const kernel = new Kernel(seed);
  const network = new SimulatedNetwork(kernel, calmWires());
  const log = new LogCapture(kernel);
  const machine = (name: string): Environment =>
    new Machine({ kernel, network, log, name, diskBytes: 1 << 20 }).boot();
  const servers = machine("servers");
  const world: FakeWorld = {
    kernel,
    environment: machine("client"),
    server: (handler) => new FakeServer(servers, handler),
  };
  let outcome: { readonly value: T } | { readonly error: unknown } | undefined;
  work(world).then(
    (value) => {
      outcome = { value };
    },
    (error: unknown) => {
      outcome = { error };
    },
  );
  const end = kernel.run(() => outcome !== undefined, { virtualMs: 600_000, events: 1_000_000 });
  if (outcome === undefined) {
    throw new Error(`the work did not end: ${end} ${kernel.escapes.map(({ error }) => error)}`);
  }
  if ("error" in outcome) {
    throw outcome.error;
  }
  return outcome.value;
}

/** The body of a route: brokers by name with their addresses, each with the same queues. */
export function routeReply(
  brokers: Readonly<Record<string, string>>,
  { queueCount = 2, perm = 6 } = {},
): FakeReply {
  const names = Object.keys(brokers);
  return {
    body: encodeTopicRoute(
      {
        brokers: names.map((brokerName) => ({
          clusterName: "DefaultCluster",
          brokerName,
          addresses: new Map([[0, brokers[brokerName] ?? ""]]),
          enableActingMaster: false,
        })),
        queues: names.map((brokerName) => ({
          brokerName,
          readQueueCount: queueCount,
          writeQueueCount: queueCount,
          perm,
          topicSysFlag: 0,
        })),
      },
      { isStandardJson: true },
    ),
  };
}

/** What a broker answers to a send. */
export function sendReply(queueOffset: number, queueId = 0): FakeReply {
  return {
    fields: sendMessageV2.encodeReply({
      msgId: "7F00000100002A9F0000000000000000",
      queueId,
      queueOffset,
    }),
  };
}
