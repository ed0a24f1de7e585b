/** Time limits, bounds and the stop of a listener, under virtual time. */
import { describe, expect, test } from "bun:test";
import { VirtualWorld } from "../../../test/support/virtual-world.ts";
import { WireClient } from "../../../test/support/wire-client.ts";
import { limits } from "../../core/limits.ts";
import type { Environment } from "../../io/environment.ts";
import { encodeCommand } from "../../protocol/remoting/command.ts";
import { Dispatch, type RequestHandler } from "./dispatch.ts";
import { RemotingServer } from "./server.ts";

interface Stage {
  readonly world: VirtualWorld;
  readonly here: Environment;
  readonly there: Environment;
  readonly server: RemotingServer;
  /** Ends the requests with code 2 that wait. */
  readonly finish: () => void;
}

const echo = 1;
const slow = 2;
const large = 3;
const largeBytes = 1024 * 1024;

function stage(connectionsMax?: number): Stage {
  const world = new VirtualWorld();
  const here = world.boot("server");
  const there = world.boot("client");
  const waiting: (() => void)[] = [];
  const handlers: RequestHandler<undefined>[] = [
    { code: echo, name: "ECHO", isAdmin: false, run: () => ({ code: 0 }) },
    {
      code: slow,
      name: "SLOW",
      isAdmin: false,
      run: () =>
        new Promise((resolve) => {
          waiting.push(() => resolve({ code: 0 }));
        }),
    },
    {
      code: large,
      name: "LARGE",
      isAdmin: false,
      run: () => ({ code: 0, body: Buffer.alloc(largeBytes) }),
    },
  ];
  const receiver = new Dispatch({
    services: undefined,
    handlers,
    frameHandlers: [],
    isAdminAllowed: true,
    log: here.log,
  });
  const server = new RemotingServer(here, {
    address: { host: "127.0.0.1", port: 0 },
    receiver,
    area: "test",
    connectionsMax,
  });
  const finish = (): void => {
    for (const run of waiting.splice(0)) {
      run();
    }
  };
  return { world, here, there, server, finish };
}

/** How long the connection stood, from the call on. */
async function livedMs(client: WireClient, environment: Environment): Promise<number> {
  const startMs = environment.clock.elapsedMs();
  await client.closed();
  return environment.clock.elapsedMs() - startMs;
}

const sweepSlackMs = 2 * limits.sweepMs;

describe("time limits", () => {
  test("a connection that says nothing is closed after two minutes", () => {
    const { world, there, server } = stage();
    world.run(async () => {
      const client = await WireClient.connect(there, server.address);
      const lived = await livedMs(client, there);
      expect(lived).toBeGreaterThanOrEqual(limits.idleCloseMs - 1);
      expect(lived).toBeLessThan(limits.idleCloseMs + sweepSlackMs);
      expect(server.timedOutConnections).toBe(1);
    });
  });

  test("a connection that speaks every minute is kept", () => {
    const { world, there, server } = stage();
    world.run(async () => {
      const client = await WireClient.connect(there, server.address);
      for (let minute = 0; minute < 10; minute++) {
        await world.pass(there, 60_000);
        expect((await client.request(echo, [])).code).toBe(0);
      }
    });
  });

  test("a stranger's first frame must be whole within ten seconds, however busily it sends", () => {
    const { world, there, server } = stage();
    world.run(async () => {
      const client = await WireClient.connect(there, server.address);
      client.raw(Buffer.from([0, 0, 1, 0]));
      const drip = (): void => {
        client.raw(Buffer.from([0]));
        there.clock.after(100, drip);
      };
      drip();
      const lived = await livedMs(client, there);
      expect(lived).toBeGreaterThanOrEqual(limits.firstFrameMs - limits.sweepMs);
      expect(lived).toBeLessThan(limits.firstFrameMs + sweepSlackMs);
    });
  });

  test("a known client's frame must be whole within thirty", () => {
    const { world, there, server } = stage();
    world.run(async () => {
      const client = await WireClient.connect(there, server.address);
      await client.request(echo, []);
      client.raw(Buffer.from([0, 0, 1, 0]));
      const lived = await livedMs(client, there);
      expect(lived).toBeGreaterThanOrEqual(limits.frameMs - limits.sweepMs);
      expect(lived).toBeLessThan(limits.frameMs + sweepSlackMs);
    });
  });

  test("who sends whole frames with a part of the next behind each is kept", () => {
    const { world, there, server } = stage();
    world.run(async () => {
      const client = await WireClient.connect(there, server.address);
      const frame = encodeCommand({ code: echo, opaque: 5, flag: 0, serializeType: 0 });
      client.raw(frame.subarray(0, 10));
      for (let second = 0; second < 100; second++) {
        await world.pass(there, 1_000);
        client.raw(Buffer.concat([frame.subarray(10), frame.subarray(0, 10)]));
      }
      expect(client.isClosed).toBe(false);
    });
  });

  test("who takes no replies for thirty seconds is closed; who takes some is not", () => {
    const { world, there, server } = stage();
    world.run(async () => {
      const client = await WireClient.connect(there, server.address);
      client.frame(large, []);
      client.frame(large, []);
      client.connection.pause();
      await world.pass(there, limits.outputStalledMs / 2);
      client.connection.resume();
      await client.until(() => (client.strays.length === 2 ? true : undefined), "both replies");
      client.connection.pause();
      client.frame(large, []);
      const lived = await livedMs(client, there);
      expect(lived).toBeGreaterThanOrEqual(limits.outputStalledMs - limits.sweepMs);
      expect(lived).toBeLessThan(limits.outputStalledMs + sweepSlackMs);
    });
  });
});

describe("bounds", () => {
  test("one connection more than allowed is closed at once, and the others live", () => {
    const { world, there, server } = stage(2);
    world.run(async () => {
      const first = await WireClient.connect(there, server.address);
      const second = await WireClient.connect(there, server.address);
      const third = await WireClient.connect(there, server.address);
      await third.closed();
      expect(server.refusedConnections).toBe(1);
      second.close();
      await world.pass(there, 100);
      const fourth = await WireClient.connect(there, server.address);
      expect((await fourth.request(echo, [])).code).toBe(0);
      expect((await first.request(echo, [])).code).toBe(0);
    });
  });

  test("replies that are not taken stop at the mark, and all arrive once they are", () => {
    const { world, here, there, server } = stage();
    world.run(async () => {
      const client = await WireClient.connect(there, server.address);
      client.connection.pause();
      const count = 40;
      for (let index = 0; index < count; index++) {
        client.frame(large, []);
      }
      await world.pass(there, 1_000);
      expect(server.backlogBytes).toBeGreaterThanOrEqual(limits.outputBacklogBytes);
      expect(server.backlogBytes).toBeLessThan(limits.outputBacklogBytes + 2 * largeBytes);
      client.connection.resume();
      await client.until(() => (client.strays.length === count ? true : undefined), "all replies");
      expect(server.backlogBytes).toBe(0);
      expect(here.clock.elapsedMs()).toBeLessThan(limits.outputStalledMs);
    });
  });

  test("requests in flight stop at the mark; those behind them are answered once they are done", () => {
    const { world, there, server, finish } = stage();
    world.run(async () => {
      const client = await WireClient.connect(there, server.address);
      const slowCount = limits.requestsInFlightMax + 10;
      for (let index = 0; index < slowCount; index++) {
        client.frame(slow, []);
      }
      client.frame(echo, []);
      await world.pass(there, 1_000);
      const [session] = [...server.sessions];
      expect(session?.inFlightCount).toBe(limits.requestsInFlightMax);
      expect(client.strays).toEqual([]);
      finish();
      await world.pass(there, 1_000);
      expect(client.strays.length).toBe(limits.requestsInFlightMax + 1);
      finish();
      await client.until(() => (client.strays.length === slowCount + 1 ? true : undefined), "all");
    });
  });
});

describe("the stop", () => {
  test("waits for requests that are on their way, and then closes all", () => {
    const { world, here, there, server, finish } = stage();
    world.run(async () => {
      const client = await WireClient.connect(there, server.address);
      const reply = client.request(slow, []);
      await world.pass(there, 100);
      const stopped = server.stop();
      here.clock.after(2_000, finish);
      expect((await reply).code).toBe(0);
      await stopped;
      await client.closed();
      expect(server.connectionCount).toBe(0);
    });
  });

  test("does not wait for ever", () => {
    const { world, here, there, server } = stage();
    world.run(async () => {
      const client = await WireClient.connect(there, server.address);
      client.frame(slow, []);
      await world.pass(there, 100);
      const startMs = here.clock.elapsedMs();
      await server.stop();
      expect(here.clock.elapsedMs() - startMs).toBeLessThan(limits.drainMs + sweepSlackMs);
      await client.closed();
    });
  });
});
