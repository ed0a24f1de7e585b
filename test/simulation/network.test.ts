/** Tests of the simulated network: what TCP promises, and how it breaks. */
import { expect, test } from "bun:test";
import type { Connection, ConnectionEvents, Network } from "../../src/io/network.ts";
import { NetworkError } from "../../src/io/network.ts";
import { Kernel, type Life } from "./kernel.ts";
import { SimulatedNetwork } from "./network.ts";
import { calmWires, type WirePlan } from "./pipe.ts";

const bounds = { virtualMs: 60_000, events: 100_000 };

interface Side {
  readonly events: ConnectionEvents;
  readonly chunks: Buffer[];
  connection: Connection | undefined;
  drains: number;
  closes: (Error | undefined)[];
}

function side(): Side {
  const made: Side = {
    chunks: [],
    connection: undefined,
    drains: 0,
    closes: [],
    events: {
      data: (_, chunk) => {
        expect(made.closes).toEqual([]);
        made.chunks.push(chunk);
      },
      drain: () => {
        made.drains++;
      },
      close: (_, error) => {
        made.closes.push(error);
      },
    },
  };
  return made;
}

function bytesOf(of: Side): string {
  return Buffer.concat(of.chunks).toString();
}

function startPair(seed: number, wires: Partial<WirePlan> = {}) {
  const kernel = new Kernel(seed);
  const network = new SimulatedNetwork(kernel, { ...calmWires(), ...wires });
  const lives: { client: Life; server: Life } = {
    client: { node: "client", isAlive: true },
    server: { node: "server", isAlive: true },
  };
  const client = side();
  const server = side();
  const of = (life: Life): Network => network.networkOf(life);
  const listener = of(lives.server).listen({ host: "127.0.0.1", port: 0 }, (connection) => {
    server.connection = connection;
    return server.events;
  });
  const address = { host: "127.0.0.1", port: listener.port };
  void of(lives.client)
    .connect(address, { timeoutMs: 1_000 }, client.events)
    .then((connection) => {
      client.connection = connection;
    });
  kernel.run(() => client.connection !== undefined && server.connection !== undefined, bounds);
  return { kernel, network, lives, client, server, address, of, listener };
}

function send(from: Side, text: string): number {
  const bytes = Buffer.from(text);
  return from.connection?.write(bytes, 0, bytes.length) ?? -1;
}

test("bytes arrive in order, cut anywhere, whoever sends", () => {
  const chunkCounts = new Set<number>();
  for (let seed = 0; seed < 20; seed++) {
    const { kernel, client, server } = startPair(seed, { cutChance: 0.7 });
    let sent = "";
    for (let index = 0; index < 50; index++) {
      sent += `<message ${index}>`;
      send(client, `<message ${index}>`);
    }
    send(server, "answer");
    kernel.run(() => bytesOf(server).length === sent.length && client.chunks.length > 0, bounds);
    expect(bytesOf(server)).toBe(sent);
    expect(bytesOf(client)).toBe("answer".slice(0, bytesOf(client).length));
    chunkCounts.add(server.chunks.length);
  }
  expect(chunkCounts.size).toBeGreaterThan(3);
});

test("the sender's bytes may be reused as soon as write returned", () => {
  const { kernel, client, server } = startPair(1);
  const bytes = Buffer.from("original");
  client.connection?.write(bytes, 0, bytes.length);
  bytes.fill("x");
  kernel.run(() => server.chunks.length > 0, bounds);
  expect(bytesOf(server).startsWith("o")).toBe(true);
});

test("a write beyond the buffers is taken in part, and drain tells when to go on", () => {
  const { kernel, client, server } = startPair(1, { bufferBytes: 10 });
  expect(send(client, "0123456789abcdef")).toBe(10);
  expect(send(client, "abcdef")).toBe(0);
  kernel.run(() => client.drains > 0, bounds);
  expect(client.drains).toBe(1);
  expect(send(client, "abcdef")).toBeGreaterThan(0);
  kernel.run(() => bytesOf(server).endsWith("f"), bounds);
  expect(bytesOf(server)).toBe("0123456789abcdef");
});

test("a reader that pauses fills the sender's buffers, and loses nothing", () => {
  const { kernel, client, server } = startPair(1, { bufferBytes: 100 });
  server.connection?.pause();
  expect(send(client, "x".repeat(150))).toBe(100);
  kernel.run(() => false, { virtualMs: 1_000, events: 1_000 });
  expect(server.chunks).toEqual([]);
  server.connection?.resume();
  kernel.run(() => bytesOf(server).length === 100, bounds);
  expect(bytesOf(server)).toHaveLength(100);
});

test("end delivers what was taken and then closes both sides", () => {
  const { kernel, client, server } = startPair(1);
  send(client, "last words");
  client.connection?.end();
  kernel.run(() => server.closes.length > 0 && client.closes.length > 0, bounds);
  expect(bytesOf(server)).toBe("last words");
  expect(server.closes).toEqual([undefined]);
  expect(client.closes).toEqual([undefined]);
});

test("close and resets are told once to each side, and nothing follows", () => {
  for (const how of ["close", "reset"] as const) {
    const { kernel, network, client, server } = startPair(3);
    send(client, "under way");
    if (how === "close") {
      client.connection?.close();
      client.connection?.close();
    } else {
      network.resetOne();
    }
    expect(client.closes).toEqual([]);
    kernel.run(() => false, { virtualMs: 1_000, events: 1_000 });
    expect(client.closes).toHaveLength(1);
    expect(server.closes).toHaveLength(1);
    expect(send(client, "too late")).toBe(0);
  }
});

test("a blocked way delivers nothing until it is open again; then everything arrives", () => {
  const { kernel, network, client, server } = startPair(1);
  network.setBlocked("client", "server", true);
  send(client, "held back");
  send(server, "the way back is open");
  kernel.run(() => false, { virtualMs: 5_000, events: 1_000 });
  expect(server.chunks).toEqual([]);
  expect(bytesOf(client)).toBe("the way back is open");
  network.setBlocked("client", "server", false);
  kernel.run(() => server.chunks.length > 0, bounds);
  kernel.run(() => false, { virtualMs: 1_000, events: 1_000 });
  expect(bytesOf(server)).toBe("held back");
});

function failureOf(attempt: Promise<Connection>): { error: unknown } {
  const result: { error: unknown } = { error: undefined };
  attempt.catch((error: unknown) => {
    result.error = error;
  });
  return result;
}

test("connecting to nobody is refused at once; to a blocked machine, when time is up", () => {
  const { kernel, network, lives, of, address, client } = startPair(1);
  const refused = failureOf(
    of(lives.client).connect({ host: "127.0.0.1", port: 1 }, { timeoutMs: 500 }, client.events),
  );
  kernel.run(() => refused.error !== undefined, bounds);
  expect(refused.error).toBeInstanceOf(NetworkError);
  expect(kernel.elapsedMs).toBeLessThan(10);
  network.setBlocked("server", "client", true);
  const silent = failureOf(of(lives.client).connect(address, { timeoutMs: 500 }, client.events));
  kernel.run(() => silent.error !== undefined, bounds);
  expect(silent.error).toBeInstanceOf(NetworkError);
  expect(kernel.elapsedMs).toBeGreaterThan(500);
});

test("a port that is taken is refused, and free again when its process ended", () => {
  const { network, lives, of, address } = startPair(1);
  const accept = () => side().events;
  expect(() => of(lives.server).listen(address, accept)).toThrow(NetworkError);
  lives.server.isAlive = false;
  network.lifeEnded(lives.server, "kill");
  const next: Life = { node: "server", isAlive: true };
  expect(of(next).listen(address, accept).port).toBe(address.port);
});

test("a killed process's peers are told; what it sent before still arrives", () => {
  const { kernel, network, lives, client, server } = startPair(1);
  send(server, "sent before");
  lives.server.isAlive = false;
  network.lifeEnded(lives.server, "kill");
  kernel.run(() => client.closes.length > 0, bounds);
  expect(bytesOf(client)).toBe("sent before");
  expect(server.closes).toEqual([]);
});

test("after a power cut the peer hears nothing until it writes to the machine that is back", () => {
  const { kernel, network, lives, client } = startPair(1);
  lives.server.isAlive = false;
  network.lifeEnded(lives.server, "power");
  send(client, "into the dark");
  kernel.run(() => false, { virtualMs: 10_000, events: 1_000 });
  expect(client.closes).toEqual([]);
  network.machineStarted("server");
  send(client, "anybody?");
  kernel.run(() => client.closes.length > 0, bounds);
  expect(client.closes[0]).toBeInstanceOf(Error);
});
